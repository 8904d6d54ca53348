# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Listens to the truth and to the poses of the relocalizer, and asks for kidnaps."""

import threading
from contextlib import suppress
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from rclpy.executors import (
    ExternalShutdownException,
    ShutdownException,
    SingleThreadedExecutor,
)
from rclpy.node import Node
from std_srvs.srv import Trigger

from posenet_ros.geometry import Array, transform
from posenet_ros.messages import stamp_ns
from simulation.demo.score import Estimate, Truth

DIAGNOSED = 'relocalizer: relocalization'


@dataclass(frozen=True)
class Heard:
    """Everything received so far."""

    truths: list[Truth]
    estimates: list[Estimate]
    diagnostics: dict[str, str]
    status: str
    fault: bool
    now_ns: int


class Monitor(Node):
    """The demo's own node; it spins in a thread of its own."""

    def __init__(self) -> None:
        super().__init__('demo_monitor')
        self._lock = threading.Lock()
        self._truths: list[Truth] = []
        self._estimates: list[Estimate] = []
        self._diagnostics: dict[str, str] = {}
        self._status, self._fault = 'starting', False
        self.create_subscription(PoseStamped, 'ground_truth', self._truth, 50)
        self.create_subscription(PoseStamped, 'relocalizer/pose', self._estimate, 50)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._diagnose, 10)
        self._kidnap = self.create_client(Trigger, 'simulator/kidnap')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._thread = threading.Thread(target=self._spin, name='monitor')
        self._thread.start()

    def heard(self) -> Heard:
        """A copy of what was received."""
        with self._lock:
            return Heard(
                list(self._truths),
                list(self._estimates),
                dict(self._diagnostics),
                self._status,
                self._fault,
                self._now_ns(),
            )

    def kidnap(self) -> None:
        """Ask the simulator to move the robot; the truth tells when it did."""
        self._kidnap.call_async(Trigger.Request())

    def close(self) -> None:
        """Stop listening."""
        self._executor.shutdown()
        self._thread.join()
        self.destroy_node()

    def _spin(self) -> None:
        with suppress(ExternalShutdownException, ShutdownException):
            self._executor.spin()

    def _now_ns(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _truth(self, message: PoseStamped) -> None:
        truth = Truth(stamp_ns(message.header.stamp), matrix(message))
        with self._lock:
            self._truths.append(truth)

    def _estimate(self, message: PoseStamped) -> None:
        received_ns = self._now_ns()
        estimate = Estimate(stamp_ns(message.header.stamp), received_ns, matrix(message))
        with self._lock:
            self._estimates.append(estimate)

    def _diagnose(self, message: DiagnosticArray) -> None:
        with self._lock:
            for status in message.status:
                if status.name == DIAGNOSED:
                    self._diagnostics = {pair.key: pair.value for pair in status.values}
                    self._status = status.message
                    self._fault = status.level == DiagnosticStatus.ERROR


def matrix(message: PoseStamped) -> Array:
    """T_map_base [4, 4] of a pose message."""
    p, q = message.pose.position, message.pose.orientation
    return transform([p.x, p.y, p.z], [q.x, q.y, q.z, q.w])
