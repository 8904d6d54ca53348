# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Records what goes to the node and comes from it: a bag that can be looked at and played."""

from functools import partial
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray, KeyValue
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2
from tf2_msgs.msg import TFMessage

from posenet_ros import messages
from posenet_ros.image import to_jpeg
from posenet_ros.qos import NEWEST_ONLY
from posenet_ros.spinning import spin
from simulation.recording import Recording

# Raw pictures of 640x480 would be 14 MB a second.
PICTURES = '/image_raw/compressed'
SAID_ONCE = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
SAID_ONCE_TOPICS: dict[str, type] = {
    '/tf_static': TFMessage,
    '/map': OccupancyGrid,
    '/relocalizer/coverage': PointCloud2,
    '/relocalizer/state': KeyValue,
}
TOPICS: dict[str, type] = {
    '/camera_info': CameraInfo,
    '/relocalizer/crop': Image,
    '/tf': TFMessage,
    '/ground_truth': PoseStamped,
    '/relocalizer/pose': PoseStamped,
    '/relocalizer/pose_with_covariance': PoseWithCovarianceStamped,
    '/initialpose': PoseWithCovarianceStamped,
    '/diagnostics': DiagnosticArray,
}
CAMERAS = ('/camera_info', '/relocalizer/crop')


class Recorder(Node):
    """Writes messages as they arrive, until it is interrupted."""

    def __init__(self) -> None:
        super().__init__('recorder')
        self.declare_parameter('path', 'demo.mcap')
        path = Path(self.get_parameter('path').value)
        self._recording = Recording(path)
        for topic, kind in SAID_ONCE_TOPICS.items():
            self._record(topic, kind, SAID_ONCE, latched=True)
        for topic, kind in TOPICS.items():
            qos = NEWEST_ONLY if topic in CAMERAS else QoSProfile(depth=100)
            self._record(topic, kind, qos, latched=False)
        self._recording.add(PICTURES, type_name(CompressedImage), latched=False)
        self.create_subscription(Image, '/image_raw', self._picture, NEWEST_ONLY)
        self.get_logger().info(f"recording to '{path}'")

    def destroy_node(self) -> None:
        """Finish the file and take the node down."""
        self._recording.close()
        super().destroy_node()

    def _record(self, topic: str, kind: type, qos: QoSProfile, latched: bool) -> None:
        self._recording.add(topic, type_name(kind), latched)
        self.create_subscription(kind, topic, partial(self._take, topic), qos, raw=True)

    def _take(self, topic: str, data: bytes) -> None:
        self._recording.write(topic, self.get_clock().now().nanoseconds, data)

    def _picture(self, message: Image) -> None:
        compressed = messages.compressed(message.header, to_jpeg(messages.rgb(message)))
        self._take(PICTURES, serialize_message(compressed))


def type_name(kind: type) -> str:
    """How a bag names a type: package/msg/Name."""
    return f'{kind.__module__.split(".")[0]}/msg/{kind.__name__}'


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('recorder', Recorder)
