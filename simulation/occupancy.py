# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A room's floor as a grid of cells, in the layout of nav_msgs/OccupancyGrid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True)
class OccupancyGrid:
    """`occupied` [rows (y), columns (x)]; `origin`: the outer corner of cell [0, 0] in map, m."""

    origin: tuple[float, float]
    resolution: float
    occupied: NDArray[np.bool_]

    @classmethod
    def covering(
        cls, low: tuple[float, float], high: tuple[float, float], resolution: float
    ) -> OccupancyGrid:
        """An empty grid over a rectangle of the map."""
        columns, rows = (round((b - a) / resolution) for a, b in zip(low, high, strict=True))
        return cls(low, resolution, np.zeros((rows, columns), bool))

    def centres(self) -> NDArray[np.float64]:
        """Cell centres [rows * columns, 2] in map, m, row by row."""
        rows, columns = self.occupied.shape
        x = self.origin[0] + (np.arange(columns) + 0.5) * self.resolution
        y = self.origin[1] + (np.arange(rows) + 0.5) * self.resolution
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def filled(self, occupied: NDArray[np.bool_]) -> OccupancyGrid:
        """The same grid with other cells, given flat or [rows, columns]."""
        return replace(self, occupied=occupied.reshape(self.occupied.shape))

    def cell(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """[N, 2] (row, column) of points [N, 2]; points outside come out of range."""
        index = np.floor((np.asarray(xy) - self.origin) / self.resolution).astype(np.int64)
        return index[..., ::-1]

    def message_data(self) -> NDArray[np.int8]:
        """Cells as nav_msgs/OccupancyGrid wants them: row-major int8, 0 free, 100 occupied."""
        return np.where(self.occupied, 100, 0).astype(np.int8).ravel()


def largest_region(grid: OccupancyGrid) -> OccupancyGrid:
    """The grid with all free cells but the largest 4-connected region marked occupied."""
    labels, count = ndimage.label(~grid.occupied)
    if count == 0:
        return grid
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return grid.filled(labels != sizes.argmax())
