# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The small localizer adds what was driven since the stamp of the pose that it is told."""

import dataclasses

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array, position_and_quaternion, transform
from simulation.amcl import Belief
from simulation.amcl_rules import PoseMessage


def planar(x: float, y: float, degrees: float) -> Array:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


T_MAP_ODOM = planar(4.0, -2.0, 130.0)
# The robot turns and drives; odometry every 100 ms.
T_ODOM_BASE = {n * 100_000_000: planar(0.05 * n, 0.01 * n, 3.0 * n) for n in range(1, 30)}


def message_at(stamp_ns: int) -> PoseMessage:
    position, q_xyzw = position_and_quaternion(T_MAP_ODOM @ T_ODOM_BASE[stamp_ns])
    return PoseMessage('map', stamp_ns, position, q_xyzw, np.diag([0.1] * 6).ravel())


def test_a_pose_of_the_past_is_carried_on_by_odometry():
    stamps = sorted(T_ODOM_BASE)
    belief = Belief(np.eye(4)).told(message_at(stamps[3]), 'map', 50.0, T_ODOM_BASE.get)
    assert belief.refused == ''
    newest = T_ODOM_BASE[stamps[-1]]
    np.testing.assert_allclose(belief.T_map_base(newest), T_MAP_ODOM @ newest, atol=1e-9)


def test_what_amcl_refuses_changes_nothing():
    begun = Belief(planar(1.0, 1.0, 10.0))
    good = message_at(100_000_000)
    for bad, words in (
        (dataclasses.replace(good, frame_id='odom'), 'frame'),
        (dataclasses.replace(good, stamp_ns=123), 'no odometry'),
    ):
        belief = begun.told(bad, 'map', 50.0, T_ODOM_BASE.get)
        assert words in belief.refused
        np.testing.assert_array_equal(belief.T_map_odom, begun.T_map_odom)
