# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A differential-drive robot that wanders over the free floor of a room.

It drives from way point to way point at 0.3 to 0.6 m/s, turns on the spot for sharp bends, and
looks around at every goal, so that all headings occur. Pure: state in, state out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.rig import T_map_base
from simulation.room import ROBOT_RADIUS, Room
from simulation.route import Point, RoutePlanner
from simulation.sampling import random_pose

SPEED = (0.3, 0.6)  # m/s, drawn for each way
TURN_RATE = 0.9  # rad/s, fastest
ACCELERATION, TURN_ACCELERATION = 0.8, 3.0  # m/s2, rad/s2
ARRIVED = 0.10  # m from a way point
TURN_FIRST = 0.5  # rad off the course: turn on the spot
FARTHEST_STEP_S = 0.02  # longer steps are cut
KIDNAP_DISTANCE = 1.5  # m, at least


@dataclass(frozen=True)
class Robot:
    """True pose in map (m, rad), speeds, and what it is about to do.

    `route` holds the way points ahead; `turn_left` the angle still to turn on the spot.
    """

    x: float
    y: float
    yaw: float
    speed: float = 0.0
    turn_rate: float = 0.0
    cruise: float = SPEED[0]
    route: tuple[Point, ...] = ()
    turn_left: float = 0.0

    @property
    def T_map_base(self) -> NDArray[np.float64]:
        """Pose [4, 4] of base_link in map."""
        return T_map_base(self.x, self.y, self.yaw)


@dataclass(frozen=True)
class Floor:
    """The room to drive in, and the ways over its free floor."""

    room: Room
    planner: RoutePlanner

    @classmethod
    def of(cls, room: Room) -> Floor:
        """The floor of a room."""
        return cls(room, RoutePlanner(room.free_floor))


def place(floor: Floor, rng: np.random.Generator) -> Robot:
    """A robot at rest at a random free pose."""
    return Robot(*random_pose(floor.room, rng))


def kidnap(robot: Robot, floor: Floor, rng: np.random.Generator) -> Robot:
    """The robot set down, at rest, at least KIDNAP_DISTANCE away."""
    while True:
        moved = place(floor, rng)
        if np.hypot(moved.x - robot.x, moved.y - robot.y) >= KIDNAP_DISTANCE:
            return moved


def step(robot: Robot, floor: Floor, dt: float, rng: np.random.Generator) -> Robot:
    """The robot `dt` seconds later; it never comes nearer than ROBOT_RADIUS to an obstacle."""
    steps = max(1, int(np.ceil(dt / FARTHEST_STEP_S - 1e-9)))
    for _ in range(steps):
        robot = _short_step(robot, floor, dt / steps, rng)
    return robot


def _short_step(robot: Robot, floor: Floor, dt: float, rng: np.random.Generator) -> Robot:
    robot = _choose(robot, floor, rng)
    speed, turn_rate = _command(robot)
    speed = _towards(robot.speed, speed, ACCELERATION * dt)
    turn_rate = _towards(robot.turn_rate, turn_rate, TURN_ACCELERATION * dt)
    turned = turn_rate * dt
    middle = robot.yaw + 0.5 * turned
    x = robot.x + speed * dt * np.cos(middle)
    y = robot.y + speed * dt * np.sin(middle)
    if floor.room.clearance(np.array([[x, y]]))[0] < ROBOT_RADIUS:
        # Only reached by cutting a corner: stop, turn to the way, plan anew.
        x, y, speed = robot.x, robot.y, 0.0
        robot = replace(robot, route=())
    return replace(
        robot,
        x=float(x),
        y=float(y),
        yaw=_wrapped(robot.yaw + turned),
        speed=float(speed),
        turn_rate=float(turn_rate),
        turn_left=_less(robot.turn_left, turned),
    )


def _choose(robot: Robot, floor: Floor, rng: np.random.Generator) -> Robot:
    """Drop way points that are reached; at the goal look around, then choose another goal."""
    route = robot.route
    if route and np.hypot(route[0][0] - robot.x, route[0][1] - robot.y) < ARRIVED:
        route = route[1:]
        if not route:
            return replace(robot, route=(), turn_left=float(rng.uniform(-np.pi, np.pi)))
    if not route and robot.turn_left == 0.0 and robot.speed == 0.0:
        goal = random_pose(floor.room, rng)[:2]
        route = floor.planner.plan((robot.x, robot.y), goal)
        return replace(robot, route=route, cruise=float(rng.uniform(*SPEED)))
    return replace(robot, route=route)


def _command(robot: Robot) -> tuple[float, float]:
    """Wanted speed in m/s and turn rate in rad/s."""
    if robot.turn_left != 0.0:
        return 0.0, float(np.clip(2.0 * robot.turn_left, -TURN_RATE, TURN_RATE))
    if not robot.route:
        return 0.0, 0.0
    dx, dy = robot.route[0][0] - robot.x, robot.route[0][1] - robot.y
    off_course = _wrapped(np.arctan2(dy, dx) - robot.yaw)
    turn_rate = float(np.clip(2.0 * off_course, -TURN_RATE, TURN_RATE))
    if abs(off_course) > TURN_FIRST:
        return 0.0, turn_rate
    # Slow down for the bend ahead, so that the way point is not overrun.
    braking = np.sqrt(2.0 * 0.5 * ACCELERATION * np.hypot(dx, dy))
    return float(min(robot.cruise, braking) * np.cos(off_course)), turn_rate


def _less(turn_left: float, turned: float) -> float:
    """What is left of a turn on the spot; done within a degree."""
    left = turn_left - turned
    return 0.0 if turn_left == 0.0 or abs(left) < np.radians(1.0) else float(left)


def _towards(value: float, wanted: float, change: float) -> float:
    return float(np.clip(wanted, value - change, value + change))


def _wrapped(angle: float) -> float:
    return float((angle + np.pi) % (2 * np.pi) - np.pi)
