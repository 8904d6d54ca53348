# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The nearest pose of a set, where turning counts as well as moving."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array, rotation_angle

# Metres that count as much as a radian.
METRES_A_RADIAN = 1.0


@dataclass(frozen=True)
class NearestPoses:
    """Of M poses: row [M] of the nearest one in a set, and how far it is, [M] each."""

    rows: NDArray[np.int64]
    metres: Array
    degrees: Array


def nearest_poses(T_map_camera: Array, T_map_stored: Array) -> NearestPoses:
    """Look up poses [M, 4, 4] among stored ones [N, 4, 4], by metres and radians together."""
    q, q_stored = (
        Rotation.from_matrix(T[:, :3, :3]).as_quat() for T in (T_map_camera, T_map_stored)
    )
    p, p_stored = T_map_camera[:, :3, 3], T_map_stored[:, :3, 3]
    # |q_a -+ q_b| is half the angle for small ones; both signs are looked up.
    metric = 2.0 * METRES_A_RADIAN
    tree = cKDTree(np.hstack([p_stored, metric * q_stored]))
    distance, rows = (
        np.hstack(both)
        for both in zip(
            *(tree.query(np.hstack([p, sign * metric * q]), [1]) for sign in (1.0, -1.0)),
            strict=True,
        )
    )
    nearest = rows[np.arange(len(p)), distance.argmin(axis=1)]
    return NearestPoses(
        nearest,
        np.linalg.norm(p - p_stored[nearest], axis=1),
        np.degrees(rotation_angle(q, q_stored[nearest])),
    )
