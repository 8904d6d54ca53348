# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole world at one moment: robot, odometry, mast, light; and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation import drive, odometry
from simulation.drive import FARTHEST_STEP_S, Floor, Robot
from simulation.light import Light
from simulation.odometry import Odometry, random_odometry
from simulation.rig import Mast, T_base_camera, T_base_camera_link
from simulation.sway import LightSway, MastSway


@dataclass(frozen=True)
class World:
    """One moment of one drive; `time_s` counts from its start."""

    time_s: float
    robot: Robot
    odometry: Odometry
    mast_sway: MastSway
    light_sway: LightSway

    @classmethod
    def begin(cls, floor: Floor, rng: np.random.Generator) -> World:
        """A drive from a random pose, with odometry at its origin."""
        robot = drive.place(floor, rng)
        return cls(0.0, robot, random_odometry(rng), MastSway.random(rng), LightSway.random(rng))

    @property
    def mast(self) -> Mast:
        """The mast now."""
        return self.mast_sway.at(self.time_s)

    @property
    def T_map_base(self) -> NDArray[np.float64]:
        """True pose [4, 4] of base_link in map."""
        return self.robot.T_map_base

    @property
    def T_odom_base(self) -> NDArray[np.float64]:
        """Pose [4, 4] of base_link in odom, as odometry has it."""
        return self.odometry.T_odom_base

    @property
    def T_base_camera_link(self) -> NDArray[np.float64]:
        """Pose [4, 4] of camera_link in base_link."""
        return T_base_camera_link(self.mast)

    @property
    def T_map_camera(self) -> NDArray[np.float64]:
        """True pose [4, 4] of the camera's optical frame in map."""
        return self.T_map_base @ T_base_camera(self.mast)

    def light(self, amount: float, noise_seed: int) -> Light:
        """The light now; `amount` 0 to 1 scales all its changes."""
        return self.light_sway.at(self.time_s, amount, noise_seed)


def advanced(world: World, floor: Floor, dt: float, rng: np.random.Generator) -> World:
    """The world `dt` >= 0 seconds later."""
    steps = int(np.ceil(dt / FARTHEST_STEP_S - 1e-9))
    for _ in range(steps):
        robot = drive.step(world.robot, floor, dt / steps, rng)
        moved = odometry.follow(world.odometry, world.robot, robot, rng)
        world = replace(world, robot=robot, odometry=moved)
    return replace(world, time_s=world.time_s + dt)


def kidnapped(world: World, floor: Floor, rng: np.random.Generator) -> World:
    """The same moment with the robot somewhere else; odometry notices nothing."""
    return replace(world, robot=drive.kidnap(world.robot, floor, rng))
