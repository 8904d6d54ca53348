# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses that jump: a live SLAM corrects itself from one message to the next.

No robot moves like that, so between the two messages nobody knows where it was.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array


@dataclass(frozen=True)
class SpeedLimit:
    """What a robot can do at most, and what is too little to be called a jump.

    m_s, rad_s          a pose that moves or turns faster jumps
    least_m, least_rad  unless the step is no larger: noise of two messages with almost one stamp
    """

    m_s: float = 2.0
    rad_s: float = math.pi
    least_m: float = 0.05
    least_rad: float = math.radians(1.0)

    def exceeded(self, stamps_ns: NDArray[np.int64], T_a_b: Array) -> NDArray[np.bool_]:
        """After which of the poses [N, 4, 4] at growing stamps [N] it jumps to the next: [N-1]."""
        seconds = np.diff(stamps_ns) * 1e-9
        moved_m, turned_rad = steps(T_a_b)
        far = (moved_m > self.least_m) & (moved_m > self.m_s * seconds)
        turned = (turned_rad > self.least_rad) & (turned_rad > self.rad_s * seconds)
        return np.asarray(far | turned)


def steps(T_a_b: Array) -> tuple[Array, Array]:
    """Metres and radians [N-1] from each pose [N, 4, 4] to the next."""
    moved_m = np.linalg.norm(np.diff(T_a_b[:, :3, 3], axis=0), axis=1)
    R = Rotation.from_matrix(T_a_b[:, :3, :3])
    return moved_m, np.asarray((R[1:] * R[:-1].inv()).magnitude())
