# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Transforms, quaternions and covariances against analytic cases and Monte Carlo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from posenet_ros import geometry

finite = st.floats(-10.0, 10.0)
rotation_vectors = arrays(np.float64, 3, elements=st.floats(-3.0, 3.0))
positions = arrays(np.float64, 3, elements=finite)


def quaternion_about_z(degrees: float) -> np.ndarray:
    half = np.radians(degrees) / 2
    return np.array([0.0, 0.0, np.sin(half), np.cos(half)])


@pytest.mark.parametrize('degrees', [0.0, 10.0, 90.0, 180.0])
def test_rotation_angle_is_the_true_angle(degrees: float) -> None:
    identity = np.array([0.0, 0.0, 0.0, 1.0])
    angle = geometry.rotation_angle(identity, quaternion_about_z(degrees))
    assert np.degrees(angle) == pytest.approx(degrees, abs=1e-5)


def test_antipodal_quaternions_are_the_same_rotation() -> None:
    q = quaternion_about_z(70.0)
    assert geometry.rotation_angle(q, -q) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize(
    'q_xyzw', [[0.0, 0.0, 0.0, 0.0], [np.nan, 0.0, 0.0, 1.0], [np.inf, 0.0, 0.0, 1.0]]
)
def test_what_is_no_rotation_is_refused(q_xyzw: list[float]) -> None:
    with pytest.raises(ValueError, match='finite and non-zero'):
        geometry.normalize_quaternion(q_xyzw)


@given(rotation_vectors, positions)
def test_transform_and_back(rotation_vector: np.ndarray, position: np.ndarray) -> None:
    q = Rotation.from_rotvec(rotation_vector).as_quat()
    T = geometry.transform(position, q)
    position_back, q_back = geometry.position_and_quaternion(T)
    assert np.allclose(position_back, position)
    assert q_back[3] >= 0.0
    assert geometry.rotation_angle(q, q_back) < 1e-6
    assert np.allclose(geometry.inverse(T) @ T, np.eye(4), atol=1e-12)


@given(rotation_vectors, rotation_vectors, positions, positions)
def test_pose_error_undoes_itself(
    r_a: np.ndarray, r_b: np.ndarray, p_a: np.ndarray, p_b: np.ndarray
) -> None:
    T_a = geometry.transform(p_a, Rotation.from_rotvec(r_a).as_quat())
    T_b = geometry.transform(p_b, Rotation.from_rotvec(r_b).as_quat())
    error = geometry.pose_error(T_a, T_b)
    R_back = Rotation.from_rotvec(error[3:]).as_matrix() @ T_b[:3, :3]
    assert np.allclose(R_back, T_a[:3, :3], atol=1e-9)
    assert np.allclose(T_b[:3, 3] + error[:3], T_a[:3, 3])


def test_covariance_moves_with_its_lever_arm() -> None:
    """The covariance at the base equals that of poses drawn at the camera and moved."""
    rng = np.random.default_rng(1)
    factor = 0.02 * rng.normal(size=(6, 6))
    covariance_camera = factor @ factor.T + 1e-5 * np.eye(6)
    T_map_camera = geometry.transform([1.0, 2.0, 1.0], Rotation.random(rng=rng).as_quat())
    T_camera_base = geometry.transform([0.3, 1.0, -0.5], Rotation.random(rng=rng).as_quat())
    drawn = rng.multivariate_normal(np.zeros(6), covariance_camera, size=100_000)
    T_hat = np.tile(T_map_camera, (len(drawn), 1, 1))
    T_hat[:, :3, 3] += drawn[:, :3]
    T_hat[:, :3, :3] = Rotation.from_rotvec(drawn[:, 3:]).as_matrix() @ T_map_camera[:3, :3]
    errors = geometry.pose_error(T_hat @ T_camera_base, T_map_camera @ T_camera_base)
    moved = geometry.transport_covariance(
        covariance_camera, T_map_camera[:3, :3], T_camera_base[:3, 3]
    )
    sampled = errors.T @ errors / len(errors)
    assert np.allclose(moved, sampled, atol=0.03 * np.abs(sampled).max())
    assert np.linalg.eigvalsh(moved)[0] > 0.0
