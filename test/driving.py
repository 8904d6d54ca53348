# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot that drives, in a thread of its own: odometry and pictures of where it truly is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from harness import T_BASE_CAMERA, Camera, picture

from posenet_ros.geometry import Array, inverse, transform

# The orientation that ColourNet answers.
Q_CAMERA = (0.5, -0.5, 0.5, -0.5)
PERIOD_S = 0.08
# Of one colour: more pixels would only cost time.
SMALL = (120, 160)
T_BASE_IN_CAMERA = inverse(T_BASE_CAMERA)


def T_map_base_seeing(place: Array) -> Array:
    """Pose [4, 4] of a base whose camera is at a place [3] and looks as ColourNet says."""
    return transform(place, Q_CAMERA) @ T_BASE_IN_CAMERA


class Drive:
    """To and fro about a place [3] of the camera, until it is carried to another."""

    def __init__(self, robot: Camera, place: Array, reach_m: float) -> None:
        self._robot = robot
        self._place, self._reach_m = place, reach_m
        self._lock = threading.Lock()
        self._T_map_odom = transform([2.0, -1.0, 0.0], [0.0, 0.0, 0.6, 0.8])
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def truth(self, nanoseconds: int) -> Array:
        """True T_map_base [4, 4] of a time."""
        return T_map_base_seeing(self._camera(nanoseconds))

    def T_odom_base(self, nanoseconds: int) -> Array:
        """Odometry [4, 4] of a time."""
        return inverse(self._T_map_odom) @ self.truth(nanoseconds)

    def kidnap(self, place: Array) -> None:
        """Carry the robot away; odometry notices nothing."""
        with self._lock:
            now = self._robot.now_ns()
            T_odom_base = self.T_odom_base(now)
            self._place = place
            self._T_map_odom = self.truth(now) @ inverse(T_odom_base)

    def _camera(self, nanoseconds: int) -> Array:
        phase = 0.6 * (nanoseconds % 10**13) / 1e9
        return self._place + np.array([self._reach_m * np.sin(phase), 0.0, 0.0])

    def _run(self) -> None:
        while not self._stopped.wait(PERIOD_S):
            with self._lock:
                now = self._robot.now_ns()
                self._robot.odometry(now, self.T_odom_base(now))
                red, green, blue = np.round(self._camera(now) * 25.5).tolist()
                self._robot.show(picture((red, green, blue), *SMALL), now)

    @contextmanager
    def going_on(self) -> Iterator['Drive']:
        """Drive, and stop at the end."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            self._thread.join(5.0)


@contextmanager
def driving(robot: Camera, place: Array, reach_m: float = 0.5) -> Iterator[Drive]:
    """Drive about a place for as long as the context lasts."""
    with Drive(robot, place, reach_m).going_on() as drive:
        yield drive
