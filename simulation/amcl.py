# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A localizer as small as can be that takes initial poses as AMCL does, for tests and benchmarks.

It owns map -> odom: an accepted pose sets it, and odometry does the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array, inverse, transform
from simulation.amcl_rules import PoseMessage, refusal

# T_odom_base [4, 4] at a stamp; None where odometry does not reach.
Odometry = Callable[[int], Array | None]


@dataclass(frozen=True)
class Belief:
    """Where odometry starts in the map; why the last pose was refused, if it was."""

    T_map_odom: Array
    refused: str = ''

    def T_map_base(self, T_odom_base: Array) -> Array:
        """The robot's pose [4, 4] by what is believed, from odometry [4, 4]."""
        return self.T_map_odom @ T_odom_base

    def told(
        self, message: PoseMessage, global_frame: str, reach_m: float, odometry: Odometry
    ) -> 'Belief':
        """Begin anew from a pose; what the robot has driven since its stamp counts on top."""
        why = refusal(message, global_frame, reach_m)
        T_odom_base = None if why else odometry(message.stamp_ns)
        if T_odom_base is None:
            return Belief(self.T_map_odom, why or 'there is no odometry at its stamp')
        T_map_base = transform(np.asarray(message.position), np.asarray(message.q_xyzw))
        return Belief(T_map_base @ inverse(T_odom_base))


# Where odometry starts in the map, before anybody has said it.
NOWHERE = Belief(np.eye(4))
# Of a pose that it says: it knows nothing of its errors, but whoever fuses poses needs some.
COVARIANCE = 0.01 * np.eye(6)
