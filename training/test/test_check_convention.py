# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The convention, the focal length and the clock, judged by real and by drawn pictures."""

from dataclasses import replace

import numpy as np
import pytest
from check_samples import clock, clock_pairs, evidence, real_piece, with_poses

from posenet_training.check.convention_evidence import Answer, judge_conventions, witnesses
from posenet_training.check.conventions import AS_STORED, READINGS, misread
from posenet_training.check.focal import sweep_focal
from posenet_training.check.lens import ASSUMED_FOCAL, focused
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.pairs import turning_pairs
from posenet_training.check.view import View


@pytest.fixture(scope='module')
def office(tmp_path_factory):
    view = View(real_piece(tmp_path_factory.mktemp('office') / 's', 'office', slice(0, 110)))
    return view, *evidence(view, 26)


@pytest.fixture(scope='module')
def kitchen(tmp_path_factory):
    piece = real_piece(tmp_path_factory.mktemp('kitchen') / 's', 'kitchen', slice(550, 900, 3))
    view = View(piece)
    return view, *evidence(view, 26)


@pytest.mark.parametrize('name', ['office', 'kitchen'])
def test_every_misreading_is_found(name, request):
    view, pairs, tried = request.getfixturevalue(name)
    for reading in READINGS:
        result = judge_conventions(misread(view.T_map_camera, reading), pairs, tried, True)
        wanted = Answer.confirmed if reading == AS_STORED else Answer.contradicted
        assert (result.answer, result.winner) == (wanted, reading), result.reason


def test_the_pairs_do_not_depend_on_the_convention(office):
    view, pairs, _ = office
    for reading in READINGS:
        other = View(with_poses(view.scene, misread(view.T_map_camera, reading)))
        assert turning_pairs(other, 20) == turning_pairs(view, 20)
    assert len(pairs) > 20


def test_without_intrinsics_a_focal_length_is_found(office):
    view, pairs, tried = office
    camera = view.scene.cameras['camera']
    unknown = [as_if_focal_length_were(p, ASSUMED_FOCAL * camera.width / camera.fx) for p in pairs]
    result = judge_conventions(view.T_map_camera, unknown, tried, False)
    assert result.answer is Answer.confirmed
    focal = sweep_focal(view.T_map_camera, witnesses(unknown), result.focal_factor)
    assert focal.factor * ASSUMED_FOCAL == pytest.approx(camera.fx / camera.width, rel=0.05)


@pytest.mark.parametrize('name', ['office', 'kitchen'])
@pytest.mark.parametrize('wrong', [0.8, 1.25])
def test_a_wrong_focal_length_is_found(name, wrong, request):
    view, pairs, tried = request.getfixturevalue(name)
    mistaken = [as_if_focal_length_were(pair, wrong) for pair in pairs]
    result = judge_conventions(view.T_map_camera, mistaken, tried, True)
    assert result.answer is Answer.confirmed
    focal = sweep_focal(view.T_map_camera, witnesses(mistaken), result.focal_factor)
    assert focal.differs
    assert focal.factor * wrong == pytest.approx(1.0, rel=0.08)


def as_if_focal_length_were(pair: MatchedPair, factor: float) -> MatchedPair:
    """Matches as a scene with a wrong focal length gives them."""
    a, b = pair.cameras
    return replace(pair, cameras=(focused(a, factor), focused(b, factor)))


@pytest.mark.parametrize('name', ['office', 'kitchen'])
def test_the_true_focal_length_stands(name, request):
    view, pairs, _ = request.getfixturevalue(name)
    assert not sweep_focal(view.T_map_camera, witnesses(pairs)).differs


def test_real_clocks_agree(office):
    view, pairs, _ = office
    result = clock(view, clock_pairs(view, 30), pairs)
    assert result.offset == pytest.approx(0.0, abs=0.01)
    assert not result.differs


def test_poses_of_another_drive_fit_no_convention(office):
    view, pairs, tried = office
    rng = np.random.default_rng(0)
    foreign = view.T_map_camera[rng.permutation(len(view.pictures))]
    result = judge_conventions(foreign, pairs, tried, True)
    assert result.answer is Answer.none_fits
    assert 'no convention explains' in result.reason


def test_readings_that_agree_on_the_motion_are_named_as_rivals(office):
    view, pairs, tried = office
    few = [pair for pair in pairs if pair in witnesses(pairs)]
    # As if half of the witnesses had been taken by a camera held otherwise.
    mixed = view.T_map_camera.copy()
    half = few[len(few) // 2].a
    mixed[half:] = misread(mixed[half:], READINGS[1])
    result = judge_conventions(mixed, few, tried, True)
    assert result.answer is Answer.undecidable
    assert {READINGS[1], AS_STORED} <= {result.winner, *result.rivals}
