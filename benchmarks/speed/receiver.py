# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node that takes pictures as the relocalizer does and makes nothing of them.

    python -m benchmarks.speed.receiver raw|compressed SEEN.npy

Writes a row a picture: its stamp (ns) and its age (ns) where a network could begin, a compressed
one decoded.
"""

import signal
import sys
import time
from contextlib import suppress

import numpy as np
import rclpy
from rclpy._rclpy_pybind11 import RCLError
from rclpy.executors import ExternalShutdownException
from sensor_msgs.msg import CompressedImage, Image

from posenet_ros.eye import look
from posenet_ros.messages import stamp_ns
from posenet_ros.preprocess import crop_window
from posenet_ros.qos import NEWEST_ONLY


def main() -> None:
    """Take pictures until interrupted."""
    # rclpy alone hears the interrupt: Python's own comes later, while what was seen is saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rclpy.init(args=[])
    node = rclpy.create_node('receiver')
    seen = []

    def take(message: Image | CompressedImage) -> None:
        arrived = time.time_ns()
        look(message, crop_window)
        stamp = stamp_ns(message.header.stamp)
        seen.append((stamp, arrived - stamp, time.time_ns() - stamp))

    if sys.argv[1] == 'compressed':
        node.create_subscription(CompressedImage, 'image_raw/compressed', take, NEWEST_ONLY)
    else:
        node.create_subscription(Image, 'image_raw', take, NEWEST_ONLY)
    # rclpy takes its context down on a signal, even in the middle of a callback.
    with suppress(ExternalShutdownException, RCLError):
        rclpy.spin(node)
    np.save(sys.argv[2], np.array(seen, np.int64).reshape(-1, 3))


if __name__ == '__main__':
    main()
