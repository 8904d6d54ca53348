# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot that stands and looks, with a clock, a camera and odometry that can be disturbed."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import KeyValue
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rosgraph_msgs.msg import Clock

from benchmarks.parts import part
from posenet_ros.messages import pose_matrix, stamp, stamp_ns

RATE_HZ = 30.0
SIZE = (480, 640)
COLOUR = (100.0, 120.0, 90.0)
START_NS = 1_000_000_000_000
MS = 1_000_000
# A pose nearer than this to the place that the picture shows is right.
RIGHT_M = 0.1


@dataclass(frozen=True)
class Answer:
    """A pose that came: when on the steady clock, how long after its picture, how far off."""

    at_s: float
    latency_s: float
    error_m: float


class Robot:
    """Publishes clock, odometry and pictures from a thread, in simulated time.

    camera, odometry  whether they are there; size: rows and columns of the pictures
    """

    def __init__(self, domain: int) -> None:
        self._harness = part('harness')
        self._domain = domain
        self.camera = self.odometry = True
        self.size = SIZE
        self._offset_ns = START_NS - time.monotonic_ns()
        self._shown: dict[int, float] = {}
        self._truth = part('driving').T_map_base_seeing(np.array(COLOUR) / 25.5)
        self._lock = threading.Lock()
        self._join_in()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def state(self) -> str:
        """What the node says of itself, '' until it has said something to this participant."""
        return str(self._states[-1].key) if self._states else ''

    @property
    def reason(self) -> str:
        """Why it is in that state."""
        return str(self._states[-1].value) if self._states else ''

    @property
    def model(self) -> str:
        """Model file that the node's diagnostics name."""
        return str(self._bench.diagnostic_value('model'))

    def answers(self) -> list[Answer]:
        """The poses that came since the last call."""
        received = self._bench.received['relocalizer/pose']
        taken, arrival = list(received), self._bench.arrival
        del received[: len(taken)]
        for topic in ('relocalizer/pose_with_covariance', '/tf', '/diagnostics'):
            # What nobody reads must not grow; the newest diagnostics are asked for.
            del self._bench.received[topic][:-2]
        found = []
        for message in taken:
            nanoseconds = stamp_ns(message.header.stamp)
            came, shown = arrival.pop(nanoseconds, None), self._shown.pop(nanoseconds, None)
            if came is not None and shown is not None:
                apart = pose_matrix(message.pose)[:3, 3] - self._truth[:3, 3]
                error_m = float(np.linalg.norm(apart))
                found.append(Answer(time.monotonic(), came - shown, error_m))
        return found

    def jump(self, seconds: float) -> None:
        """Let the clock jump."""
        with self._lock:
            self._offset_ns += round(seconds * 1e9)

    def loop(self) -> None:
        """Begin again at the time of the beginning, as a bag does."""
        with self._lock:
            self._offset_ns = START_NS - time.monotonic_ns()
        self._bench.extrinsic()

    def burst(self, pictures: int) -> None:
        """Show pictures as fast as they go."""
        for _ in range(pictures):
            with self._lock:
                self._tick()

    def restart(self) -> None:
        """Leave DDS and join it anew."""
        with self._lock:
            self._bench.close()
            self._join_in()

    def use_model(self, file: Path) -> str:
        """Ask the node for another model; why not, '' when it will."""
        value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=str(file))
        request = SetParameters.Request(parameters=[Parameter(name='model_path', value=value)])
        response = self._bench.call(SetParameters, 'relocalizer/set_parameters', request)
        return str(response.results[0].reason)

    def close(self) -> None:
        """Take it down."""
        self._stopped.set()
        self._thread.join(5.0)
        self._bench.close()

    def _join_in(self) -> None:
        self._bench = self._harness.Camera(self._domain)
        self._states: list[Any] = self._bench.listen(
            KeyValue, 'relocalizer/state', self._harness.LATCHED
        )
        self._clock = self._bench.node.create_publisher(Clock, '/clock', 10)
        self._bench.extrinsic()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopped.wait(max(0.0, due - time.monotonic())):
            due = max(due + 1.0 / RATE_HZ, time.monotonic() - 1.0)
            with self._lock:
                self._tick()

    def _tick(self) -> None:
        now_ns = time.monotonic_ns() + self._offset_ns
        self._clock.publish(Clock(clock=stamp(now_ns)))
        if self.odometry:
            self._bench.odometry(now_ns, np.eye(4))
        if self.camera:
            if len(self._shown) > 10_000:
                self._shown.clear()
            message = self._harness.picture(COLOUR, *self.size)
            self._shown[now_ns] = time.time()
            self._bench.show(message, now_ns)
