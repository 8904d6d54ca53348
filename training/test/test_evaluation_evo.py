# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The same errors as evo, which many papers are measured with."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import pose_error
from posenet_training.metrics import distances_and_angles, full_summary

metrics = pytest.importorskip('evo.core.metrics', reason='evo needs Python 3.11')
trajectory = pytest.importorskip('evo.core.trajectory', reason='evo needs Python 3.11')


@pytest.fixture(scope='module')
def trajectories():
    """(estimated, true) poses [N, 4, 4]: a walk with turns, and the same with errors."""
    rng = np.random.default_rng(7)
    true = np.tile(np.eye(4), (200, 1, 1))
    true[:, :3, 3] = np.cumsum(rng.normal(scale=0.1, size=(200, 3)), axis=0)
    turned = Rotation.from_rotvec(np.cumsum(rng.normal(scale=0.1, size=(200, 3)), axis=0))
    true[:, :3, :3] = turned.as_matrix()
    hat = true.copy()
    hat[:, :3, 3] += rng.standard_t(3, size=(200, 3)) * 0.2
    slip = Rotation.from_rotvec(rng.standard_t(2, size=(200, 3)) * 0.3)
    hat[:, :3, :3] = (slip * turned).as_matrix()
    return hat, true


def ape(hat, true, relation):
    metric = metrics.APE(relation)
    metric.process_data([trajectory.PosePath3D(poses_se3=list(poses)) for poses in (true, hat)])
    return metric


@pytest.mark.parametrize(
    ('relation', 'part', 'key'),
    [
        (metrics.PoseRelation.translation_part, 0, 'position_m'),
        (metrics.PoseRelation.rotation_angle_deg, 1, 'angle_deg'),
    ],
)
def test_errors_and_statistics_are_those_of_evo(trajectories, relation, part, key):
    errors = pose_error(*trajectories)
    theirs = ape(*trajectories, relation)
    np.testing.assert_allclose(distances_and_angles(errors)[part], theirs.error, atol=1e-6)
    statistics, summary = theirs.get_all_statistics(), full_summary(errors)
    assert summary[f'median_{key}'] == pytest.approx(statistics['median'], abs=1e-6)
    assert summary[key]['mean'] == pytest.approx(statistics['mean'], abs=1e-6)
    assert summary[key]['max'] == pytest.approx(statistics['max'], abs=1e-6)
