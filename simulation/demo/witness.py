# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node beside the robot: it hears the truth, and asks for kidnaps."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import rclpy
from geometry_msgs.msg import PoseStamped
from rclpy.executors import (
    ExternalShutdownException,
    ShutdownException,
    SingleThreadedExecutor,
)
from rclpy.node import Node
from std_srvs.srv import Trigger

from posenet_ros.messages import pose_matrix, stamp_ns
from simulation.demo.score import Truth


class Witness(Node):
    """Spins in a thread of its own, see `witnessing`; `lock` guards what was heard."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.lock = threading.Lock()
        self.truths: list[Truth] = []
        self.create_subscription(PoseStamped, 'ground_truth', self._truth, 50)
        self._kidnap = self.create_client(Trigger, 'simulator/kidnap')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._thread = threading.Thread(target=self._spin, name=name)

    def listen(self) -> None:
        """Begin to spin."""
        self._thread.start()

    def kidnap(self) -> None:
        """Ask the simulator to move the robot; the truth tells when it did."""
        self._kidnap.call_async(Trigger.Request())

    def now_ns(self) -> int:
        """The time on the node's clock."""
        return int(self.get_clock().now().nanoseconds)

    def close(self) -> None:
        """Stop listening."""
        self._executor.shutdown()
        self._thread.join()
        self.destroy_node()

    def _spin(self) -> None:
        with suppress(ExternalShutdownException, ShutdownException):
            self._executor.spin()

    def _truth(self, message: PoseStamped) -> None:
        truth = Truth(stamp_ns(message.header.stamp), pose_matrix(message.pose))
        with self.lock:
            self.truths.append(truth)


W = TypeVar('W', bound=Witness)


@contextmanager
def witnessing(kind: Callable[[], W]) -> Iterator[W]:
    """A witness that listens as long as this context lasts, and ROS with it."""
    rclpy.init()
    witness = kind()
    try:
        witness.listen()
        yield witness
    finally:
        witness.close()
        rclpy.try_shutdown()
