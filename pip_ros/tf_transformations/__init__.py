# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The functions of tf_transformations that posenet_ros uses. Quaternions are x, y, z, w."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import transforms3d
from numpy.typing import ArrayLike, NDArray

Quaternion = tuple[float, float, float, float]


def _w_first(quaternion: Sequence[float]) -> Quaternion:
    x, y, z, w = quaternion
    return w, x, y, z


def _w_last(quaternion: Sequence[float]) -> Quaternion:
    w, x, y, z = quaternion
    return x, y, z, w


def quaternion_matrix(quaternion: Sequence[float]) -> NDArray[np.float64]:
    """4x4 matrix that rotates as the quaternion does."""
    matrix = np.eye(4)
    matrix[:3, :3] = transforms3d.quaternions.quat2mat(_w_first(quaternion))
    return matrix


def quaternion_from_matrix(matrix: ArrayLike) -> Quaternion:
    """Quaternion of the rotation in a 4x4 matrix."""
    rotation = transforms3d.affines.decompose(np.asarray(matrix, np.float64))[1]
    return _w_last(transforms3d.quaternions.mat2quat(rotation))


def quaternion_multiply(quaternion1: Sequence[float], quaternion0: Sequence[float]) -> Quaternion:
    """Product: first quaternion0 turns, then quaternion1."""
    return _w_last(transforms3d.quaternions.qmult(_w_first(quaternion1), _w_first(quaternion0)))


def quaternion_inverse(quaternion: ArrayLike) -> NDArray[np.float64]:
    """The rotation back."""
    q = np.asarray(quaternion, np.float64)
    return q * (-1.0, -1.0, -1.0, 1.0) / (q @ q)


def euler_from_quaternion(
    quaternion: Sequence[float], axes: str = 'sxyz'
) -> tuple[float, float, float]:
    """Angles (roll, pitch, yaw) in radians about the axes named."""
    return transforms3d.euler.mat2euler(quaternion_matrix(quaternion), axes=axes)


def quaternion_from_euler(ai: float, aj: float, ak: float, axes: str = 'sxyz') -> Quaternion:
    """Quaternion of the angles (roll, pitch, yaw) in radians about the axes named."""
    return _w_last(transforms3d.euler.euler2quat(ai, aj, ak, axes=axes))
