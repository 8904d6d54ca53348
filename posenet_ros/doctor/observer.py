# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The ROS side of the doctor: it listens for some seconds."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from tf2_msgs.msg import TFMessage

from posenet_ros import messages
from posenet_ros.doctor.camera import PICTURES, Heard
from posenet_ros.doctor.pictures import HEIGHT, PATIENCE_S, WIDTH
from posenet_ros.image import decode_compressed
from posenet_ros.qos import NEWEST_ONLY
from posenet_ros.stamps import seconds_between

IMAGE_TYPES = {'sensor_msgs/msg/Image': Image, 'sensor_msgs/msg/CompressedImage': CompressedImage}
SETTLE_S = 1.0
SAID_ONCE = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@dataclass
class Ears:
    """What was heard so far."""

    pictures: list[Image | CompressedImage] = field(default_factory=list)
    infos: list[CameraInfo] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)
    last_ns: int = 0


class Observer(Node):
    """Spins only while it is told to."""

    def __init__(self) -> None:
        super().__init__('doctor')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._ears = Ears()

    def listen(self, image_topic: str, info_topic: str, seconds: float) -> tuple[Heard, Ears]:
        """Listen to camera and TF for some seconds, after discovery had its time."""
        topic = self.resolve_topic_name(image_topic)
        kind = CompressedImage if topic.endswith('/compressed') else Image
        self.create_subscription(kind, topic, self._picture, NEWEST_ONLY)
        self.create_subscription(CameraInfo, info_topic, self._ears.infos.append, NEWEST_ONLY)
        self.create_subscription(TFMessage, '/tf', self._transforms, 100)
        self.create_subscription(TFMessage, '/tf_static', self._transforms, SAID_ONCE)
        self._spin(SETTLE_S)
        self._ears.pictures.clear()
        self._ears.infos.clear()
        self._spin(seconds)
        return self._heard(topic, seconds), self._ears

    def count_pictures(self) -> tuple[int, float]:
        """How many pictures of another process arrive, and their size in MB."""
        topic = f'{self.get_name()}_pictures_{time.monotonic_ns()}'
        came: list[Image] = []
        subscription = self.create_subscription(Image, topic, came.append, NEWEST_ONLY)
        sender = subprocess.Popen([sys.executable, '-m', 'posenet_ros.doctor.pictures', topic])
        try:
            deadline = time.monotonic() + PATIENCE_S + PICTURES
            while sender.poll() is None and time.monotonic() < deadline:
                self._executor.spin_once(0.05)
            self._spin(0.3)
        finally:
            sender.kill()
            sender.wait()
            self.destroy_subscription(subscription)
        return len(came), 3 * WIDTH * HEIGHT / 1e6

    def _heard(self, topic: str, seconds: float) -> Heard:
        ears = self._ears
        last = ears.pictures[-1] if ears.pictures else None
        stamp_ns = messages.stamp_ns(last.header.stamp) if last else 0
        return Heard(
            topic=topic,
            seconds=seconds,
            publishers=self.count_publishers(topic),
            elsewhere=tuple(
                name
                for name, types in self.get_topic_names_and_types()
                if name != topic
                and any(kind in IMAGE_TYPES for kind in types)
                and self.count_publishers(name)
            ),
            pictures=len(ears.pictures),
            infos=len(ears.infos),
            size=_size(last) if last else (0, 0),
            frame_id=last.header.frame_id if last else '',
            age_s=seconds_between(stamp_ns, ears.last_ns),
            camera=messages.camera(ears.infos[-1]) if ears.infos else None,
        )

    def _picture(self, message: Image | CompressedImage) -> None:
        self._ears.pictures.append(message)
        self._ears.last_ns = self.get_clock().now().nanoseconds

    def _transforms(self, message: TFMessage) -> None:
        for transform in message.transforms:
            self._ears.parents[transform.child_frame_id] = transform.header.frame_id

    def _spin(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._executor.spin_once(0.05)


def _size(message: Image | CompressedImage) -> tuple[int, int]:
    if isinstance(message, Image):
        return message.width, message.height
    height, width, _ = decode_compressed(message.data).shape
    return width, height


@contextmanager
def observing() -> Iterator[Observer]:
    """An observer, and ROS, for as long as the context lasts."""
    rclpy.init()
    observer = Observer()
    try:
        yield observer
    finally:
        observer.destroy_node()
        rclpy.try_shutdown()
