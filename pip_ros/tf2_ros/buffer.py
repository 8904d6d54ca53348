# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The buffer: ROS messages and times in front of the frame tree, safe between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import rclpy.clock
import rclpy.logging
from builtin_interfaces.msg import Time as TimeMessage
from geometry_msgs.msg import TransformStamped
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time

from tf2_ros.frame_tree import FrameTree, Rigid, TransformException


class Buffer:
    """Stores transforms and answers where one frame was in another at a time.

    :param cache_time: how long moving transforms are kept, 10 s when not given.
    :param node: its clock's backward jumps clear the buffer.
    """

    def __init__(self, cache_time: Duration | None = None, node: Node | None = None) -> None:
        self._tree = FrameTree((cache_time or Duration(seconds=10.0)).nanoseconds)
        self._changed = threading.Condition()
        self.clock = node.get_clock() if node is not None else rclpy.clock.Clock()
        threshold = JumpThreshold(
            min_forward=None, min_backward=Duration(seconds=-1), on_clock_change=True
        )
        self.jump_handle = self.clock.create_jump_callback(
            threshold, post_callback=self.time_jump_callback
        )

    def time_jump_callback(self, time_jump: TimeJump) -> None:
        """Forget what belongs to another run of the clock."""
        _logger().warning('Detected jump back in time. Clearing tf buffer.')
        self.clear()

    def clear(self) -> None:
        """Forget moving transforms; static ones stay."""
        with self._changed:
            self._tree.clear()

    def set_transform(self, transform: TransformStamped, authority: str) -> None:
        """Store a transform that holds at its stamp."""
        self._insert(transform, authority, static=False)

    def set_transform_static(self, transform: TransformStamped, authority: str) -> None:
        """Store a transform that holds at all times."""
        self._insert(transform, authority, static=True)

    def lookup_transform(
        self,
        target_frame: str,
        source_frame: str,
        time: Time | TimeMessage,
        timeout: Duration = Duration(),
    ) -> TransformStamped:
        """Pose of source in target at a time (0: the latest), waiting up to `timeout`."""

        def look() -> tuple[Rigid, int]:
            return self._tree.lookup(target_frame, source_frame, _nanoseconds(time))

        return _message(target_frame, source_frame, *self._wait(look, timeout))

    def lookup_transform_full(
        self,
        target_frame: str,
        target_time: Time | TimeMessage,
        source_frame: str,
        source_time: Time | TimeMessage,
        fixed_frame: str,
        timeout: Duration = Duration(),
    ) -> TransformStamped:
        """Pose of source at source_time in target at target_time, `fixed_frame` standing still."""

        def look() -> tuple[Rigid, int]:
            for frame in (target_frame, source_frame, fixed_frame):
                self._tree.require(frame)
            T_fixed_source, _ = self._tree.lookup(
                fixed_frame, source_frame, _nanoseconds(source_time)
            )
            T_target_fixed, stamp = self._tree.lookup(
                target_frame, fixed_frame, _nanoseconds(target_time)
            )
            return T_target_fixed @ T_fixed_source, stamp

        return _message(target_frame, source_frame, *self._wait(look, timeout))

    def can_transform(
        self,
        target_frame: str,
        source_frame: str,
        time: Time | TimeMessage,
        timeout: Duration = Duration(),
        return_debug_tuple: bool = False,
    ) -> bool | tuple[bool, str]:
        """Whether lookup_transform would answer; with the reason on request."""
        try:
            self.lookup_transform(target_frame, source_frame, time, timeout)
        except TransformException as error:
            return (False, str(error)) if return_debug_tuple else False
        return (True, '') if return_debug_tuple else True

    def _insert(self, transform: TransformStamped, authority: str, *, static: bool) -> None:
        position, q = transform.transform.translation, transform.transform.rotation
        with self._changed:
            refusal = self._tree.insert(
                transform.child_frame_id,
                transform.header.frame_id,
                _nanoseconds(transform.header.stamp),
                np.array((position.x, position.y, position.z)),
                np.array((q.x, q.y, q.z, q.w)),
                static=static,
            )
            self._changed.notify_all()
        if refusal:
            _logger().warning(f'Ignoring transform from authority "{authority}": {refusal}')

    def _wait(self, look: Callable[[], tuple[Rigid, int]], timeout: Duration) -> tuple[Rigid, int]:
        found: list[tuple[Rigid, int]] = []

        def answers() -> bool:
            try:
                found.append(look())
            except TransformException:
                return False
            return True

        with self._changed:
            if timeout.nanoseconds > 0:
                self._changed.wait_for(answers, timeout.nanoseconds * 1e-9)
            return found[0] if found else look()


def _logger() -> rclpy.logging.RcutilsLogger:
    return rclpy.logging.get_logger('tf2_buffer')


def _nanoseconds(time: Time | TimeMessage) -> int:
    if isinstance(time, TimeMessage):
        return int(time.sec) * 1_000_000_000 + int(time.nanosec)
    return int(time.nanoseconds)


def _message(target: str, source: str, T_target_source: Rigid, stamp: int) -> TransformStamped:
    message = TransformStamped()
    message.header.stamp = Time(nanoseconds=stamp).to_msg()
    message.header.frame_id = target
    message.child_frame_id = source
    place, q = message.transform.translation, message.transform.rotation
    place.x, place.y, place.z = T_target_source.position.tolist()
    q.x, q.y, q.z, q.w = T_target_source.rotation.as_quat().tolist()
    return message
