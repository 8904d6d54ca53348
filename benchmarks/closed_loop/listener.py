# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Listens to truth, beliefs and initial poses, and asks for kidnaps."""

import threading
from contextlib import suppress
from dataclasses import dataclass

from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from rclpy.executors import (
    ExternalShutdownException,
    ShutdownException,
    SingleThreadedExecutor,
)
from rclpy.node import Node
from std_srvs.srv import Trigger

from posenet_ros.messages import pose_matrix, stamp_ns
from simulation.amcl_rules import PoseMessage
from simulation.demo.score import Estimate, Truth
from simulation.localizer_node import plain


@dataclass(frozen=True)
class Heard:
    """Everything received so far."""

    truths: list[Truth]
    beliefs: list[Estimate]
    told: list[PoseMessage]
    told_poses: list[Estimate]


class Listener(Node):
    """A node that spins in a thread of its own."""

    def __init__(self) -> None:
        super().__init__('closed_loop')
        self._lock = threading.Lock()
        self._heard = Heard([], [], [], [])
        self.create_subscription(PoseStamped, 'ground_truth', self._truth, 50)
        self.create_subscription(PoseWithCovarianceStamped, 'amcl_pose', self._belief, 10)
        self.create_subscription(PoseWithCovarianceStamped, 'initialpose', self._told, 10)
        self._kidnap = self.create_client(Trigger, 'simulator/kidnap')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._thread = threading.Thread(target=self._spin, name='listener')
        self._thread.start()

    def heard(self) -> Heard:
        """A copy of what was received."""
        with self._lock:
            heard = self._heard
            return Heard(
                list(heard.truths), list(heard.beliefs), list(heard.told), list(heard.told_poses)
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

    def _truth(self, message: PoseStamped) -> None:
        truth = Truth(stamp_ns(message.header.stamp), pose_matrix(message.pose))
        with self._lock:
            self._heard.truths.append(truth)

    def _belief(self, message: PoseWithCovarianceStamped) -> None:
        belief = self._estimate(message)
        with self._lock:
            self._heard.beliefs.append(belief)

    def _told(self, message: PoseWithCovarianceStamped) -> None:
        pose = self._estimate(message)
        with self._lock:
            self._heard.told.append(plain(message))
            self._heard.told_poses.append(pose)

    def _estimate(self, message: PoseWithCovarianceStamped) -> Estimate:
        now_ns = int(self.get_clock().now().nanoseconds)
        return Estimate(stamp_ns(message.header.stamp), now_ns, pose_matrix(message.pose.pose))
