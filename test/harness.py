# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot for tests: real processes, real DDS, a camera and frames that the test controls."""

import os
import signal
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from domains import own_domain
from forks import ROOT, Fork
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster

from posenet_ros.geometry import Array, transform
from posenet_ros.messages import header, stamp_ns, transform_stamped

NEWEST_ONLY = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
# Looking ahead and slightly down from a mast, half a metre before the base's centre.
T_BASE_CAMERA = transform([0.5, 0.1, 1.0], [-0.55, 0.5, -0.45, 0.5])
CAMERA_FRAME = 'camera_optical_frame'
# A node imports torch before it says anything.
START_UP_S = 60.0


def wait_until(condition: Callable[[], Any], timeout_s: float, what: str) -> Any:
    """Wait for something true and return it; fail saying what did not come."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError(f'waited {timeout_s:g} s in vain for {what}')


class Program(Fork):
    """A node of this package as a process of its own; its output is kept."""

    def __init__(self, module: str, domain: int, **parameters: object) -> None:
        super().__init__(module, ros_arguments(**parameters), node_environment(domain))

    def wait_for_line(self, words: str, timeout_s: float = START_UP_S) -> None:
        """Wait until the words stand in its output."""
        try:
            wait_until(lambda: words in self.output, timeout_s, f"the words '{words}'")
        except AssertionError as error:
            raise AssertionError(f'{error}; it printed:\n{self.output}') from None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Signal the process and return the seconds that it took to end."""
        began = time.monotonic()
        self.send_signal(how)
        try:
            self.wait(20.0)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return time.monotonic() - began


def ros_arguments(**parameters: object) -> list[str]:
    """The arguments that give a node its parameters."""
    arguments = ['--ros-args']
    for name, value in parameters.items():
        text = str(value).lower() if isinstance(value, bool) else str(value) or "''"
        arguments += ['-p', f'{name}:={text}']
    return arguments


def node_environment(domain: int) -> dict[str, str]:
    """What a node finds in its environment, beside what is in ours."""
    return {'ROS_DOMAIN_ID': str(domain), 'RCUTILS_COLORIZED_OUTPUT': '0'}


def started_from_nothing(module: str, domain: int, **parameters: object) -> subprocess.Popen[str]:
    """A node that has its libraries still to import, for what happens while it does."""
    return subprocess.Popen(
        [sys.executable, '-m', module, *ros_arguments(**parameters)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **node_environment(domain)},
        cwd=ROOT,
        start_new_session=True,
    )


class Relocalizer(Program):
    """The node under test."""

    def __init__(self, domain: int, **parameters: object) -> None:
        super().__init__('posenet_ros.relocalizer', domain, **parameters)


class Camera:
    """The rest of the robot as the node sees it: camera, TF, and listeners to all outputs."""

    def __init__(self, domain: int) -> None:
        self.domain = domain
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=domain)
        self.node = Node('robot', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        create = self.node.create_publisher
        self.image = create(Image, 'image_raw', NEWEST_ONLY)
        self.compressed = create(CompressedImage, 'image_raw/compressed', NEWEST_ONLY)
        self.info = create(CameraInfo, 'camera_info', NEWEST_ONLY)
        self.tf = TransformBroadcaster(self.node)
        self.tf_static = StaticTransformBroadcaster(self.node)
        self.received: dict[str, list[Any]] = {}
        self.arrival: dict[int, float] = {}
        self.listen(PoseStamped, 'relocalizer/pose')
        self.listen(PoseWithCovarianceStamped, 'relocalizer/pose_with_covariance')
        self.listen(PoseWithCovarianceStamped, 'initialpose')
        self.listen(TFMessage, '/tf', QoSProfile(depth=100))
        self.listen(DiagnosticArray, '/diagnostics')
        self._thread = threading.Thread(target=self._executor.spin, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the robot down."""
        self._executor.shutdown(2.0)
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)
        self._thread.join(2.0)

    def listen(self, kind: type, topic: str, qos: QoSProfile | int = 10) -> list[Any]:
        """Subscribe and return the list that messages will be added to."""
        messages: list[Any] = self.received.setdefault(topic, [])

        def take(message: Any) -> None:
            if topic == 'relocalizer/pose':
                self.arrival[stamp_ns(message.header.stamp)] = time.time()
            messages.append(message)

        self.node.create_subscription(kind, topic, take, qos)
        return messages

    def now_ns(self) -> int:
        """Return the time on the robot's clock."""
        return int(self.node.get_clock().now().nanoseconds)

    def extrinsic(self) -> None:
        """Publish where the camera sits on the robot."""
        self.tf_static.sendTransform(
            transform_stamped(self.now_ns(), 'base_link', CAMERA_FRAME, T_BASE_CAMERA)
        )

    def odometry(self, nanoseconds: int, T_odom_base: Array) -> None:
        """Publish the odometry of a time."""
        self.tf.sendTransform(transform_stamped(nanoseconds, 'odom', 'base_link', T_odom_base))

    def show(self, message: Image | CompressedImage, nanoseconds: int | None = None) -> int:
        """Publish a picture stamped now, or then; returns its stamp."""
        nanoseconds = self.now_ns() if nanoseconds is None else nanoseconds
        message.header = header(nanoseconds, message.header.frame_id or CAMERA_FRAME)
        publisher = self.compressed if isinstance(message, CompressedImage) else self.image
        publisher.publish(message)
        return nanoseconds

    def pose_from(self, message: Image | CompressedImage) -> PoseStamped:
        """Show a picture until its pose comes: BEST_EFFORT may lose one on a busy machine."""
        for _ in range(10):
            stamp = self.show(message)
            try:
                return self.pose_of(stamp, 1.0)
            except AssertionError:
                continue
        raise AssertionError('showed a picture ten times in vain for its pose')

    def pose_of(self, nanoseconds: int, timeout_s: float = 5.0) -> PoseStamped:
        """Wait for the pose with this stamp."""
        return wait_until(
            lambda: next(
                (
                    message
                    for message in list(self.received['relocalizer/pose'])
                    if stamp_ns(message.header.stamp) == nanoseconds
                ),
                None,
            ),
            timeout_s,
            'the pose of the picture',
        )

    def diagnostics(self) -> DiagnosticStatus | None:
        """Return the newest status of the node."""
        arrays = self.received['/diagnostics']
        return arrays[-1].status[0] if arrays else None

    def diagnostic_value(self, key: str) -> str:
        """Return one value of the newest status, empty when it is not there."""
        status = self.diagnostics()
        values = {pair.key: pair.value for pair in status.values} if status else {}
        return str(values.get(key, ''))

    def call(self, kind: type, service: str, request: Any, timeout_s: float = 20.0) -> Any:
        """Call a service and return its response."""
        client = self.node.create_client(kind, service)
        try:
            assert client.wait_for_service(START_UP_S), f'service {service} is not there'
            future = client.call_async(request)
            wait_until(future.done, timeout_s, f'the answer of {service}')
            return future.result()
        finally:
            self.node.destroy_client(client)

    def relocalize(self) -> Trigger.Response:
        """Ask the node to hand over its pose."""
        return self.call(Trigger, 'relocalizer/relocalize', Trigger.Request())

    def change_state(self, transition: int) -> bool:
        """Drive the node's lifecycle."""
        request = ChangeState.Request(transition=Transition(id=transition))
        return bool(self.call(ChangeState, 'relocalizer/change_state', request).success)

    def state(self) -> str:
        """Return the node's lifecycle state."""
        response = self.call(GetState, 'relocalizer/get_state', GetState.Request())
        return str(response.current_state.label)

    def wait_until_connected(self) -> None:
        """Wait until the node subscribes to the pictures and its poses reach us."""
        wait_until(
            lambda: self.image.get_subscription_count() + self.compressed.get_subscription_count(),
            40.0,
            'the node to subscribe to the pictures',
        )
        wait_until(
            lambda: self.node.count_publishers('relocalizer/pose'), 10.0, 'the pose publisher'
        )
        time.sleep(0.3)


def picture(rgb: tuple[float, float, float], height: int = 480, width: int = 640) -> Image:
    """A picture of one colour, rgb8, without stamp."""
    pixels = np.full((height, width, 3), rgb, np.uint8)
    message = Image(encoding='rgb8', height=height, width=width, step=3 * width)
    message.data = array('B', pixels.tobytes())
    return message


@contextmanager
def bench(**parameters: object) -> Iterator[tuple[Relocalizer, Camera]]:
    """Run the node and a robot on a domain of their own; the node must not print a traceback."""
    with own_domain() as domain:
        node = Relocalizer(domain, **parameters)
        robot = Camera(domain)
        try:
            yield node, robot
        except BaseException:
            print(node.output)
            raise
        finally:
            robot.close()
            if node.poll() is None:
                node.stop()
    assert 'Traceback' not in node.output, node.output
