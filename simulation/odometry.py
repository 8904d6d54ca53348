# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Wheel odometry that drifts.

Each drive has its own systematic errors (a wheel a little too large, a track a little too wide);
on top comes noise whose variance grows with the distance driven and the angle turned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.drive import Robot
from simulation.rig import T_map_base

DISTANCE_SCALE = 0.01  # standard deviation of the scale error of distances
TURN_SCALE = 0.01  # standard deviation of the scale error of turns
DISTANCE_NOISE = 0.01  # m per square root of a metre
TURN_NOISE_PER_TURN = 0.01  # rad per square root of a radian
TURN_NOISE_PER_METRE = 0.01  # rad per square root of a metre


@dataclass(frozen=True)
class Odometry:
    """Pose of base_link in odom (m, rad) as the wheels tell it, and this drive's scale errors."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    distance_scale: float = 1.0
    turn_scale: float = 1.0

    @property
    def T_odom_base(self) -> NDArray[np.float64]:
        """Pose [4, 4] of base_link in odom."""
        return T_map_base(self.x, self.y, self.yaw)


def random_odometry(rng: np.random.Generator) -> Odometry:
    """Odometry at its origin with scale errors drawn for this drive."""
    return Odometry(
        distance_scale=float(1.0 + DISTANCE_SCALE * rng.standard_normal()),
        turn_scale=float(1.0 + TURN_SCALE * rng.standard_normal()),
    )


def follow(odometry: Odometry, before: Robot, after: Robot, rng: np.random.Generator) -> Odometry:
    """Odometry after the robot drove from `before` to `after` (one short step)."""
    dx, dy = after.x - before.x, after.y - before.y
    turned = (after.yaw - before.yaw + np.pi) % (2 * np.pi) - np.pi
    course = before.yaw + 0.5 * turned
    distance = dx * np.cos(course) + dy * np.sin(course)
    noise = rng.standard_normal(2)
    measured = odometry.distance_scale * distance + DISTANCE_NOISE * np.sqrt(
        abs(distance)
    ) * float(noise[0])
    turn_variance = TURN_NOISE_PER_TURN**2 * abs(turned) + TURN_NOISE_PER_METRE**2 * abs(distance)
    measured_turn = odometry.turn_scale * turned + np.sqrt(turn_variance) * noise[1]
    heading = odometry.yaw + 0.5 * measured_turn
    return replace(
        odometry,
        x=float(odometry.x + measured * np.cos(heading)),
        y=float(odometry.y + measured * np.sin(heading)),
        yaw=float(odometry.yaw + measured_turn),
    )
