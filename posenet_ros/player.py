# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `player` executable: the pictures of a scene, published as a camera would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from geometry_msgs.msg import PoseStamped
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from posenet_ros import messages
from posenet_ros.image import from_rgb
from posenet_ros.parameter_table import Entry
from posenet_ros.qos import NEWEST_ONLY
from posenet_ros.quiet import run_quietly
from posenet_ros.scene import Picture, Scene, read_rgb, read_scene
from posenet_ros.spinning import spin
from posenet_ros.usage import answer_help

PARAMETERS: dict[str, tuple[str | float | bool, str]] = {
    'scene': ('', 'Folder of the scene, as `posenet scene import` makes it.'),
    'split': ('validation', 'Which of its pictures to show: train, validation, test or all.'),
    'rate': (10.0, 'Pictures a second.'),
    'encoding': (
        'rgb8',
        'rgb8, bgr8 or mono8 on image_raw; compressed sends the files as they are on '
        'image_raw/compressed.',
    ),
    'frame_id': ('camera_optical_frame', "The camera's optical frame."),
    'loop': (False, 'Begin again after the last picture.'),
}


class Player(Node):
    """Publishes one picture after another, as soon as somebody listens."""

    def __init__(self) -> None:
        super().__init__('player')
        for name, (default, meaning) in PARAMETERS.items():
            self.declare_parameter(name, default, ParameterDescriptor(description=meaning))
        self._scene = read_scene(Path(self._value('scene')))
        self._pictures = _chosen(self._scene, self._value('split'))
        self._next = 0
        self._encode = self._encoder(self._value('encoding'))
        self._truth = self.create_publisher(PoseStamped, 'ground_truth', 10)
        self._info = self.create_publisher(CameraInfo, 'camera_info', NEWEST_ONLY)
        self.create_timer(1.0 / self._value('rate'), self._show)
        self.get_logger().info(
            f"{len(self._pictures)} pictures of '{self._scene.root}' wait for a listener"
        )

    def _value(self, name: str) -> Any:
        return self.get_parameter(name).value

    def _encoder(self, encoding: str) -> Callable[[Path], Image | CompressedImage]:
        if encoding == 'compressed':
            self._image = self.create_publisher(
                CompressedImage, 'image_raw/compressed', NEWEST_ONLY
            )
            return messages.compressed_image
        self._image = self.create_publisher(Image, 'image_raw', NEWEST_ONLY)
        return lambda path: messages.image(from_rgb(read_rgb(path), encoding), encoding)

    def _show(self) -> None:
        if self._image.get_subscription_count() == 0:
            return
        if self._next == len(self._pictures):
            if not self._value('loop'):
                raise SystemExit
            self._next = 0
        picture = self._pictures[self._next]
        self._next += 1
        message = self._encode(self._scene.path(picture))
        stamp_ns = self.get_clock().now().nanoseconds
        message.header = messages.header(stamp_ns, self._value('frame_id'))
        camera = self._scene.cameras.get(picture.camera)
        if camera:
            camera_info = messages.camera_info(camera)
            camera_info.header = message.header
            self._info.publish(camera_info)
        self._image.publish(message)
        truth = messages.pose_stamped(stamp_ns, self._scene.map_frame, picture.T_map_camera)
        self._truth.publish(truth)


def _chosen(scene: Scene, split: str) -> tuple[Picture, ...]:
    return scene.pictures if split == 'all' else scene.split(split)


def run() -> int:
    """Play the folder until its end, or for ever; returns the process's exit code."""
    return spin('player', Player)


def main() -> None:
    """Run the node."""
    answer_help(
        'player',
        'The pictures of a scene, published as a camera would.',
        (Entry(name, default, meaning) for name, (default, meaning) in PARAMETERS.items()),
    )
    run_quietly('posenet_ros.player')


if __name__ == '__main__':
    main()
