# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The small localizer as a ROS 2 node: the consumer of initialpose where AMCL is not there.

It takes initial poses by AMCL's rules, owns map to odom from the first one on, and says on
amcl_pose where it believes the robot to be.  Nothing but initial poses ever corrects it.
"""

from geometry_msgs.msg import PoseWithCovarianceStamped
from rclpy.node import Node

from posenet_ros import messages
from posenet_ros.geometry import Array
from posenet_ros.initial_pose import spatial_pose
from posenet_ros.parameter_table import Entry
from posenet_ros.parameters import descriptor
from posenet_ros.qos import LATCHED
from posenet_ros.refusal import TransformRefusal
from posenet_ros.spinning import spin
from posenet_ros.stamps import later
from posenet_ros.transforms import Transforms
from simulation.amcl import COVARIANCE, NOWHERE, Belief
from simulation.amcl_rules import PoseMessage

REPEAT_S = 0.1
# As AMCL speaks, with each scan that it uses.
POSE_S = 0.25
TRANSFORM_TOLERANCE_S = 0.2

TABLE = (
    Entry('global_frame_id', 'map', 'Frame of the map.'),
    Entry('odom_frame_id', 'odom', 'Frame in which odometry is continuous.'),
    Entry('base_frame_id', 'base_link', 'Frame of the robot.'),
    Entry('reach', 50.0, 'How far the map extends from its origin, metres.', 0.0, 10000.0),
)


class Localizer(Node):
    """Believes what it is told, and adds odometry."""

    def __init__(self) -> None:
        super().__init__('localizer')
        for entry in TABLE:
            self.declare_parameter(entry.name, entry.default, descriptor(entry))
        values = {e.name: e.check(self.get_parameter(e.name).value) for e in TABLE}
        self._map_frame = values['global_frame_id']
        self._odom_frame, self._base_frame = values['odom_frame_id'], values['base_frame_id']
        self._reach_m = values['reach']
        self._transforms = Transforms(self)
        self._belief: Belief | None = None
        self._pose = self.create_publisher(PoseWithCovarianceStamped, 'amcl_pose', LATCHED)
        self.create_subscription(PoseWithCovarianceStamped, 'initialpose', self._begin, 10)
        self.create_timer(REPEAT_S, self._broadcast)
        self.create_timer(POSE_S, self._say)

    def _begin(self, message: PoseWithCovarianceStamped) -> None:
        belief = (self._belief or NOWHERE).told(
            plain(message), self._map_frame, self._reach_m, self._odometry
        )
        if belief.refused:
            self.get_logger().error(f'initialpose refused: {belief.refused}')
            return
        self._belief = belief
        self.get_logger().info('initialpose accepted')

    def _say(self) -> None:
        newest = self._transforms.newest(self._odom_frame, self._base_frame)
        if self._belief is None or newest is None:
            return
        stamp_ns, T_odom_base = newest
        believed = spatial_pose(self._belief.T_map_base(T_odom_base), COVARIANCE)
        self._pose.publish(messages.initial_pose(stamp_ns, self._map_frame, believed))

    def _broadcast(self) -> None:
        if self._belief is None:
            return
        sent_ns = later(self.get_clock().now().nanoseconds, TRANSFORM_TOLERANCE_S)
        self._transforms.broadcast(
            messages.transform_stamped(
                sent_ns, self._map_frame, self._odom_frame, self._belief.T_map_odom
            )
        )

    def _odometry(self, stamp_ns: int) -> Array | None:
        try:
            return self._transforms.at(self._odom_frame, self._base_frame, stamp_ns, 0.0)
        except TransformRefusal:
            return None


def plain(message: PoseWithCovarianceStamped) -> PoseMessage:
    """The message as plain values."""
    p, q = message.pose.pose.position, message.pose.pose.orientation
    return PoseMessage(
        message.header.frame_id,
        messages.stamp_ns(message.header.stamp),
        (p.x, p.y, p.z),
        (q.x, q.y, q.z, q.w),
        tuple(message.pose.covariance),
    )


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('localizer', Localizer)
