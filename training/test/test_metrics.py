# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of cases whose answer is known."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import pose_error, rotation_angle
from posenet_training.metrics import (
    RECALL,
    axis_errors,
    by_heading,
    distances_and_angles,
    error_summary,
    errors_of,
    full_summary,
    headings,
    recall_name,
    second_moment,
)


def quaternion(*rotvec_deg: float) -> torch.Tensor:
    return torch.from_numpy(Rotation.from_rotvec(rotvec_deg, degrees=True).as_quat())[None]


@pytest.mark.parametrize('angle', [0.0, 10.0, 90.0, 180.0])
@pytest.mark.parametrize('sign', [1.0, -1.0])
def test_angle_between_orientations(angle, sign):
    label = quaternion(20.0, -30.0, 40.0)
    turned = Rotation.from_rotvec([0.0, 0.0, angle], degrees=True) * Rotation.from_quat(label[0])
    q_hat = sign * torch.from_numpy(turned.as_quat())[None]
    errors = errors_of(torch.zeros(1, 3), q_hat, torch.zeros(1, 3), label)
    assert distances_and_angles(errors)[1][0] == pytest.approx(angle, abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 180.0), st.sampled_from([1.0, -1.0]))
def test_angle_is_twice_the_arc_cosine_of_the_quaternions_product(seed, angle, sign):
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=3)
    truth = Rotation.random(random_state=rng)
    hat = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis), degrees=True) * truth
    poses = np.tile(np.eye(4), (2, 1, 1))
    poses[:, :3, :3] = [hat.as_matrix(), truth.as_matrix()]
    found = distances_and_angles(pose_error(poses[:1], poses[1:]))[1][0]
    assert found == pytest.approx(angle, abs=1e-5)
    # The arc cosine is exact to the root of the floats' precision only.
    by_quaternions = np.degrees(rotation_angle(sign * hat.as_quat(), truth.as_quat()))
    assert found == pytest.approx(by_quaternions, abs=1e-5)


def test_full_summary_of_known_errors():
    errors = np.zeros((101, 6))
    errors[:, 1] = np.linspace(0.0, 1.0, 101)
    errors[:, 3] = np.radians(np.linspace(0.0, 10.0, 101))
    summary = full_summary(errors)
    assert summary['position_m'] == pytest.approx(
        {'mean': 0.5, 'p75': 0.75, 'p90': 0.9, 'p95': 0.95, 'p99': 0.99, 'max': 1.0}
    )
    assert summary['angle_deg']['p99'] == pytest.approx(9.9)
    assert summary['median_angle_deg'] == pytest.approx(5.0)


def test_recall_asks_for_both_position_and_angle():
    # Within the limits of: the first, nothing (angle), the third but not the fourth's metres.
    errors = np.zeros((4, 6))
    errors[:, 0] = [0.04, 0.04, 0.2, 6.0]
    errors[:, 5] = np.radians([4.9, 20.0, 1.9, 0.0])
    recall = full_summary(errors)['recall']
    assert [recall[recall_name(*limits)] for limits in RECALL] == [0.25, 0.25, 0.25, 0.5, 0.5]
    assert list(recall)[:2] == ['0.05m_5deg', '0.1m_5deg']


def test_error_points_from_truth_to_estimate_along_the_maps_axes():
    truth, estimate = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[1.5, 2.0, 1.0]])
    errors = errors_of(estimate, quaternion(0.0, 0.0, 95.0), truth, quaternion(0.0, 0.0, 90.0))
    np.testing.assert_allclose(errors[0, :3], [0.5, 0.0, -2.0])
    np.testing.assert_allclose(np.degrees(errors[0, 3:]), [0.0, 0.0, 5.0], atol=1e-5)


def test_summary_and_axes():
    errors = np.zeros((100, 6))
    errors[:, 0] = np.arange(100)
    errors[:, 5] = np.radians(np.arange(100))
    summary = error_summary(errors)
    assert summary['median_position_m'] == pytest.approx(49.5)
    assert summary['p95_angle_deg'] == pytest.approx(94.05)
    axes = axis_errors(errors)
    assert axes['x_m']['median'] == pytest.approx(49.5)
    assert axes['y_m']['p95'] == 0.0
    assert axes['rot_z_deg']['median'] == pytest.approx(49.5)


def test_second_moment_owns_up_to_bias():
    errors = np.tile([0.1, 0.0, 0.0, 0.0, 0.0, 0.02], (50, 1))
    moment = second_moment(errors)
    assert moment[0, 0] == pytest.approx(0.01)
    assert moment[0, 5] == pytest.approx(0.002)


def looking(yaw_deg: float) -> np.ndarray:
    """Pose of a level camera (optical axes) that looks along this heading."""
    T_map_camera = np.eye(4)
    ahead = np.array([np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg)), 0.0])
    down = np.array([0.0, 0.0, -1.0])
    T_map_camera[:3, :3] = np.stack([np.cross(down, ahead), down, ahead], axis=1)
    return T_map_camera


def test_headings_fall_into_bins_of_ten_degrees():
    poses = np.stack([looking(yaw) for yaw in (-179.0, 3.0, 7.0, 45.0)])
    np.testing.assert_allclose(headings(poses), [-179.0, 3.0, 7.0, 45.0])
    errors = np.zeros((4, 6))
    errors[:, 0] = [1.0, 2.0, 4.0, 8.0]
    rows = {row['from_deg']: row for row in by_heading(errors, poses)}
    assert sorted(rows) == [-180.0, 0.0, 40.0]
    assert rows[0.0]['frames'] == 2
    assert rows[0.0]['median_position_m'] == pytest.approx(3.0)


def test_a_camera_that_looks_down_has_no_heading():
    T_map_camera = np.eye(4)
    T_map_camera[:3, 2] = [0.0, 0.0, -1.0]
    assert np.isnan(headings(T_map_camera[None])[0])
