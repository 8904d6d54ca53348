# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A map seen from above, whichever of its axes points up."""

from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array

AXES = 'xyz'
# A camera that is tilted more than this says nothing of what is up.
UPRIGHT = 0.7


@dataclass(frozen=True)
class FromAbove:
    """Poses with z up: the map's axes in another order, right-handed when seen from above.

    up              axis of the map that points up: '+z', '-y'
    axes            axes of the map that lie in the floor: 'xy'
    T_floor_camera  poses [N, 4, 4] along those two axes and up
    """

    up: str
    axes: str
    T_floor_camera: Array

    @property
    def positions(self) -> Array:
        """Positions [N, 2] on the floor."""
        return self.T_floor_camera[:, :2, 3]

    @property
    def looking(self) -> Array:
        """Directions [N, 2] of the optical axes on the floor, shorter for tilted cameras."""
        return self.T_floor_camera[:, :2, 2]


def seen_from_above(T_map_camera: Array) -> FromAbove:
    """Find out what is up by how the cameras [N, 4, 4] were held; +z where they do not tell."""
    up = -T_map_camera[:, :3, 1].mean(axis=0)
    tells = bool(np.abs(up).max() > UPRIGHT)
    axis = int(np.abs(up).argmax()) if tells else 2
    first, second = [(1, 2), (2, 0), (0, 1)][axis]
    sign, sense = '+', 1.0
    if tells and up[axis] < 0.0:
        first, second, sign, sense = second, first, '-', -1.0
    T_floor_map = np.zeros((4, 4))
    T_floor_map[[0, 1, 2, 3], [first, second, axis, 3]] = [1.0, 1.0, sense, 1.0]
    return FromAbove(f'{sign}{AXES[axis]}', AXES[first] + AXES[second], T_floor_map @ T_map_camera)
