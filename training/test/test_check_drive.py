# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the check can say of drives: their convention, and motions that tell nothing."""

import numpy as np
import pytest
from check_samples import (
    CAMERA,
    FINE,
    drawn_drive,
    evidence,
    scene_of,
    turn_on_the_spot,
)

from posenet_training.check.convention_evidence import Answer, judge_conventions
from posenet_training.check.conventions import AS_STORED, READINGS, misread
from posenet_training.check.view import View

DRIVE = 150


@pytest.fixture(scope='module')
def drive(tmp_path_factory):
    pictures, poses = drawn_drive(DRIVE)
    root = tmp_path_factory.mktemp('drive') / 's'
    view = View(scene_of(root, pictures, poses[::FINE]))
    return view, *evidence(view)


@pytest.mark.parametrize('reading', READINGS, ids=lambda reading: reading.name)
def test_every_misreading_of_a_robots_drive_is_found(drive, reading):
    view, pairs, tried = drive
    result = judge_conventions(misread(view.T_map_camera, reading), pairs, tried, True)
    wanted = Answer.confirmed if reading == AS_STORED else Answer.contradicted
    assert (result.answer, result.winner) == (wanted, reading), result.reason


@pytest.mark.parametrize('reading', [AS_STORED, READINGS[3], READINGS[7]], ids=lambda r: r.name)
def test_turning_on_the_spot_is_undecidable(tmp_path, reading):
    pictures, poses = turn_on_the_spot(20, 5.5)
    view = View(scene_of(tmp_path / 's', pictures, misread(poses, reading), rate=5.0))
    pairs, tried = evidence(view)
    assert len(pairs) > 12
    result = judge_conventions(view.T_map_camera, pairs, tried, True)
    assert result.answer is Answer.undecidable
    assert 'on the spot' in result.reason


def test_standing_still_is_undecidable(tmp_path):
    pictures, poses = turn_on_the_spot(20, 5.5)
    still = np.tile(poses[:1], (20, 1, 1))
    view = View(scene_of(tmp_path / 's', [pictures[0]] * 20, still, rate=5.0))
    result = judge_conventions(view.T_map_camera, *evidence(view), True)
    assert result.answer is Answer.undecidable
    assert 'turns too little' in result.reason


def test_pictures_without_texture_are_undecidable(tmp_path, drive):
    view, _, _ = drive
    rng = np.random.default_rng(0)
    walls = [
        rng.integers(118, 122, (CAMERA.height, CAMERA.width, 3), dtype=np.uint8) for _ in range(60)
    ]
    bare = View(scene_of(tmp_path / 's', walls, view.T_map_camera[-60:]))
    result = judge_conventions(bare.T_map_camera, *evidence(bare), True)
    assert result.answer is Answer.undecidable
    assert 'points in common' in result.reason
