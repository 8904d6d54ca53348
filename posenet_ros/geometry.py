# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms, quaternions and the transport of pose covariances.

A transform `T_a_b` is a 4x4 float64 matrix, the pose of frame b in frame a: p_a = T_a_b @ p_b.
Quaternions are in the order x, y, z, w (geometry_msgs).  The error of a pose estimate is the
6-vector of its position error p_hat - p in metres and the rotation vector of R_hat R^T in
radians, both along the axes of the fixed frame (REP-103's order x y z rotX rotY rotZ).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]

# l @ MINUS_SKEW is -[l]x, row by row.
MINUS_SKEW = -np.cross(np.eye(3)[:, None], np.eye(3)[None]).swapaxes(1, 2).reshape(3, 9)


def normalize_quaternion(q_xyzw: ArrayLike) -> Array:
    """Scale quaternions [..., 4] to unit length, with w >= 0.

    Raises ValueError for a quaternion that is not finite or has no length.
    """
    q = np.asarray(q_xyzw, dtype=np.float64)
    norm = np.linalg.norm(q, axis=-1, keepdims=True)
    if not np.all(np.isfinite(norm)) or np.any(norm < 1e-6):
        raise ValueError(
            f'quaternion {q.tolist()} is not a rotation: it must be finite and non-zero'
        )
    q = q / norm
    return np.where(q[..., 3:] < 0.0, -q, q)


def transform(position: ArrayLike, q_xyzw: ArrayLike) -> Array:
    """Build T_a_b [4, 4] from the position [3] and orientation [4] of b in a."""
    T_a_b = np.eye(4)
    T_a_b[:3, :3] = Rotation.from_quat(normalize_quaternion(q_xyzw)).as_matrix()
    T_a_b[:3, 3] = position
    return T_a_b


def position_and_quaternion(T_a_b: Array) -> tuple[Array, Array]:
    """Split T_a_b [4, 4] into position [3] and unit quaternion x, y, z, w [4] with w >= 0."""
    return T_a_b[:3, 3].copy(), normalize_quaternion(Rotation.from_matrix(T_a_b[:3, :3]).as_quat())


def inverse(T_a_b: Array) -> Array:
    """Return T_b_a of rigid transforms [..., 4, 4]."""
    R_b_a = np.swapaxes(T_a_b[..., :3, :3], -1, -2)
    T_b_a = np.zeros_like(T_a_b)
    T_b_a[..., :3, :3] = R_b_a
    T_b_a[..., :3, 3] = -(R_b_a @ T_a_b[..., :3, 3, None])[..., 0]
    T_b_a[..., 3, 3] = 1.0
    return T_b_a


def rotation_angle(q_a_xyzw: ArrayLike, q_b_xyzw: ArrayLike) -> Array:
    """Angle in radians between unit quaternions [..., 4]: 2 acos |<q_a, q_b>|, in [0, pi]."""
    dot = np.abs(np.sum(np.asarray(q_a_xyzw) * np.asarray(q_b_xyzw), axis=-1))
    return 2.0 * np.arccos(np.clip(dot, 0.0, 1.0))


def pose_error(T_hat: Array, T_true: Array) -> Array:
    """Error 6-vectors [..., 6] of estimated poses [..., 4, 4], along the fixed frame's axes."""
    R_error = T_hat[..., :3, :3] @ np.swapaxes(T_true[..., :3, :3], -1, -2)
    rotation = Rotation.from_matrix(R_error.reshape(-1, 3, 3)).as_rotvec()
    position = T_hat[..., :3, 3] - T_true[..., :3, 3]
    return np.concatenate([position, rotation.reshape(position.shape)], axis=-1)


def distance(T_a: Array, T_b: Array) -> tuple[float, float]:
    """Distance in metres and angle in radians between two poses [4, 4] of one frame."""
    error = pose_error(T_a, T_b)
    return float(np.linalg.norm(error[:3])), float(np.linalg.norm(error[3:]))


def between(T_a: Array, T_b: Array, share: float) -> Array:
    """The pose [4, 4] that lies this share of the way from T_a to T_b.

    The position goes straight, the rotation the shortest way round at a steady rate.
    """
    R_a = Rotation.from_matrix(T_a[:3, :3])
    turn = (R_a.inv() * Rotation.from_matrix(T_b[:3, :3])).as_rotvec()
    T = np.eye(4)
    T[:3, :3] = (R_a * Rotation.from_rotvec(share * turn)).as_matrix()
    T[:3, 3] = (1.0 - share) * T_a[:3, 3] + share * T_b[:3, 3]
    return T


def transport_covariance(
    covariance_camera: Array, R_map_camera: Array, t_camera_base: Array
) -> Array:
    """Move covariances [..., 6, 6] of T_map_camera to T_map_base = T_map_camera @ T_camera_base.

    A rotation error turns the lever arm l = R_map_camera t_camera_base, so that the base's
    position error is dp - [l]x dtheta while its rotation error is the camera's own (first order
    in the errors).  Axes stay the map's; the extrinsic is taken as exact.
    """
    lever = (R_map_camera @ t_camera_base[..., None])[..., 0]
    jacobian = np.tile(np.eye(6), (*lever.shape[:-1], 1, 1))
    jacobian[..., :3, 3:] = (lever @ MINUS_SKEW).reshape(*lever.shape, 3)
    covariance_base = jacobian @ covariance_camera @ np.swapaxes(jacobian, -1, -2)
    return 0.5 * (covariance_base + np.swapaxes(covariance_base, -1, -2))
