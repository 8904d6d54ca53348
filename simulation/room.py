# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The room: what stands where, where the robot may go.

Map frame: origin on the floor in the middle of the room, x along the 8 m, y along the 6 m, z up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation import layout
from simulation.occupancy import OccupancyGrid, largest_region
from simulation.surfaces import Furniture, Quad

DEMO_SEED = 11
ROBOT_RADIUS = 0.25  # m
DRIVE_CLEARANCE = 0.30  # m from the robot's centre to the nearest obstacle, wherever it drives
LEAST_FREE_FLOOR = 12.0  # m2 that the robot's centre can reach
RESOLUTION = 0.05  # m


@dataclass(frozen=True)
class Room:
    """A furnished room; `quads` holds every surface to be drawn, furniture included."""

    seed: int
    quads: tuple[Quad, ...]
    furniture: tuple[Furniture, ...]
    length_x: float = layout.LENGTH_X
    length_y: float = layout.LENGTH_Y
    height: float = layout.HEIGHT

    @classmethod
    def from_seed(cls, seed: int = DEMO_SEED) -> Room:
        """The room of that seed; the same seed gives the same room.

        Raises ValueError for a negative seed.
        """
        return cls.with_floor(seed, layout.furnished)

    @classmethod
    def with_floor(
        cls, seed: int, furnish: Callable[[np.random.Generator], layout.Contents]
    ) -> Room:
        """Furnish until enough connected floor is left.

        Raises ValueError for a negative seed, and when no attempt leaves enough.
        """
        if seed < 0:
            raise ValueError(f'the seed of a room is {seed}; give a number of at least 0')
        for attempt in range(100):
            quads, furniture = furnish(np.random.default_rng([seed, attempt]))
            room = cls(seed, tuple(quads), tuple(furniture))
            if room.free_area() >= LEAST_FREE_FLOOR:
                return room
        raise ValueError(f'seed {seed} gives no room with enough free floor; try another seed')

    def clearance(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance [N] in m from points [N, 2] to the nearest wall or piece; negative inside."""
        xy = np.atleast_2d(np.asarray(xy, np.float64))
        half = np.array([self.length_x, self.length_y]) / 2
        nearest = (half - np.abs(xy)).min(axis=-1)
        if not self.furniture:
            return nearest
        centres, axes, halves = self._footprints
        local = np.abs(np.einsum('kij,nki->nkj', axes, xy[:, None] - centres)) - halves
        outside = np.hypot(*np.moveaxis(np.maximum(local, 0.0), -1, 0))
        return np.minimum(nearest, (outside + np.minimum(local.max(axis=-1), 0.0)).min(axis=-1))

    @cached_property
    def _footprints(self) -> tuple[NDArray[np.float64], ...]:
        """Of all pieces: centres [K, 2], axes as columns [K, 2, 2], half sizes [K, 2]."""
        footprints = [piece.footprint for piece in self.furniture]
        yaws = np.array([footprint.yaw for footprint in footprints])
        c, s = np.cos(yaws), np.sin(yaws)
        return (
            np.array([footprint.centre for footprint in footprints]),
            np.moveaxis(np.array([[c, -s], [s, c]]), -1, 0),
            0.5 * np.array([footprint.size for footprint in footprints]),
        )

    def occupancy(self) -> OccupancyGrid:
        """What is built or stands on the floor, one wall cell all around."""
        grid = OccupancyGrid.covering(
            (-self.length_x / 2 - RESOLUTION, -self.length_y / 2 - RESOLUTION),
            (self.length_x / 2 + RESOLUTION, self.length_y / 2 + RESOLUTION),
            RESOLUTION,
        )
        return grid.filled(self.clearance(grid.centres()) <= 0.0)

    @cached_property
    def free_floor(self) -> OccupancyGrid:
        """Cells where the robot's centre may be: clear by DRIVE_CLEARANCE, one connected region.

        `occupied` is True where it may NOT be.
        """
        grid = self.occupancy()
        # Half a cell more, so that every point of a free cell is clear, not its centre alone.
        reach = DRIVE_CLEARANCE + RESOLUTION * np.sqrt(0.5)
        return largest_region(grid.filled(self.clearance(grid.centres()) < reach))

    def free_area(self) -> float:
        """Floor in m2 that the robot's centre can reach."""
        return float((~self.free_floor.occupied).sum() * RESOLUTION**2)
