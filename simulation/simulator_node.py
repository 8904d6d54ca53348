# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The room, the robot and its camera as a ROS 2 node."""

from array import array

import numpy as np
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import OccupancyGrid
from numpy.typing import NDArray
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image, LaserScan
from std_srvs.srv import Trigger
from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster

from posenet_ros import messages
from posenet_ros.parameter_table import Entry
from posenet_ros.parameters import descriptor
from posenet_ros.qos import LATCHED, NEWEST_ONLY
from posenet_ros.spinning import spin
from simulation import laser
from simulation.camera import CAMERA
from simulation.journey import Journey
from simulation.occupancy import OccupancyGrid as Cells
from simulation.renderer import Renderer
from simulation.rig import BASE_FRAME, CAMERA_FRAME, OPTICAL_FRAME, T_CAMERA_LINK_OPTICAL
from simulation.room import DEMO_SEED, Room
from simulation.world import World

MAP_FRAME, ODOM_FRAME = 'map', 'odom'
LARGEST_SEED = 2**31 - 1

TABLE = (
    Entry('seed', DEMO_SEED, 'Which room: another number, another room.', 0, LARGEST_SEED),
    Entry('drive_seed', 0, 'Which drive through the room.', 0, LARGEST_SEED),
    Entry('rate', 15.0, 'Pictures a second.', 1.0, 60.0),
    Entry('tf_rate', 50.0, 'Transforms a second, besides those of the pictures.', 10.0, 200.0),
    Entry(
        'light_variation',
        1.0,
        'How much lamps, exposure, colour and noise change: 0 not at all, 1 fully.',
        0.0,
        1.0,
    ),
)


class Simulator(Node):
    """Publishes what the robot's camera, laser and wheels tell, and the truth beside it."""

    def __init__(self) -> None:
        super().__init__('simulator')
        for entry in TABLE:
            description = descriptor(entry)
            description.read_only = True
            self.declare_parameter(entry.name, entry.default, description)
        values = {e.name: e.check(self.get_parameter(e.name).value) for e in TABLE}
        self._light_variation = values['light_variation']
        room = Room.from_seed(values['seed'])
        self._journey = Journey(room, values['drive_seed'])
        self._renderer = Renderer(room, CAMERA)
        self._frames = 0
        self._image = self.create_publisher(Image, 'image_raw', NEWEST_ONLY)
        self._camera_info = self.create_publisher(CameraInfo, 'camera_info', NEWEST_ONLY)
        self._truth = self.create_publisher(PoseStamped, 'ground_truth', 10)
        self._map = self.create_publisher(OccupancyGrid, 'map', LATCHED)
        self._scan = self.create_publisher(LaserScan, 'scan', NEWEST_ONLY)
        self._floor = room.occupancy()
        self._tf = TransformBroadcaster(self)
        self._static_tf = StaticTransformBroadcaster(self)
        self._info_message = messages.camera_info(CAMERA)
        # The first picture builds the room in the engine, which takes seconds.
        self._picture(self._journey.at(self._now_ns()))
        self._publish_fixed()
        self.create_service(Trigger, '~/kidnap', self._kidnap)
        self.create_timer(1.0 / values['tf_rate'], self._move)
        self.create_timer(1.0 / values['rate'], self._look)
        self.get_logger().info(f'the robot drives through room {values["seed"]}')

    def destroy_node(self) -> None:
        """Take the renderer and the node down."""
        self._renderer.close()
        super().destroy_node()

    def _now_ns(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _move(self) -> None:
        stamp_ns = self._now_ns()
        self._publish_transforms(stamp_ns, self._journey.at(stamp_ns))

    def _look(self) -> None:
        stamp_ns = self._now_ns()
        world = self._journey.at(stamp_ns)
        self._publish_transforms(stamp_ns, world)
        self._truth.publish(messages.pose_stamped(stamp_ns, MAP_FRAME, world.T_map_base))
        message = self._picture(world)
        message.header = self._info_message.header = messages.header(stamp_ns, OPTICAL_FRAME)
        self._camera_info.publish(self._info_message)
        self._image.publish(message)
        if self._scan.get_subscription_count() > 0:
            self._scan.publish(
                scan_message(stamp_ns, laser.ranges_m(self._floor, world.T_map_base))
            )

    def _picture(self, world: World) -> Image:
        self._frames += 1
        light = world.light(self._light_variation, noise_seed=self._frames)
        return messages.image(self._renderer.render(world.T_map_camera, light), 'rgb8')

    def _publish_transforms(self, stamp_ns: int, world: World) -> None:
        self._tf.sendTransform(
            [
                messages.transform_stamped(stamp_ns, ODOM_FRAME, BASE_FRAME, world.T_odom_base),
                messages.transform_stamped(
                    stamp_ns, BASE_FRAME, CAMERA_FRAME, world.T_base_camera_link
                ),
            ]
        )

    def _publish_fixed(self) -> None:
        stamp_ns = self._now_ns()
        self._static_tf.sendTransform(
            messages.transform_stamped(
                stamp_ns, CAMERA_FRAME, OPTICAL_FRAME, T_CAMERA_LINK_OPTICAL
            )
        )
        self._map.publish(occupancy_message(stamp_ns, self._floor))

    def _kidnap(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        robot = self._journey.kidnap(self._now_ns()).robot
        response.success = True
        response.message = f'the robot is now at x {robot.x:.2f} m, y {robot.y:.2f} m in map'
        self.get_logger().info(f'kidnapped: {response.message}')
        return response


def occupancy_message(stamp_ns: int, cells: Cells) -> OccupancyGrid:
    """The room's floor as nav_msgs/OccupancyGrid in map."""
    message = OccupancyGrid(header=messages.header(stamp_ns, MAP_FRAME))
    message.info.map_load_time = message.header.stamp
    message.info.resolution = cells.resolution
    message.info.height, message.info.width = cells.occupied.shape
    message.info.origin.position.x, message.info.origin.position.y = cells.origin
    message.data = array('b', cells.message_data().tobytes())
    return message


def scan_message(stamp_ns: int, ranges_m: NDArray[np.float32]) -> LaserScan:
    """Distances [BEAMS] along laser.ANGLES as sensor_msgs/LaserScan in base_link."""
    return LaserScan(
        header=messages.header(stamp_ns, BASE_FRAME),
        angle_min=float(laser.ANGLES[0]),
        angle_max=float(laser.ANGLES[-1]),
        angle_increment=float(laser.ANGLES[1] - laser.ANGLES[0]),
        range_min=laser.LEAST_M,
        range_max=laser.FARTHEST_M,
        ranges=array('f', ranges_m.tobytes()),
    )


def run() -> int:
    """Run the node until it is interrupted; returns the process's exit code."""
    return spin('simulator', Simulator)
