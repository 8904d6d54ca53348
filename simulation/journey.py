# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A drive that is asked for the world at one stamp after another."""

from __future__ import annotations

import numpy as np

from posenet_ros.stamps import seconds_between
from simulation.drive import Floor
from simulation.room import Room
from simulation.world import World, advanced, kidnapped

LONGEST_PAUSE_S = 1.0  # a clock that leaps farther, or back, does not move the robot farther


class Journey:
    """One drive through a room; its clock is whatever its caller gives."""

    def __init__(self, room: Room, drive_seed: int) -> None:
        self._rng = np.random.default_rng(drive_seed)
        self._floor = Floor.of(room)
        self._world = World.begin(self._floor, self._rng)
        self._stamp_ns: int | None = None

    def at(self, stamp_ns: int) -> World:
        """The world at a stamp, which follows the ones asked for before."""
        dt = seconds_between(self._stamp_ns, stamp_ns) if self._stamp_ns is not None else 0.0
        self._stamp_ns = stamp_ns
        dt = min(max(dt, 0.0), LONGEST_PAUSE_S)
        self._world = advanced(self._world, self._floor, dt, self._rng)
        return self._world

    def kidnap(self, stamp_ns: int) -> World:
        """Set the robot down somewhere else at a stamp."""
        self._world = kidnapped(self.at(stamp_ns), self._floor, self._rng)
        return self._world
