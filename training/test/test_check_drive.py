# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the check can say of drives: their clock, and motions that tell nothing."""

import numpy as np
import pytest
from check_samples import (
    CAMERA,
    FINE,
    drawn_drive,
    evidence,
    matched,
    scene_of,
    turn_on_the_spot,
    with_poses,
)

from posenet_training.check.check import nearest_depth
from posenet_training.check.convention_evidence import Answer, judge_conventions, witnesses
from posenet_training.check.conventions import AS_STORED, READINGS, misread
from posenet_training.check.pairs import changing_pairs
from posenet_training.check.timing import find_offset
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


@pytest.fixture(scope='module')
def clock_pairs(drive):
    view, _, _ = drive
    return matched(view, changing_pairs(view, 30))


@pytest.mark.parametrize('late_by', [-15, -5, 0, 5, 9])
def test_an_offset_between_pictures_and_poses_is_found(drive, clock_pairs, late_by):
    view, pairs, tried = drive
    _, poses = drawn_drive(DRIVE)
    # A picture is given the pose of so many steps of 1/150 s later: 5 are 33 ms.
    steps = np.arange(DRIVE) * FINE + late_by
    late = View(with_poses(view.scene, poses[np.clip(steps, 0, len(poses) - 1)]))
    assert judge_conventions(late.T_map_camera, pairs, tried, True).answer is Answer.confirmed
    nearest = nearest_depth(late, witnesses(pairs), AS_STORED, 1.0)
    result = find_offset(late, clock_pairs, nearest)
    assert result.offset == pytest.approx(-late_by / (15.0 * FINE), abs=3e-3)
    assert result.low <= result.offset <= result.high
    assert result.differs == (late_by != 0)


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
