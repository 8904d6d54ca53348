# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Transforms from and to TF, as 4x4 matrices."""

from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time
from tf2_ros import Buffer, TransformBroadcaster, TransformException, TransformListener

from posenet_ros.geometry import Array
from posenet_ros.messages import matrix, stamp_ns
from posenet_ros.refusal import TransformRefusal


class Transforms:
    """The TF tree of one node; lookups are for the worker thread, the executor feeds them."""

    def __init__(self, node: Node) -> None:
        self._buffer = Buffer(node=node)
        # Kept because the subscriptions live as long as the listener.
        self._listener = TransformListener(self._buffer, node, spin_thread=False)
        self._broadcaster = TransformBroadcaster(node)

    def at(self, target: str, source: str, stamp_ns: int, timeout_s: float) -> Array:
        """Return T_target_source at the stamp, waiting for it at most `timeout_s` seconds.

        Raises TransformRefusal when TF cannot give it.
        """
        try:
            found = self._buffer.lookup_transform(
                target, source, Time(nanoseconds=stamp_ns), Duration(seconds=timeout_s)
            )
        except TransformException as error:
            raise TransformRefusal(
                f"no transform from '{source}' to '{target}' at the stamp of the picture "
                f'({error}): publish it on /tf or /tf_static, or correct the frame names'
            ) from error
        return matrix(found.transform)

    def newest(self, target: str, source: str) -> tuple[int, Array] | None:
        """Return the newest stamp and T_target_source at it; None where TF has none."""
        try:
            found = self._buffer.lookup_transform(target, source, Time())
        except TransformException:
            return None
        return stamp_ns(found.header.stamp), matrix(found.transform)

    def connected(self, target: str, source: str) -> bool:
        """Whether TF knows any transform between the two frames, at whatever time."""
        return bool(self._buffer.can_transform(target, source, Time()))

    def broadcast(self, transform: TransformStamped) -> None:
        """Send one transform to /tf."""
        self._broadcaster.sendTransform(transform)

    def clear(self) -> None:
        """Forget all transforms but the static ones, after a jump of time."""
        self._buffer.clear()
