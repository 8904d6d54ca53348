# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pose that a localizer is told to begin from, in a form that it takes."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.estimates import Handover
from posenet_ros.geometry import (
    Array,
    inverse,
    position_and_quaternion,
    transform,
    transport_covariance,
)

# A forward axis within this of the vertical has no heading.
UPRIGHT = 1e-6


@dataclass(frozen=True)
class InitialPose:
    """position [3] m, unit q_xyzw [4] with w >= 0, and the variances [6] of x y z rotX rotY rotZ.

    The message's covariance has the variances on its diagonal and nothing beside it: newer AMCL
    refuses negative entries, wherever they are.
    """

    position: Array
    q_xyzw: Array
    variances: Array

    @property
    def covariance(self) -> Array:
        """[6, 6]."""
        return np.diag(self.variances)


def spatial_pose(T_map_base: Array, covariance: Array) -> InitialPose:
    """The pose [4, 4] as it is, with the variances of its covariance [6, 6]."""
    position, q_xyzw = position_and_quaternion(T_map_base)
    return InitialPose(position, q_xyzw, np.diag(covariance).copy())


def planar_pose(T_map_base: Array, covariance: Array) -> InitialPose:
    """The pose [4, 4] on the floor: x, y and heading, with their variances; all else is 0.

    Raises ValueError where the robot's forward axis is vertical.
    """
    forward = T_map_base[:3, 0]
    if np.hypot(forward[0], forward[1]) < UPRIGHT:
        raise ValueError('the robot looks straight up or down and has no heading on the floor')
    heading = np.arctan2(forward[1], forward[0])
    T_planar = transform([*T_map_base[:2, 3], 0.0], Rotation.from_euler('z', heading).as_quat())
    kept = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 1.0])
    return spatial_pose(T_planar, covariance * np.outer(kept, kept))


def carried(place: Handover, stamp_ns: int, T_odom_base: Array) -> Handover:
    """The place at another stamp, carried there by odometry [4, 4].

    A place that was found without odometry is that of a robot that stood still: it stays.
    """
    if place.T_odom_base is None:
        return place
    T_before_after = inverse(place.T_odom_base) @ T_odom_base
    covariance = transport_covariance(
        place.covariance, place.T_map_base[:3, :3], T_before_after[:3, 3]
    )
    return Handover(stamp_ns, place.T_map_base @ T_before_after, covariance, T_odom_base)
