# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All that the node publishes about poses, apart from TF and diagnostics."""

from collections import deque

import numpy as np
from diagnostic_msgs.msg import KeyValue
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from nav_msgs.msg import Path
from numpy.typing import NDArray
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image, PointCloud2

from posenet_ros import messages
from posenet_ros.conversion import rgb_message
from posenet_ros.geometry import Array
from posenet_ros.initial_pose import InitialPose
from posenet_ros.qos import LATCHED


class Outputs:
    """The node's publishers; they are silent until the node is active.

    map_frame is the frame of all poses; another model may have another one.
    """

    def __init__(self, node: LifecycleNode, map_frame: str, path_length: int) -> None:
        self._node = node
        self.map_frame = map_frame
        self._path: deque[PoseStamped] = deque(maxlen=path_length)
        create = node.create_lifecycle_publisher
        self._pose = create(PoseStamped, '~/pose', 10)
        self._pose_with_covariance = create(
            PoseWithCovarianceStamped, '~/pose_with_covariance', 10
        )
        self._path_publisher = create(Path, '~/path', 1)
        self._crop = create(Image, '~/crop', qos_profile_sensor_data)
        self._coverage = create(PointCloud2, '~/coverage', LATCHED)
        self._initial_pose = create(PoseWithCovarianceStamped, 'initialpose', 1)
        self._state = create(KeyValue, '~/state', LATCHED)

    def pose(self, pose: PoseStamped, covariance: Array) -> None:
        """Publish a good frame's pose in the map, with the stamp of its picture."""
        self._pose.publish(pose)
        self._pose_with_covariance.publish(messages.pose_with_covariance(pose, covariance))
        self._path.append(pose)
        # A whole path a frame is dear to serialize, and rarely looked at.
        if self._path_publisher.get_subscription_count() > 0:
            self._path_publisher.publish(Path(header=pose.header, poses=list(self._path)))

    def initial_pose(self, stamp_ns: int, pose: InitialPose) -> None:
        """Hand a pose to whoever owns map to odom."""
        self._initial_pose.publish(messages.initial_pose(stamp_ns, self.map_frame, pose))

    @property
    def initial_pose_heard(self) -> bool:
        """Whether anybody listens to initialpose."""
        return self._initial_pose.get_subscription_count() > 0

    def state(self, state: str, reason: str) -> None:
        """Say what the node believes of itself and why, once for all who come later."""
        self._state.publish(KeyValue(key=state, value=reason))

    def crop(self, stamp_ns: int, camera_frame: str, crop_rgb: NDArray[np.uint8]) -> None:
        """Show what the network sees, when someone looks."""
        if self._crop.get_subscription_count() > 0:
            self._crop.publish(rgb_message(stamp_ns, camera_frame, crop_rgb))

    def coverage(self, stamp_ns: int, positions: Array) -> None:
        """Publish the training positions [N, 3], once for all who come later."""
        self._coverage.publish(messages.cloud(stamp_ns, self.map_frame, positions))

    def clear(self) -> None:
        """Forget the path, after a jump of time."""
        self._path.clear()

    def destroy(self) -> None:
        """Take all publishers down."""
        for publisher in (
            self._pose,
            self._pose_with_covariance,
            self._path_publisher,
            self._crop,
            self._coverage,
            self._initial_pose,
            self._state,
        ):
            self._node.destroy_lifecycle_publisher(publisher)
