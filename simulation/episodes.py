# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a robot goes through while somebody watches its node: kidnaps, long drives, other places.

An episode is its own recipe: the same one gives the same frames, which are made when they are
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from posenet_ros.stamps import NS_PER_S
from simulation.drive import Floor
from simulation.light import Light
from simulation.rig import T_base_camera
from simulation.world import World, advanced, kidnapped

FRAMES_PER_S = 10
FRAME_NS = NS_PER_S // FRAMES_PER_S
FIRST_STAMP_NS = NS_PER_S  # a stamp of 0 means none
SPOILT_SHARE = 0.1
DARK_STOPS = (4.0, 8.0)  # how much less light there is in the dark


class Spoilt(Enum):
    """What spoils a picture."""

    none = 'none'
    dark = 'dark'
    blurred = 'blurred'
    covered = 'covered'


@dataclass(frozen=True)
class Moment:
    """One frame: what the camera sees, what odometry tells, and the truth.

    T_map_base   [4, 4] the truth
    T_odom_base  [4, 4] as drifting odometry has it
    T_base_camera [4, 4] of the optical frame
    light        darkness is in it; blur and covers are done to the picture that is drawn with it
    """

    stamp_ns: int
    T_map_base: NDArray[np.float64]
    T_odom_base: NDArray[np.float64]
    T_base_camera: NDArray[np.float64]
    light: Light
    spoilt: Spoilt

    @property
    def T_map_camera(self) -> NDArray[np.float64]:
        """True pose [4, 4] of the camera's optical frame."""
        return self.T_map_base @ self.T_base_camera


@dataclass(frozen=True)
class Episode:
    """`frames` frames of a robot in a room, FRAMES_PER_S a second.

    room         its name (rooms.py)
    seed         of all chance in it
    kidnapped_at first frame at another place, None without a kidnap
    stands       whether the robot stands still after the kidnap
    spoilt       of all frames; none spoils SPOILT_SHARE of them, each in any of the ways
    looks_around whether the robot first turns once about itself
    """

    room: str
    seed: tuple[int, ...]
    frames: int
    kidnapped_at: int | None = None
    stands: bool = False
    spoilt: Spoilt = Spoilt.none
    looks_around: bool = False

    def moments(self, floor: Floor) -> Iterator[Moment]:
        """The frames one by one; `floor` is that of the room."""
        rng, spoiling = (np.random.default_rng([*self.seed, stream]) for stream in (0, 1))
        world = World.begin(floor, rng)
        if self.looks_around:
            world = replace(world, robot=replace(world.robot, turn_left=2.0 * np.pi))
        for frame in range(self.frames):
            if frame == self.kidnapped_at:
                world = kidnapped(world, floor, rng)
            spoilt = self.spoilt if self.spoilt is not Spoilt.none else _any_spoilt(spoiling)
            yield _moment(world, frame, spoilt, spoiling)
            world = self._later(world, frame, floor, rng)

    def _later(self, world: World, frame: int, floor: Floor, rng: np.random.Generator) -> World:
        dt = 1.0 / FRAMES_PER_S
        if self.stands and self.kidnapped_at is not None and frame >= self.kidnapped_at:
            return replace(world, time_s=world.time_s + dt)
        return advanced(world, floor, dt, rng)


def _any_spoilt(rng: np.random.Generator) -> Spoilt:
    ways = [spoilt for spoilt in Spoilt if spoilt is not Spoilt.none]
    share, way = rng.uniform(), ways[int(rng.integers(len(ways)))]
    return way if share < SPOILT_SHARE else Spoilt.none


def _moment(world: World, frame: int, spoilt: Spoilt, rng: np.random.Generator) -> Moment:
    light = world.light(1.0, int(rng.integers(2**31)))
    stops = float(rng.uniform(*DARK_STOPS))
    if spoilt is Spoilt.dark:
        light = replace(light, exposure=light.exposure * 2.0**-stops)
    return Moment(
        stamp_ns=FIRST_STAMP_NS + frame * FRAME_NS,
        T_map_base=world.T_map_base,
        T_odom_base=world.T_odom_base,
        T_base_camera=T_base_camera(world.mast),
        light=light,
        spoilt=spoilt,
    )
