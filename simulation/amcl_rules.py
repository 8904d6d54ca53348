# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which initial poses Nav2's AMCL takes, stated without the code that makes them.

From nav2_amcl's amcl_node.cpp and nav2_util's validateMsg (Jazzy and later): the global frame, a
finite stamp, a unit quaternion, a covariance that is finite and whose diagonal is not negative,
a position within the map's reach.  The strictest of the versions counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# AMCL takes squared norms of quaternions up to 1e-4 off; we ask for more.
NORM_TOLERANCE = 1e-6
LARGEST_COVARIANCE = 1e9


@dataclass(frozen=True)
class PoseMessage:
    """A geometry_msgs/PoseWithCovarianceStamped as plain values; covariance has 36 entries."""

    frame_id: str
    stamp_ns: int
    position: Sequence[float]
    q_xyzw: Sequence[float]
    covariance: Sequence[float]


def refusal(message: PoseMessage, global_frame: str, reach_m: float) -> str:
    """Why AMCL would refuse a message, empty when it takes it.

    reach_m: how far from the map's origin the map extends along x and y.
    """
    numbers = [*message.position, *message.q_xyzw, *message.covariance]
    norm = math.fsum(value * value for value in message.q_xyzw)
    rules = {
        'its frame is not the global one': message.frame_id != global_frame,
        'it has no stamp': message.stamp_ns <= 0,
        'it has too few numbers': len(numbers) != 3 + 4 + 36,
        'it is not finite': not all(map(math.isfinite, numbers)),
        'its quaternion is not of unit length': not abs(norm - 1.0) < NORM_TOLERANCE,
        'its covariance has a negative entry': any(value < 0.0 for value in message.covariance),
        'its covariance is huge': any(
            abs(value) > LARGEST_COVARIANCE for value in message.covariance
        ),
        'it lies beyond the map': any(abs(value) > reach_m for value in message.position[:2]),
    }
    return next((sentence for sentence, broken in rules.items() if broken), '')
