# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A process that sends pictures as a camera would, for the doctor to count."""

import sys
import time
from array import array

import rclpy
from rclpy.node import Node
from sensor_msgs.msg import Image

from posenet_ros.doctor.camera import PICTURES
from posenet_ros.qos import NEWEST_ONLY

WIDTH, HEIGHT, PERIOD_S = 640, 480, 1 / 30
PATIENCE_S = 10.0


def send(topic: str) -> None:
    """Send the pictures as soon as somebody listens."""
    rclpy.init()
    node = Node('doctor_pictures')
    publisher = node.create_publisher(Image, topic, NEWEST_ONLY)
    picture = Image(width=WIDTH, height=HEIGHT, step=3 * WIDTH, encoding='rgb8')
    picture.data = array('B', bytes(3 * WIDTH * HEIGHT))
    deadline = time.monotonic() + PATIENCE_S
    while not publisher.get_subscription_count() and time.monotonic() < deadline:
        time.sleep(0.05)
    for _ in range(PICTURES):
        publisher.publish(picture)
        time.sleep(PERIOD_S)
    node.destroy_node()
    rclpy.try_shutdown()


if __name__ == '__main__':
    send(sys.argv[1])
