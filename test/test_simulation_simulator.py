# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The simulator as a process of its own, heard over DDS."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import rclpy
from geometry_msgs.msg import PoseStamped
from harness import Program, started_from_nothing, wait_until
from nav_msgs.msg import OccupancyGrid
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, Image, LaserScan
from std_srvs.srv import Trigger
from tf2_ros import Buffer, TransformListener

from posenet_ros.geometry import Array, distance, transform
from posenet_ros.messages import matrix, stamp_ns
from simulation import laser, rig
from simulation.camera import CAMERA
from simulation.light import NOISE
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sway import LightSway

NEWEST_ONLY = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
DOMAIN = int(os.environ['ROS_DOMAIN_ID'])
SEED = 4
READY = 'the robot drives through room'


def start(**parameters: object) -> Program:
    return Program('simulation.simulator', DOMAIN, **parameters)


class Listener:
    """Keeps what the simulator says."""

    def __init__(self) -> None:
        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self.node = Node('listener', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self.heard: dict[str, list[Any]] = {}
        self._hear(Image, 'image_raw', NEWEST_ONLY)
        self._hear(CameraInfo, 'camera_info', NEWEST_ONLY)
        self._hear(PoseStamped, 'ground_truth', QoSProfile(depth=50))
        self._hear(OccupancyGrid, 'map', LATCHED)
        self._hear(LaserScan, 'scan', NEWEST_ONLY)
        # The tests look back farther than the usual ten seconds.
        self.tf = Buffer(Duration(seconds=300.0), self.node)
        self._tf_listener = TransformListener(self.tf, self.node, spin_thread=False)
        self._kidnap = self.node.create_client(Trigger, 'simulator/kidnap')
        self._thread = threading.Thread(target=self._executor.spin, daemon=True)
        self._thread.start()

    def _hear(self, message_type: type, topic: str, qos: QoSProfile) -> None:
        kept = self.heard.setdefault(topic, [])
        self.node.create_subscription(message_type, topic, kept.append, qos)

    def truths(self) -> dict[int, Array]:
        """T_map_base by stamp."""
        result = {}
        for message in list(self.heard['ground_truth']):
            p, q = message.pose.position, message.pose.orientation
            T_map_base = transform([p.x, p.y, p.z], [q.x, q.y, q.z, q.w])
            result[stamp_ns(message.header.stamp)] = T_map_base
        return result

    def lookup(self, target: str, source: str, at_ns: int) -> Array:
        when = Time(nanoseconds=at_ns)
        known = partial(self.tf.can_transform, target, source, when)
        wait_until(known, 10.0, f'{source} in {target}')
        return matrix(self.tf.lookup_transform(target, source, when).transform)

    def kidnap(self) -> Trigger.Response:
        assert self._kidnap.wait_for_service(10.0)
        future = self._kidnap.call_async(Trigger.Request())
        return wait_until(future.result, 10.0, 'the answer to kidnap')

    def close(self) -> None:
        self._executor.shutdown()
        self._thread.join(2.0)
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)


@pytest.fixture(scope='module')
def robot() -> Iterator[Listener]:
    simulator = start(seed=SEED, light_variation=0.0)
    listener = Listener()
    try:
        simulator.wait_for_line(READY)
        wait_until(lambda: len(listener.heard['image_raw']) > 20, 30.0, 'twenty pictures')
        yield listener
    finally:
        listener.close()
        simulator.kill()


def pixels(message: Image) -> np.ndarray:
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)


def test_pictures_are_rgb8_of_640x480_in_a_steady_stream(robot):
    first, *_ = robot.heard['image_raw']
    assert (first.encoding, first.width, first.height, first.step) == ('rgb8', 640, 480, 1920)
    assert first.header.frame_id == rig.OPTICAL_FRAME
    stamps = [stamp_ns(message.header.stamp) for message in list(robot.heard['image_raw'])]
    assert np.all(np.diff(stamps) > 0)
    assert np.median(np.diff(stamps)) * 1e-9 == pytest.approx(1 / 15, rel=0.3)


def test_every_picture_has_its_camera_info(robot):
    stamps = {stamp_ns(m.header.stamp) for m in list(robot.heard['camera_info'])}
    pictures = [stamp_ns(m.header.stamp) for m in robot.heard['image_raw'][3:15]]
    assert stamps.issuperset(pictures)
    info = robot.heard['camera_info'][0]
    K = [CAMERA.fx, 0.0, CAMERA.cx, 0.0, CAMERA.fy, CAMERA.cy, 0.0, 0.0, 1.0]
    np.testing.assert_array_equal(info.k, K)
    assert info.header.frame_id == rig.OPTICAL_FRAME


def test_a_picture_shows_the_room_from_the_pose_of_its_stamp(robot):
    room = Room.from_seed(SEED)
    light = LightSway.random(np.random.default_rng(0)).at(0.0, 0.0, noise_seed=1)
    truths = robot.truths()
    with Renderer(room, CAMERA) as renderer:
        for message in robot.heard['image_raw'][5:40:7]:
            at_ns = stamp_ns(message.header.stamp)
            T_base_camera = robot.lookup(rig.BASE_FRAME, rig.OPTICAL_FRAME, at_ns)
            seen = pixels(message).astype(float)
            again = renderer.render(truths[at_ns] @ T_base_camera, light)
            # Two pictures with independent noise of the middle strength.
            noise = 0.5 * (NOISE[0] + NOISE[1])
            assert np.abs(seen - again).mean() < 1.5 * noise
            turned = truths[at_ns] @ rig.T_map_base(0.0, 0.0, np.radians(1.0)) @ T_base_camera
            assert np.abs(seen - renderer.render(turned, light)).mean() > 2.0 * noise


def test_the_mast_moves_within_its_ranges_in_tf(robot):
    stamps = sorted(robot.truths())
    heights = []
    for at_ns in (stamps[5], stamps[-5]):
        T_base_camera = robot.lookup(rig.BASE_FRAME, rig.OPTICAL_FRAME, at_ns)
        assert rig.HEIGHT[0] <= T_base_camera[2, 3] <= rig.HEIGHT[1]
        assert T_base_camera[:3, 2] @ [1.0, 0.0, 0.0] > 0.95
        heights.append(T_base_camera[2, 3])
    assert heights[0] != heights[1]


def test_odometry_follows_the_truth_between_pictures(robot):
    wait_until(lambda: len(robot.truths()) > 25, 10.0, '26 poses of the truth')
    truths = robot.truths()
    stamps = sorted(truths)
    first, last = stamps[5], stamps[5 + 20]
    T_odom = [robot.lookup('odom', rig.BASE_FRAME, at_ns) for at_ns in (first, last)]
    true_motion = np.linalg.inv(truths[first]) @ truths[last]
    told_motion = np.linalg.inv(T_odom[0]) @ T_odom[1]
    position_m, angle_rad = distance(told_motion, true_motion)
    assert position_m < 0.08
    assert angle_rad < 0.08
    # Between two pictures, transforms of the higher rate serve lookups at any time.
    between = (stamps[10] + stamps[11]) // 2
    assert np.isfinite(robot.lookup('odom', rig.CAMERA_FRAME, between)).all()


def test_the_map_is_latched_and_is_the_room(robot):
    late = Listener()
    try:
        (message,) = wait_until(lambda: late.heard['map'], 10.0, 'the map')
    finally:
        late.close()
    grid = Room.from_seed(SEED).occupancy()
    assert message.header.frame_id == 'map'
    assert message.info.resolution == pytest.approx(grid.resolution)
    assert (message.info.origin.position.x, message.info.origin.position.y) == grid.origin
    data = np.array(message.data).reshape(message.info.height, message.info.width)
    np.testing.assert_array_equal(data == 100, grid.occupied)


def test_the_laser_measures_the_room_from_the_pose_of_its_stamp(robot):
    truths, grid = robot.truths(), Room.from_seed(SEED).occupancy()
    for scan in wait_until(lambda: robot.heard['scan'][3:15:4], 10.0, 'scans'):
        assert scan.header.frame_id == rig.BASE_FRAME
        ranges = laser.ranges_m(grid, truths[stamp_ns(scan.header.stamp)])
        np.testing.assert_array_equal(scan.ranges, ranges)
        assert scan.angle_min + len(ranges) * scan.angle_increment == pytest.approx(np.pi)
        assert np.all((np.asarray(scan.ranges) > scan.range_min) & (ranges < scan.range_max))


def test_a_kidnap_moves_the_robot_and_not_its_odometry(robot):
    before_ns = sorted(robot.truths())[-1]
    response = robot.kidnap()
    assert response.success
    assert 'the robot is now at x' in response.message
    after_ns = wait_until(
        lambda: next((s for s in sorted(robot.truths()) if s > before_ns + 300_000_000), None),
        10.0,
        'a picture after the kidnap',
    )
    truths = robot.truths()
    moved = truths[after_ns][:2, 3] - truths[before_ns][:2, 3]
    assert np.linalg.norm(moved) > 1.0
    T_odom = [robot.lookup('odom', rig.BASE_FRAME, at_ns) for at_ns in (before_ns, after_ns)]
    lasted_s = (after_ns - before_ns) * 1e-9
    assert np.linalg.norm(T_odom[1][:2, 3] - T_odom[0][:2, 3]) < 0.65 * lasted_s + 0.05


@pytest.mark.parametrize('how', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_soon_and_quietly(how):
    simulator = start(seed=SEED)
    simulator.wait_for_line(READY)
    time.sleep(0.3)
    assert simulator.stop(how) < 2.0
    assert 'Traceback' not in simulator.output
    assert simulator.poll() == 0


@pytest.mark.parametrize('how', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_it_starts_ends_it_soon_and_quietly(how):
    process = started_from_nothing('simulation.simulator', DOMAIN, seed=SEED)
    time.sleep(3.0)
    assert ended(process, how) == 0


def test_an_interrupt_ends_it_where_a_shell_made_it_ignore_interrupts():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = started_from_nothing('simulation.simulator', DOMAIN, seed=SEED)
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    assert any(READY in line for line in process.stdout), f'it ended: {process.wait()}'
    assert ended(process, signal.SIGINT) == 0


def ended(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """The exit code of what a signal ends soon and quietly."""
    began = time.monotonic()
    process.send_signal(how)
    output, _ = process.communicate(timeout=20.0)
    assert time.monotonic() - began < 2.0
    assert 'Traceback' not in output
    return process.returncode


@pytest.mark.parametrize(
    ('name', 'value'), [('rate', 0.0), ('seed', -1), ('light_variation', 'much')]
)
def test_a_parameter_that_does_not_fit_is_refused_in_one_sentence(name, value):
    simulator = start(**{name: value})
    assert simulator.wait(30.0) == 1
    assert 'Traceback' not in simulator.output
    assert name in simulator.output
