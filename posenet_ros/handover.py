# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What others act on: initialpose, the answer of ~/relocalize, and map to odom.

The worker's thread brings frames, the executor's asks; what both touch is kept under one lock.
"""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from posenet_ros.estimates import Estimate, Refused
from posenet_ros.geometry import Array
from posenet_ros.outputs import Outputs
from posenet_ros.parameter_table import Parameters
from posenet_ros.rules import Rules
from posenet_ros.stamps import describe, later
from posenet_ros.transforms import Transforms
from posenet_ros.trust import Trust


class Handovers:
    """Hands the robot's place over when the last frames agree on it."""

    def __init__(
        self,
        now_ns: Callable[[], int],
        transforms: Transforms,
        outputs: Outputs,
        parameters: Parameters,
        map_frame: str,
    ) -> None:
        self._now_ns = now_ns
        self._transforms = transforms
        self._outputs = outputs
        self._parameters = parameters
        self._map_frame = map_frame
        self._lock = Lock()
        self._era = 0
        self._trust = Trust(replace(Rules(), max_age_s=parameters.max_age))
        self._T_map_odom: Array | None = None

    @property
    def era(self) -> int:
        """Changes whenever time jumps or the node stops: frames of another era do not count."""
        return self._era

    def take(self, frame: Estimate | Refused, era: int) -> None:
        """Look at the next frame."""
        with self._lock:
            # Under the lock: a jump of time in between must not be followed by its past.
            if era != self._era:
                return
            handover = self._trust.observe(frame, self._now_ns()).handover
            if handover is not None and handover.T_map_odom is not None:
                self._T_map_odom = handover.T_map_odom

    def relocalize(self) -> tuple[bool, str]:
        """Hand the agreed place to `initialpose`, if there is one; say what was done."""
        with self._lock:
            decision = self._trust.decide(self._now_ns())
        if decision.handover is None:
            return False, f'{decision.state.value}: {decision.reason}'
        self._outputs.initial_pose(decision.handover)
        stamp = describe(decision.handover.stamp_ns)
        return True, f'published the pose at {stamp} to initialpose: {decision.reason}'

    def broadcast_map_odom(self) -> None:
        """Repeat the agreed transform of odometry in the map, dated into the future."""
        if self._parameters.tf_mode != 'map_to_odom' or self._T_map_odom is None:
            return
        self._transforms.broadcast(
            self._map_frame,
            self._parameters.odom_frame,
            later(self._now_ns(), self._parameters.transform_tolerance),
            self._T_map_odom,
        )

    def forget(self, reason: str) -> None:
        """Begin another era, in which nothing is known."""
        with self._lock:
            self._era += 1
            self._trust.reset(reason)
            self._T_map_odom = None
