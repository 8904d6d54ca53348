# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The broadcast of map to odom, for as long as nobody else sends it."""

import time
from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

from posenet_ros.geometry import Array
from posenet_ros.messages import stamp_ns, transform_stamped
from posenet_ros.ownership import Ownership
from posenet_ros.parameter_table import Parameters
from posenet_ros.stamps import later
from posenet_ros.status import Statistics
from posenet_ros.transforms import Transforms

REBROADCAST_S = 0.05
# As tf2's own listeners have it.
MOVING = QoSProfile(depth=100)
STATIC = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class MapOdomBroadcaster:
    """Repeats T_map_odom, dated into the future; lives while the node is active.

    map_odom gives the map's frame and T_map_odom at a time, None while there is none.  All of
    this is for the executor's thread.
    """

    def __init__(
        self,
        node: Node,
        transforms: Transforms,
        statistics: Statistics,
        parameters: Parameters,
        map_odom: Callable[[int], tuple[str, Array] | None],
    ) -> None:
        self._node = node
        self._transforms = transforms
        self._statistics = statistics
        self._tolerance_s = parameters.transform_tolerance
        self._odom_frame = parameters.odom_frame
        self._map_odom = map_odom
        self._ownership = Ownership(parameters.odom_frame, time.monotonic())
        self._statistics.conflict = ''
        self._statistics.map_odom = 'listening for another publisher'
        self._listeners = [
            node.create_subscription(TFMessage, topic, self._heard, qos)
            for topic, qos in (('/tf', MOVING), ('/tf_static', STATIC))
        ]
        self._timer = node.create_timer(REBROADCAST_S, self._broadcast)

    def destroy(self) -> None:
        """Stop."""
        self._statistics.conflict = self._statistics.map_odom = ''
        self._node.destroy_timer(self._timer)
        for listener in self._listeners:
            self._node.destroy_subscription(listener)

    def _heard(self, message: TFMessage) -> None:
        for transform in message.transforms:
            header = transform.header
            if self._ownership.heard(
                header.frame_id, transform.child_frame_id, stamp_ns(header.stamp)
            ):
                self._statistics.conflict = self._ownership.conflict
                self._statistics.map_odom = 'of another publisher'
                self._node.get_logger().error(self._ownership.conflict)

    def _broadcast(self) -> None:
        if not self._ownership.granted(time.monotonic()):
            return
        now_ns = self._node.get_clock().now().nanoseconds
        believed = self._map_odom(now_ns)
        self._statistics.map_odom = 'broadcast' if believed else 'no place is agreed on'
        if believed is None:
            return
        map_frame, T_map_odom = believed
        sent_ns = later(now_ns, self._tolerance_s)
        self._ownership.sent(map_frame, sent_ns)
        self._transforms.broadcast(
            transform_stamped(sent_ns, map_frame, self._odom_frame, T_map_odom)
        )
