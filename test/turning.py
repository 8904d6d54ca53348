# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot that drives in a circle, whose pictures come late: is map to odom still right?"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from geometry_msgs.msg import TransformStamped
from harness import CAMERA_FRAME, Camera, picture, wait_until
from rclpy.duration import Duration
from rclpy.time import Time
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import Image
from tf2_ros import Buffer, TransformListener

from posenet_ros.geometry import Array, distance, inverse, transform
from posenet_ros.messages import matrix, stamp_ns, transform_stamped
from posenet_ros.stamps import NS_PER_S

MS = 1_000_000
# Of the node: frames of all delays may agree with each other, and asking takes no time.
PARAMETERS = {'tf_mode': 'map_to_odom', 'max_age': 60.0, 'relocalize_timeout': 0.0}
DELAYS_S = (0.0, 0.1, 0.25, 0.5)
TICK_S = 0.02
TICKS_A_PICTURE = 5
RADIUS_M, TURN_PER_S = 0.5, 1.0
# A camera of one colour stands there, turned as the network of the tests answers.
Q_CAMERA = (0.5, -0.5, 0.5, -0.5)
Colour = tuple[float, float, float]


def planar(x: float, y: float, radians: float) -> Array:
    return transform([x, y, 0.0], Rotation.from_euler('z', radians).as_quat())


def T_map_camera(colour: Colour) -> Array:
    return transform(np.array(colour) / 25.5, Q_CAMERA)


class Turner:
    """Publishes odometry, the camera on the robot, and pictures that come `delay_s` late.

    The camera holds its direction in the map while the robot turns under it; colours are a
    little off, so that no single frame is the place that is accepted.
    """

    def __init__(self, robot: Camera, T_map_odom: Array, colour: Colour) -> None:
        self.robot = robot
        self.T_map_odom, self.colour = T_map_odom, colour
        self.delay_s = 0.0
        self.newest_ns = 0
        self.buffer = Buffer(Duration(seconds=60), node=robot.node)
        self._listener = TransformListener(self.buffer, robot.node, spin_thread=False)
        self._rng = np.random.default_rng(0)
        self._late: deque[tuple[int, Image]] = deque()

    def T_odom_base(self, nanoseconds: int) -> Array:
        angle = TURN_PER_S * (nanoseconds % 10**12) / NS_PER_S
        return planar(RADIUS_M * np.sin(angle), -RADIUS_M * np.cos(angle), angle)

    def drive(self, until: Callable[[], object], timeout_s: float, what: str, shows: bool) -> None:
        """Drive until something is true; with or without pictures."""
        ticks = 0

        def done() -> object:
            nonlocal ticks
            self._tick(shows and ticks % TICKS_A_PICTURE == 0)
            ticks += 1
            time.sleep(TICK_S)
            return until()

        wait_until(done, timeout_s, what)

    def drive_for(self, seconds: float, shows: bool) -> None:
        """Drive for a time."""
        end = time.monotonic() + seconds
        self.drive(lambda: time.monotonic() > end, seconds + 5.0, 'the end of the drive', shows)

    def looked_up(self, target: str, source: str, nanoseconds: int) -> Array:
        """T_target_source of a TF listener like any other."""
        found = self.buffer.lookup_transform(
            target, source, Time(nanoseconds=nanoseconds), Duration(seconds=2)
        )
        return matrix(found.transform)

    def corrections(self) -> list[TransformStamped]:
        """All transforms to odom that were received."""
        return [
            t
            for message in list(self.robot.received['/tf'])
            for t in message.transforms
            if t.child_frame_id == 'odom'
        ]

    def T_map_odom_received(self) -> Array | None:
        """The newest transform to odom."""
        received = self.corrections()
        return matrix(received[-1].transform) if received else None

    def _tick(self, takes_picture: bool) -> None:
        now = self.robot.now_ns()
        T_odom_base = self.T_odom_base(now)
        T_base_camera = inverse(self.T_map_odom @ T_odom_base) @ T_map_camera(self.colour)
        self.robot.odometry(now, T_odom_base)
        self.newest_ns = now
        self.robot.tf.sendTransform(
            transform_stamped(now, 'base_link', CAMERA_FRAME, T_base_camera)
        )
        if takes_picture:
            noise = self._rng.integers(-2, 3, 3)
            self._late.append((now, picture(tuple(np.add(self.colour, noise)), 48, 64)))
        while self._late and now - self._late[0][0] >= self.delay_s * NS_PER_S:
            stamp, message = self._late.popleft()
            self.robot.show(message, stamp)


@dataclass(frozen=True)
class TfErrors:
    """How far map to odom times odometry at the image stamp is from the accepted pose.

    The larger of the distance in metres and the angle in radians:

    received  of the transform that the node sent
    naive     of the accepted pose times the latest odometry when its picture came
    """

    received: float
    naive: float


def tf_errors(turner: Turner, delays_s: Sequence[float] = DELAYS_S) -> dict[float, TfErrors]:
    """The errors by the delay of the pictures, of a node with PARAMETERS."""
    return {delay_s: _tf_errors(turner, delay_s) for delay_s in delays_s}


def _tf_errors(turner: Turner, delay_s: float) -> TfErrors:
    turner.delay_s = delay_s
    turner.drive_for(delay_s + 0.3, shows=True)
    turner.drive(lambda: turner.robot.relocalize().success, 30.0, 'an accepted pose', shows=True)
    # Let the last pictures come, then ask for the pose that was accepted of them.
    turner.drive_for(delay_s + 0.5, shows=False)
    assert turner.robot.relocalize().success
    accepted = wait_until(lambda: turner.robot.received['initialpose'], 5.0, 'initialpose')[-1]
    stamp, pose = stamp_ns(accepted.header.stamp), accepted.pose.pose
    T_map_base = transform(
        [pose.position.x, pose.position.y, pose.position.z],
        [pose.orientation.x, pose.orientation.y, pose.orientation.z, pose.orientation.w],
    )
    T_map_odom = turner.T_map_odom_received()
    assert T_map_odom is not None
    T_odom_base = turner.looked_up('odom', 'base_link', stamp)
    T_odom_base_late = turner.looked_up('odom', 'base_link', stamp + round(delay_s * NS_PER_S))
    naive = T_map_base @ inverse(T_odom_base_late)
    return TfErrors(
        received=max(distance(T_map_odom @ T_odom_base, T_map_base)),
        naive=max(distance(naive @ T_odom_base, T_map_base)),
    )
