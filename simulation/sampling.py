# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Independent views of a room, for training pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.light import Light, random_light
from simulation.rig import T_base_camera, T_map_base, random_mast
from simulation.room import Room


def random_view(room: Room, rng: np.random.Generator) -> tuple[NDArray[np.float64], Light]:
    """(T_map_camera [4, 4] of the optical frame, Light): uniform over free floor and headings.

    Mast and light vary over their full ranges.
    """
    T_map_camera = T_map_base(*random_pose(room, rng)) @ T_base_camera(random_mast(rng))
    return T_map_camera, random_light(rng)


def random_pose(room: Room, rng: np.random.Generator) -> tuple[float, float, float]:
    """(x, y, yaw) of a robot in map, uniform over the free floor and all headings."""
    grid = room.free_floor
    rows, columns = np.nonzero(~grid.occupied)
    pick = int(rng.integers(len(rows)))
    x = grid.origin[0] + (columns[pick] + rng.uniform()) * grid.resolution
    y = grid.origin[1] + (rows[pick] + rng.uniform()) * grid.resolution
    return float(x), float(y), float(rng.uniform(-np.pi, np.pi))
