# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A planar laser scanner in base_link: what localizers like AMCL go on with once told a place."""

import numpy as np
from numpy.typing import NDArray

from simulation.occupancy import OccupancyGrid

BEAMS = 180
# Counter-clockwise around the robot, the first one backwards, as sensor_msgs/LaserScan counts.
ANGLES = -np.pi + 2.0 * np.pi / BEAMS * np.arange(BEAMS)
LEAST_M, FARTHEST_M = 0.05, 12.0


def ranges_m(grid: OccupancyGrid, T_map_base: NDArray[np.float64]) -> NDArray[np.float32]:
    """Distances [BEAMS] in m from base_link to the first occupied cell along each of ANGLES.

    As REP-117 has it, a beam that meets nothing within FARTHEST_M says infinity.  A distance is
    right to a quarter of a cell beyond the cell's edge.
    """
    distances = np.arange(LEAST_M, FARTHEST_M, grid.resolution / 4.0)
    directions = T_map_base[:2, :2] @ np.stack([np.cos(ANGLES), np.sin(ANGLES)])
    points = T_map_base[:2, 3] + distances[:, None] * directions.T[:, None]
    met = _occupied(grid, points)
    return np.where(met.any(axis=1), distances[met.argmax(axis=1)], np.inf).astype(np.float32)


def _occupied(grid: OccupancyGrid, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points [..., 2] in map are in an occupied cell; outside the grid nothing is."""
    row, column = np.moveaxis(grid.cell(points), -1, 0)
    rows, columns = grid.occupied.shape
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return inside & grid.occupied[np.where(inside, row, 0), np.where(inside, column, 0)]
