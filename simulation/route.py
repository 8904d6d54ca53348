# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ways over the free floor of a room, from cell to cell and straightened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph, csr_array

from simulation.occupancy import OccupancyGrid

Point = tuple[float, float]


class RoutePlanner:
    """Shortest ways between points of one free floor."""

    def __init__(self, free_floor: OccupancyGrid) -> None:
        self._grid = free_floor
        self._graph = _neighbours(free_floor)

    def plan(self, start: Point, goal: Point) -> tuple[Point, ...]:
        """Way points from `start` (left out) to `goal`, each in straight sight of the one before.

        A start beside the free floor is first taken to the nearest free cell. ValueError when the
        goal is not on the free floor.
        """
        if not self.is_free(goal):
            raise ValueError(f'the goal {goal} is not on the free floor; choose a free point')
        source, target = self._nearest_free(start), self._index(goal)
        _, before = csgraph.dijkstra(self._graph, indices=[source], return_predecessors=True)
        cells = [target]
        while cells[-1] != source:
            cells.append(int(before[0, cells[-1]]))
        centres = [self._centre(cell) for cell in reversed(cells)]
        return self._straightened([*centres[:-1], goal])

    def is_free(self, point: Point) -> bool:
        """Whether a point lies on the free floor."""
        row, column = self._grid.cell(np.array([point]))[0]
        rows, columns = self._grid.occupied.shape
        inside = 0 <= row < rows and 0 <= column < columns
        return bool(inside and not self._grid.occupied[row, column])

    def in_sight(self, a: Point, b: Point) -> bool:
        """Whether the straight line between two points stays on the free floor."""
        steps = max(2, int(np.hypot(b[0] - a[0], b[1] - a[1]) / (0.4 * self._grid.resolution)))
        line = np.linspace(a, b, steps)
        rows, columns = self._grid.cell(line).T
        return not self._grid.occupied[rows, columns].any()

    def _straightened(self, way: list[Point]) -> tuple[Point, ...]:
        kept, here = [], 0
        while here < len(way) - 1:
            following = len(way) - 1
            while following > here + 1 and not self.in_sight(way[here], way[following]):
                following -= 1
            kept.append(way[following])
            here = following
        return tuple(kept) or (way[-1],)

    def _index(self, point: Point) -> int:
        row, column = self._grid.cell(np.array([point]))[0]
        return int(row * self._grid.occupied.shape[1] + column)

    def _nearest_free(self, point: Point) -> int:
        free = np.flatnonzero(~self._grid.occupied.ravel())
        offsets = self._grid.centres()[free] - point
        return int(free[np.argmin((offsets**2).sum(axis=-1))])

    def _centre(self, index: int) -> Point:
        row, column = divmod(index, self._grid.occupied.shape[1])
        x, y = self._grid.origin
        step = self._grid.resolution
        return (x + (column + 0.5) * step, y + (row + 0.5) * step)


def _neighbours(grid: OccupancyGrid) -> csr_array:
    """Graph of the free cells, each joined to its eight neighbours by their distance."""
    free = ~grid.occupied
    number = np.arange(free.size).reshape(free.shape)
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    lengths: list[NDArray[np.float64]] = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = np.s_[: free.shape[0] - down, max(0, -right) : free.shape[1] - max(0, right)]
        there = np.s_[down:, max(0, right) : free.shape[1] - max(0, -right)]
        both = free[here] & free[there]
        starts.append(number[here][both])
        ends.append(number[there][both])
        lengths.append(np.full(int(both.sum()), np.hypot(down, right)))
    a, b = np.concatenate(starts), np.concatenate(ends)
    weight = np.concatenate(lengths)
    ends_and_starts = (np.concatenate([a, b]), np.concatenate([b, a]))
    size = (free.size, free.size)
    return csr_array((np.concatenate([weight, weight]), ends_and_starts), shape=size)
