# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Offsets between pictures and poses: found, and within the interval that is given for them."""

import numpy as np
import pytest
from check_samples import FINE, clock, clock_pairs, drawn_drive, evidence, scene_of, with_poses

from posenet_training.check.findings import Level
from posenet_training.check.timing import offset_findings
from posenet_training.check.view import View

DRIVE = 200
STEP_S = 1.0 / (15.0 * FINE)
LATE_BY = (-15, 0, 4)


@pytest.fixture(scope='module', params=[3, 8])
def drive(request, tmp_path_factory):
    pictures, poses = drawn_drive(DRIVE, request.param)
    root = tmp_path_factory.mktemp('drive') / 's'
    view = View(scene_of(root, pictures, poses[::FINE]))
    others, _ = evidence(view, 12)
    return view, poses, clock_pairs(view, 48), others


def given(view: View, poses: np.ndarray, late_by: int) -> View:
    """A scene whose pictures got the poses of so many fine steps later."""
    steps = np.arange(len(view.pictures)) * FINE + late_by
    return View(with_poses(view.scene, poses[np.clip(steps, 0, len(poses) - 1)]))


@pytest.mark.parametrize('late_by', LATE_BY)
def test_the_interval_holds_the_true_offset(drive, late_by):
    view, poses, pairs, others = drive
    late = given(view, poses, late_by)
    result = clock(late, pairs, others)
    true = -late_by * STEP_S
    assert result.offset == pytest.approx(true, abs=2e-3)
    assert result.low < true < result.high
    assert result.high - result.low < 8e-3
    (finding,) = offset_findings(late, result)
    assert result.differs == (late_by != 0)
    assert (finding.level is Level.ok) == (late_by == 0)
