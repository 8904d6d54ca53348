# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Listens to truth, beliefs and initial poses, and asks for kidnaps."""

from dataclasses import dataclass

from geometry_msgs.msg import PoseWithCovarianceStamped

from posenet_ros.messages import pose_matrix, stamp_ns
from simulation.amcl_rules import PoseMessage
from simulation.demo.score import Estimate, Truth
from simulation.demo.witness import Witness
from simulation.localizer_node import plain


@dataclass(frozen=True)
class Heard:
    """Everything received so far."""

    truths: list[Truth]
    beliefs: list[Estimate]
    told: list[PoseMessage]
    told_poses: list[Estimate]


class Listener(Witness):
    """The benchmark's own node."""

    def __init__(self) -> None:
        super().__init__('closed_loop')
        self._beliefs: list[Estimate] = []
        self._told: list[PoseMessage] = []
        self._told_poses: list[Estimate] = []
        self.create_subscription(PoseWithCovarianceStamped, 'amcl_pose', self._believed, 10)
        self.create_subscription(PoseWithCovarianceStamped, 'initialpose', self._was_told, 10)

    def heard(self) -> Heard:
        """A copy of what was received."""
        with self.lock:
            return Heard(
                list(self.truths), list(self._beliefs), list(self._told), list(self._told_poses)
            )

    def _believed(self, message: PoseWithCovarianceStamped) -> None:
        belief = self._estimate(message)
        with self.lock:
            self._beliefs.append(belief)

    def _was_told(self, message: PoseWithCovarianceStamped) -> None:
        pose = self._estimate(message)
        with self.lock:
            self._told.append(plain(message))
            self._told_poses.append(pose)

    def _estimate(self, message: PoseWithCovarianceStamped) -> Estimate:
        stamp = stamp_ns(message.header.stamp)
        return Estimate(stamp, self.now_ns(), pose_matrix(message.pose.pose))
