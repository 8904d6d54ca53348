# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Frames of a robot whose odometry and places are known, for the tests of trust."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.estimates import Estimate, Refused
from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array, transform
from posenet_ros.trust import Decision, State, Trust

BEGAN_NS = 1_700_000_000_000_000_000
PERIOD_S = 0.1
COVARIANCE = np.diag([0.007, 0.007, 0.005, 2.5e-4, 2.5e-4, 5.5e-4])
DARK = Doubt('dark', 'the picture is dark')


def planar(x: float, y: float, degrees: float) -> Array:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


# Where odometry began, before and after the robot was carried away.
HERE, THERE = planar(3.0, 2.0, 130.0), planar(-1.0, 4.0, 20.0)


def at_ns(seconds: float) -> int:
    return BEGAN_NS + round(seconds * 1e9)


def odometry(seconds: float) -> Array:
    """A robot that drives a curve at 0.5 m/s."""
    return planar(0.5 * seconds, 0.1 * seconds, 20.0 * seconds)


def vote(
    seconds: float,
    T_map_odom: Array = HERE,
    error: Iterable[float] = (0.0,) * 6,
    T_odom_base: Array | None = None,
) -> Estimate:
    """A frame of the driving robot, or of one that stands at T_odom_base, off by `error` [6]."""
    T_odom_base = odometry(seconds) if T_odom_base is None else T_odom_base
    return Estimate(
        at_ns(seconds), displaced(T_map_odom @ T_odom_base, error), COVARIANCE, T_odom_base
    )


def displaced(T: Array, error: Iterable[float]) -> Array:
    """A pose whose error against T is the given one [6]."""
    dp, dtheta = np.split(np.asarray(tuple(error), float), 2)
    moved = T.copy()
    moved[:3, :3] = Rotation.from_rotvec(dtheta).as_matrix() @ T[:3, :3]
    moved[:3, 3] += dp
    return moved


def doubted(seconds: float, T_map_odom: Array = HERE) -> Estimate:
    return replace(vote(seconds, T_map_odom), doubts=(DARK,))


def refused(seconds: float) -> Refused:
    return Refused(at_ns(seconds), DARK)


def without_odometry(frame: Estimate) -> Estimate:
    return replace(frame, T_odom_base=None)


def feed(trust: Trust, frames: Iterable[Estimate | Refused]) -> list[Decision]:
    """Show the frames, each decided on 20 ms after its stamp."""
    return [trust.observe(frame, frame.stamp_ns + 20_000_000) for frame in frames]


def times(count: int, begin: float = 0.0, period: float = PERIOD_S) -> list[float]:
    return [begin + period * i for i in range(count)]


def localized_at(T_map_odom: Array, trust: Trust) -> Trust:
    """Let the robot drive for a second."""
    decisions = feed(trust, [vote(t, T_map_odom) for t in times(10)])
    assert decisions[-1].state is State.LOCALIZED
    return trust
