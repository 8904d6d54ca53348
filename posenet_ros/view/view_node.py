# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The ROS side of the page: it hears what the node says, and passes the button's request on."""

import time
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, KeyValue
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_srvs.srv import Trigger

from posenet_ros import messages
from posenet_ros.geometry import Array
from posenet_ros.parameters import descriptor
from posenet_ros.qos import LATCHED, NEWEST_ONLY
from posenet_ros.refusal import TransformRefusal
from posenet_ros.spinning import spin
from posenet_ros.transforms import Transforms
from posenet_ros.view.page import Page
from posenet_ros.view.parameters import TABLE
from posenet_ros.view.record import Record
from posenet_ros.view.server import address, openness, serve
from posenet_ros.view.shapes import vertical_fov

MOVE_S = 0.1
SAY_S = 0.5


class View(Node):
    """Reads the topics of one relocalizer."""

    def __init__(self) -> None:
        super().__init__('view')
        for entry in TABLE:
            description = descriptor(entry)
            description.read_only = True
            self.declare_parameter(entry.name, entry.default, description)
        values = {e.name: e.check(self.get_parameter(e.name).value) for e in TABLE}
        self._name, self._base_frame = values['node'], values['base_frame']
        self._record = Record(self._name)
        self._transforms = Transforms(self)
        self._fov_rad = vertical_fov(None)
        self._T_base_camera: Array | None = None
        host, port = values['host'], values['port']
        self._page = Page(serve(host, port))
        self._subscribe()
        self._relocalize = self.create_client(Trigger, f'{self._name}/relocalize')
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(MOVE_S, self._move, clock=steady)
        self.create_timer(SAY_S, self._say, clock=steady)
        self.get_logger().info(f"the page of '{self._name}' is at {address(host, port)}")
        if warning := openness(host, port):
            self.get_logger().warning(warning)

    def destroy_node(self) -> None:
        """Take the page and the node down."""
        self._page.close()
        super().destroy_node()

    def _subscribe(self) -> None:
        own: list[tuple[type, str, Any, Any]] = [
            (PoseWithCovarianceStamped, 'pose_with_covariance', self._pose, 10),
            (KeyValue, 'state', self._believe, LATCHED),
            (PointCloud2, 'coverage', self._coverage, LATCHED),
            (Image, 'crop', self._crop, NEWEST_ONLY),
        ]
        for kind, topic, take, qos in own:
            self.create_subscription(kind, f'{self._name}/{topic}', take, qos)
        self.create_subscription(PoseWithCovarianceStamped, 'initialpose', self._hand_over, 10)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._diagnose, 10)
        self.create_subscription(CameraInfo, 'camera_info', self._camera_info, NEWEST_ONLY)
        self.create_subscription(OccupancyGrid, 'map', self._map, LATCHED)
        self.create_subscription(PoseStamped, 'ground_truth', self._truth, 50)

    def _pose(self, message: PoseWithCovarianceStamped, info: dict[str, int]) -> None:
        # DDS knows when it was sent, but on no other clock than the machine's.
        simulated = self.get_parameter('use_sim_time').value
        now_ns = self.get_clock().now().nanoseconds
        self._record.pose(
            messages.stamp_ns(message.header.stamp),
            messages.pose_matrix(message.pose.pose),
            messages.covariance_matrix(message.pose),
            now_ns if simulated else info['source_timestamp'],
        )

    def _believe(self, message: KeyValue) -> None:
        self._record.believe(message.key, message.value)

    def _coverage(self, message: PointCloud2) -> None:
        self._page.stage.coverage(messages.cloud_positions(message))

    def _crop(self, message: Image) -> None:
        self._page.picture(messages.rgb(message), self._fov_rad)
        stamp_ns = messages.stamp_ns(message.header.stamp)
        self._T_base_camera = self._extrinsic(message.header.frame_id, stamp_ns)

    def _hand_over(self, message: PoseWithCovarianceStamped) -> None:
        self._record.hand_over(messages.pose_matrix(message.pose.pose))

    def _diagnose(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == f'{self._name}: relocalization':
                values = {pair.key: pair.value for pair in status.values}
                self._record.diagnose(values, time.monotonic())

    def _camera_info(self, message: CameraInfo) -> None:
        self._fov_rad = vertical_fov(messages.camera(message))

    def _map(self, message: OccupancyGrid) -> None:
        try:
            self._page.stage.floor(messages.place_map(message).plan)
        except ValueError as error:
            self.get_logger().warning(str(error))

    def _truth(self, message: PoseStamped) -> None:
        stamp_ns = messages.stamp_ns(message.header.stamp)
        self._record.truth(stamp_ns, messages.pose_matrix(message.pose))

    def _extrinsic(self, camera_frame: str, stamp_ns: int) -> Array | None:
        if not self._base_frame:
            return np.eye(4)
        try:
            return self._transforms.at(self._base_frame, camera_frame, stamp_ns, 0.0)
        except TransformRefusal:
            newest = self._transforms.newest(self._base_frame, camera_frame)
            return newest[1] if newest else None

    def _move(self) -> None:
        self._page.move(self._record.moment(time.monotonic()), self._T_base_camera)
        if self._page.panel.asked():
            self._ask()

    def _say(self) -> None:
        self._page.say(self._record.moment(time.monotonic()))

    def _ask(self) -> None:
        if not self._relocalize.service_is_ready():
            self._page.panel.answer(f"'{self._name}' is not there to ask: is it running?")
            return
        self._page.panel.search()
        self._relocalize.call_async(Trigger.Request()).add_done_callback(self._answered)

    def _answered(self, future: Future) -> None:
        response = future.result()
        word = 'handed over' if response.success else 'refused'
        self._page.panel.answer(f'{word}: {response.message}')


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('view', View)
