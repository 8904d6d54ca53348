# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera as a process: pictures as a driver sends them, until it is interrupted.

    python -m benchmarks.speed.camera WIDTH HEIGHT RATE raw|compressed MODEL SENT.npy

Writes the stamps (ns) of what it sent.  Pictures are serialized once and only stamped anew, as
Python would else take a core that no driver takes.
"""

import io
import signal
import struct
import sys
import time
from array import array
from pathlib import Path

import numpy as np
import rclpy
from PIL import Image as Pillow
from rclpy.serialization import serialize_message
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from tf2_ros import StaticTransformBroadcaster

from posenet_ros import messages
from posenet_ros.geometry import transform
from posenet_ros.model_file import read_spec
from posenet_ros.model_spec import Camera
from posenet_ros.qos import NEWEST_ONLY

FRAME = 'camera_optical_frame'
# What it prints before the first picture; with some settings of DDS nobody ever listens.
BEGINS = 'the first picture follows'
PATIENCE_S = 20.0
PICTURES = 8
# Where CDR has the stamp of a message that begins with a header: after four bytes of its own.
STAMP = struct.Struct('<iI')
STAMP_AT = 4
NS_PER_S = 1_000_000_000


def main() -> None:
    """Send pictures."""
    width, height, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    compressed = sys.argv[4] == 'compressed'
    camera = _camera(Path(sys.argv[5]), width, height)
    # rclpy's handler would end the context first, and the interrupt come while stamps are saved.
    # Jobs in the background of a script would ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    node = rclpy.create_node('camera')
    kind, topic = (CompressedImage, 'image_raw/compressed') if compressed else (Image, 'image_raw')
    publisher = node.create_publisher(kind, topic, NEWEST_ONLY)
    info = node.create_publisher(CameraInfo, 'camera_info', NEWEST_ONLY)
    static = StaticTransformBroadcaster(node)
    T_base_camera = transform([0.1, 0.0, 0.5], [-0.5, 0.5, -0.5, 0.5])
    static.sendTransform(
        messages.transform_stamped(time.time_ns(), 'base_link', FRAME, T_base_camera)
    )
    pictures = [_serialized(width, height, compressed, seed) for seed in range(PICTURES)]
    camera_info = messages.camera_info(camera)
    sent: list[int] = []
    try:
        begins = time.monotonic() + PATIENCE_S
        while publisher.get_subscription_count() == 0 and time.monotonic() < begins:
            time.sleep(0.05)
        print(BEGINS, flush=True)
        due = time.monotonic()
        while True:
            due = max(due + 1.0 / rate, time.monotonic() - 1.0 / rate)
            time.sleep(max(0.0, due - time.monotonic()))
            stamp_ns = time.time_ns()
            picture = pictures[len(sent) % PICTURES]
            STAMP.pack_into(picture, STAMP_AT, stamp_ns // NS_PER_S, stamp_ns % NS_PER_S)
            camera_info.header = messages.header(stamp_ns, FRAME)
            info.publish(camera_info)
            publisher.publish(bytes(picture))
            sent.append(stamp_ns)
    except KeyboardInterrupt:
        pass
    np.save(sys.argv[6], np.array(sent, np.int64))
    rclpy.try_shutdown()


def _serialized(width: int, height: int, compressed: bool, seed: int) -> bytearray:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / min(height, width)
    waves = np.stack([np.sin(9.0 * x + 5.0 * y * c + seed) for c in range(3)], axis=-1)
    noise = rng.normal(0.0, 4.0, (height, width, 3))
    rgb = (127.0 + 80.0 * waves + noise).clip(0, 255).astype(np.uint8)
    message: Image | CompressedImage
    if compressed:
        file = io.BytesIO()
        Pillow.fromarray(rgb).save(file, 'JPEG', quality=90)
        message = CompressedImage(format='jpeg', data=array('B', file.getvalue()))
    else:
        message = messages.image(rgb, 'rgb8')
    message.header = messages.header(0, FRAME)
    return bytearray(serialize_message(message))


def _camera(model_file: Path, width: int, height: int) -> Camera:
    """One that sees the angle of the model's own camera."""
    trained = read_spec(model_file).camera
    assert trained is not None
    larger = min(width, height) / min(trained.width, trained.height)
    f = trained.fx * larger
    return Camera(width, height, f, f, width / 2.0, height / 2.0, trained.distortion_model)


if __name__ == '__main__':
    main()
