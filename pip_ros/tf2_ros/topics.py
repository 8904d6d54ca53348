# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The two topics of tf2: one listener, two broadcasters."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Thread

from geometry_msgs.msg import TransformStamped
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

from tf2_ros.buffer import Buffer


class TransformListener:
    """Feeds a buffer from /tf and /tf_static for as long as it lives."""

    executor: SingleThreadedExecutor | None = None

    def __init__(
        self,
        buffer: Buffer,
        node: Node,
        *,
        spin_thread: bool = False,
        qos: QoSProfile | int | None = None,
        static_qos: QoSProfile | int | None = None,
    ) -> None:
        """Subscribe; with `spin_thread` the node is spun in a thread of the listener."""
        self.buffer = buffer
        self.node = node
        # Reentrant: a callback that waits for a transform must not hold up its arrival.
        self.group = ReentrantCallbackGroup()
        self.tf_sub = node.create_subscription(
            TFMessage, '/tf', self.callback, _qos(qos, 100), callback_group=self.group
        )
        self.tf_static_sub = node.create_subscription(
            TFMessage,
            '/tf_static',
            self.static_callback,
            _qos(static_qos, 100, latched=True),
            callback_group=self.group,
        )
        if spin_thread:
            self.executor = SingleThreadedExecutor()
            self.executor.add_node(node)
            self.dedicated_listener_thread = Thread(target=self.executor.spin, daemon=True)
            self.dedicated_listener_thread.start()

    def __del__(self) -> None:
        if self.executor is not None:
            self.executor.shutdown()
        if hasattr(self, 'tf_static_sub'):
            self.unregister()

    def unregister(self) -> None:
        """Stop listening."""
        self.node.destroy_subscription(self.tf_sub)
        self.node.destroy_subscription(self.tf_static_sub)

    def callback(self, data: TFMessage) -> None:
        """Take a message of /tf."""
        for transform in data.transforms:
            self.buffer.set_transform(transform, 'default_authority')

    def static_callback(self, data: TFMessage) -> None:
        """Take a message of /tf_static."""
        for transform in data.transforms:
            self.buffer.set_transform_static(transform, 'default_authority')


class TransformBroadcaster:
    """Sends moving transforms on /tf."""

    def __init__(self, node: Node, qos: QoSProfile | int | None = None) -> None:
        self.pub_tf = node.create_publisher(TFMessage, '/tf', _qos(qos, 100))

    def sendTransform(self, transform: TransformStamped | Iterable[TransformStamped]) -> None:
        """Send one transform, or several in one message."""
        self.pub_tf.publish(TFMessage(transforms=_several(transform)))


class StaticTransformBroadcaster:
    """Sends transforms that never change on /tf_static, also to those who come later."""

    def __init__(self, node: Node, qos: QoSProfile | int | None = None) -> None:
        self.pub_tf = node.create_publisher(TFMessage, '/tf_static', _qos(qos, 1, latched=True))
        self._transforms: dict[str, TransformStamped] = {}

    def sendTransform(self, transform: TransformStamped | Iterable[TransformStamped]) -> None:
        """Send one or several, together with all children sent before."""
        self._transforms.update({each.child_frame_id: each for each in _several(transform)})
        self.pub_tf.publish(TFMessage(transforms=list(self._transforms.values())))


def _qos(given: QoSProfile | int | None, depth: int, *, latched: bool = False) -> QoSProfile | int:
    durability = DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE
    return QoSProfile(depth=depth, durability=durability) if given is None else given


def _several(
    transform: TransformStamped | Iterable[TransformStamped],
) -> list[TransformStamped]:
    return [transform] if isinstance(transform, TransformStamped) else list(transform)
