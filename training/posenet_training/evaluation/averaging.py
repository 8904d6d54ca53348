# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Averages of poses."""

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array


def mean_pose(T_map_camera: Array, weights: Array | None = None) -> Array:
    """Pose [4, 4] with the mean position and the chordal mean rotation of poses [N, 4, 4].

    weights [N], not negative; equal when not given.  The chordal mean is the rotation nearest to
    all in the sum of squared chords, the same whichever sign the quaternions have.
    """
    T_mean = np.eye(4)
    T_mean[:3, 3] = np.average(T_map_camera[:, :3, 3], axis=0, weights=weights)
    rotations = Rotation.from_matrix(T_map_camera[:, :3, :3])
    T_mean[:3, :3] = rotations.mean(weights).as_matrix()
    return T_mean
