# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The occupancy grid of a map server: may a robot stand there?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, inverse

# Of nav_msgs/OccupancyGrid: 0 is free, 100 occupied, -1 unknown; below this a cell counts as free.
OCCUPIED_FROM = 50


@dataclass(frozen=True)
class FloorPlan:
    """cells [rows, columns] int8 of `resolution` m each, along the grid's y and x.

    T_map_grid [4, 4]: the outer corner of cell [0, 0].
    """

    cells: NDArray[np.int8]
    resolution: float
    T_map_grid: Array

    def conflict(self, position: Array) -> str:
        """Why no robot can stand at a position [3] in the map; empty when it can."""
        point = inverse(self.T_map_grid) @ [*position, 1.0]
        column, row = (int(np.floor(point[axis] / self.resolution)) for axis in (0, 1))
        height, width = self.cells.shape
        place = f'({position[0]:.2f}, {position[1]:.2f})'
        if not (0 <= row < height and 0 <= column < width):
            size = f'{width * self.resolution:.1f} x {height * self.resolution:.1f} m'
            return f'{place} is outside the occupancy grid of {size}'
        value = int(self.cells[row, column])
        if 0 <= value < OCCUPIED_FROM:
            return ''
        what = 'unknown to' if value < 0 else f'occupied ({value} of 100) in'
        return f'{place} is {what} the occupancy grid'
