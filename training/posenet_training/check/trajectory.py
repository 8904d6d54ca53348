# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses between the pictures' stamps, along an unbroken piece of a drive.

Splines through the poses, of second order continuity in turning too: straight lines between them
cut the corners just where a robot begins to turn, by milliseconds at 15 Hz.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, RotationSpline

from posenet_ros.geometry import Array
from posenet_training.check.view import Numbers, View

FEWEST_POSES = 4


@dataclass(frozen=True)
class Trajectory:
    """Poses of pictures `numbers` [N] over their stamps [N] in seconds."""

    numbers: Numbers
    stamps: Array
    position: CubicSpline
    rotation: RotationSpline

    @staticmethod
    def through(view: View, numbers: Numbers) -> 'Trajectory':
        """Fit splines through the poses of at least FEWEST_POSES pictures of a view."""
        stamps = view.stamps[numbers]
        rotations = Rotation.from_quat(view.q_xyzw[numbers])
        position = CubicSpline(stamps, view.positions[numbers])
        return Trajectory(numbers, stamps, position, RotationSpline(stamps, rotations))

    def spans(self, stamps: Array) -> bool:
        """Whether no stamp lies before its beginning or after its end."""
        return bool(stamps.min() >= self.stamps[0] and stamps.max() <= self.stamps[-1])

    def T_map_camera(self, stamps: Array) -> Array:
        """Poses [M, 4, 4] at stamps [M] that it spans."""
        T = np.tile(np.eye(4), (len(stamps), 1, 1))
        T[:, :3, :3] = self.rotation(stamps).as_matrix()
        T[:, :3, 3] = self.position(stamps)
        return T


def trajectories(view: View, pieces: Iterable[Numbers]) -> list[Trajectory]:
    """One trajectory for each piece that is long enough."""
    return [Trajectory.through(view, piece) for piece in pieces if len(piece) >= FEWEST_POSES]
