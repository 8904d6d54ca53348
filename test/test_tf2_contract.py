# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What posenet_ros relies on in tf2, judged against whichever tf2_ros is installed.

On a machine without ROS that is pip_ros, on a ROS machine the real package.
"""

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import rclpy
import tf2_ros
from geometry_msgs.msg import TransformStamped
from numpy.typing import NDArray
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from scipy.spatial.transform import Rotation, Slerp
from tf2_msgs.msg import TFMessage

Matrix = NDArray[np.float64]
EXACT = 1e-9
SECOND = 1_000_000_000
NOW = Time()


def at(seconds: float) -> Time:
    return Time(nanoseconds=round(seconds * SECOND))


def stamp(message: TransformStamped) -> int:
    return Time.from_msg(message.header.stamp).nanoseconds


def random_transform(rng: np.random.Generator) -> Matrix:
    T = np.eye(4)
    T[:3, :3] = Rotation.random(rng=rng).as_matrix()
    T[:3, 3] = rng.uniform(-5.0, 5.0, 3)
    return T


def planar(x: float, y: float, yaw: float) -> Matrix:
    T = np.eye(4)
    T[:3, :3] = Rotation.from_euler('z', yaw).as_matrix()
    T[:2, 3] = x, y
    return T


def stamped(parent: str, child: str, T_parent_child: Matrix, seconds: float) -> TransformStamped:
    message = TransformStamped()
    message.header.frame_id = parent
    message.header.stamp = at(seconds).to_msg()
    message.child_frame_id = child
    place, q = message.transform.translation, message.transform.rotation
    place.x, place.y, place.z = T_parent_child[:3, 3].tolist()
    q.x, q.y, q.z, q.w = Rotation.from_matrix(T_parent_child[:3, :3]).as_quat().tolist()
    return message


def matrix(message: TransformStamped) -> Matrix:
    place, q = message.transform.translation, message.transform.rotation
    T = np.eye(4)
    T[:3, :3] = Rotation.from_quat((q.x, q.y, q.z, q.w)).as_matrix()
    T[:3, 3] = place.x, place.y, place.z
    return T


def half_way(T_a: Matrix, T_b: Matrix, fraction: float = 0.5) -> Matrix:
    T = np.eye(4)
    rotations = Rotation.from_matrix(np.stack((T_a[:3, :3], T_b[:3, :3])))
    T[:3, :3] = Slerp((0.0, 1.0), rotations)(fraction).as_matrix()
    T[:3, 3] = T_a[:3, 3] + fraction * (T_b[:3, 3] - T_a[:3, 3])
    return T


def assert_same(found: TransformStamped, T: Matrix) -> None:
    np.testing.assert_allclose(matrix(found), T, rtol=0.0, atol=EXACT)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


class Robot:
    """map -> odom -> base_link move, base_link -> camera -> optical stands still."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.buffer = tf2_ros.Buffer()
        self.T_map_odom = {1.0: random_transform(rng), 2.0: random_transform(rng)}
        self.T_odom_base = {1.0: planar(0.0, 0.0, 3.0), 1.5: planar(1.0, 0.5, -3.0)}
        self.T_base_camera = random_transform(rng)
        self.T_camera_optical = random_transform(rng)
        for seconds, T in self.T_map_odom.items():
            self.move('map', 'odom', T, seconds)
        for seconds, T in self.T_odom_base.items():
            self.move('odom', 'base_link', T, seconds)
        self.fix('base_link', 'camera', self.T_base_camera)
        self.fix('camera', 'optical', self.T_camera_optical)

    def move(self, parent: str, child: str, T: Matrix, seconds: float) -> None:
        self.buffer.set_transform(stamped(parent, child, T, seconds), 'test')

    def fix(self, parent: str, child: str, T: Matrix) -> None:
        self.buffer.set_transform_static(stamped(parent, child, T, 0.0), 'test')


@pytest.fixture
def robot(rng: np.random.Generator) -> Robot:
    return Robot(rng)


# ---- lookup


def test_a_lookup_gives_the_pose_of_the_source_in_the_target(robot: Robot) -> None:
    found = robot.buffer.lookup_transform('base_link', 'optical', at(1.0))
    assert (found.header.frame_id, found.child_frame_id) == ('base_link', 'optical')
    assert stamp(found) == 1.0 * SECOND
    assert_same(found, robot.T_base_camera @ robot.T_camera_optical)


def test_a_chain_of_moving_and_static_links_is_followed_at_the_stamp(robot: Robot) -> None:
    T_map_odom = half_way(robot.T_map_odom[1.0], robot.T_map_odom[2.0], 0.25)
    T_odom_base = half_way(robot.T_odom_base[1.0], robot.T_odom_base[1.5])
    T_map_optical = T_map_odom @ T_odom_base @ robot.T_base_camera @ robot.T_camera_optical
    assert_same(robot.buffer.lookup_transform('map', 'optical', at(1.25)), T_map_optical)
    T_optical_map = np.linalg.inv(T_map_optical)
    assert_same(robot.buffer.lookup_transform('optical', 'map', at(1.25)), T_optical_map)


def test_two_branches_meet_at_their_common_ancestor(
    robot: Robot, rng: np.random.Generator
) -> None:
    T_base_lidar = random_transform(rng)
    robot.fix('base_link', 'lidar', T_base_lidar)
    expected = np.linalg.inv(T_base_lidar) @ robot.T_base_camera @ robot.T_camera_optical
    # Static links need no stamp within anything's history.
    assert_same(robot.buffer.lookup_transform('lidar', 'optical', at(99.0)), expected)


@pytest.mark.parametrize('fraction', [0.0, 0.1, 0.5, 0.9, 1.0])
def test_between_two_stamps_the_pose_is_interpolated_the_short_way(
    robot: Robot, fraction: float
) -> None:
    # From yaw 3.0 to -3.0 the short way leads over pi, 0.28 rad.
    found = matrix(robot.buffer.lookup_transform('odom', 'base_link', at(1.0 + 0.5 * fraction)))
    turn = 2.0 * math.pi - 6.0
    expected = planar(fraction, 0.5 * fraction, 3.0 + fraction * turn)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=EXACT)


def test_the_sign_of_a_quaternion_does_not_matter(robot: Robot) -> None:
    for seconds, sign in ((1.0, 1.0), (2.0, -1.0)):
        message = stamped('map', 'marker', planar(seconds, 0.0, 0.2 * seconds), seconds)
        q = message.transform.rotation
        q.x, q.y, q.z, q.w = sign * q.x, sign * q.y, sign * q.z, sign * q.w
        robot.buffer.set_transform(message, 'test')
    found = robot.buffer.lookup_transform('map', 'marker', at(1.5))
    assert_same(found, planar(1.5, 0.0, 0.3))


def test_stamps_may_be_messages(robot: Robot) -> None:
    found = robot.buffer.lookup_transform('odom', 'base_link', at(1.5).to_msg())
    assert_same(found, robot.T_odom_base[1.5])


def test_transforms_may_arrive_out_of_order(robot: Robot) -> None:
    T = planar(5.0, 5.0, 0.5)
    robot.move('odom', 'base_link', T, 1.25)
    assert_same(robot.buffer.lookup_transform('odom', 'base_link', at(1.25)), T)


def test_time_zero_is_the_latest_time_that_all_links_have(robot: Robot) -> None:
    found = robot.buffer.lookup_transform('map', 'base_link', NOW)
    assert stamp(found) == 1.5 * SECOND
    T_map_odom = half_way(robot.T_map_odom[1.0], robot.T_map_odom[2.0])
    assert_same(found, T_map_odom @ robot.T_odom_base[1.5])


def test_time_zero_over_static_links_alone_has_no_stamp(robot: Robot) -> None:
    found = robot.buffer.lookup_transform('base_link', 'optical', NOW)
    assert stamp(found) == 0


def test_a_frame_in_itself_is_identity_known_or_not(robot: Robot) -> None:
    for frame in ('base_link', 'nowhere'):
        assert_same(robot.buffer.lookup_transform(frame, frame, at(50.0)), np.eye(4))


def test_a_child_follows_its_newest_parent(robot: Robot, rng: np.random.Generator) -> None:
    T = random_transform(rng)
    robot.move('map', 'base_link', T, 1.8)
    assert_same(robot.buffer.lookup_transform('map', 'base_link', at(1.8)), T)
    # Before the change the old parent still holds, without a leap through the new one.
    assert_same(
        robot.buffer.lookup_transform('odom', 'base_link', at(1.6)), robot.T_odom_base[1.5]
    )


def test_a_static_link_is_replaced_by_the_next(robot: Robot, rng: np.random.Generator) -> None:
    T = random_transform(rng)
    robot.fix('base_link', 'camera', T)
    assert_same(robot.buffer.lookup_transform('base_link', 'camera', NOW), T)


# ---- two times


def test_a_full_lookup_tells_how_a_frame_moved(robot: Robot) -> None:
    found = robot.buffer.lookup_transform_full(
        'base_link', at(1.5), 'base_link', at(1.0), 'odom', Duration()
    )
    assert_same(found, np.linalg.inv(robot.T_odom_base[1.5]) @ robot.T_odom_base[1.0])
    assert stamp(found) == 1.5 * SECOND


def test_a_full_lookup_takes_the_latest_target_time(robot: Robot) -> None:
    found = robot.buffer.lookup_transform_full('base_link', NOW, 'camera', at(1.25), 'odom')
    T_then = half_way(robot.T_odom_base[1.0], robot.T_odom_base[1.5])
    expected = np.linalg.inv(robot.T_odom_base[1.5]) @ T_then @ robot.T_base_camera
    assert_same(found, expected)


def test_a_full_lookup_needs_every_frame(robot: Robot) -> None:
    with pytest.raises(tf2_ros.LookupException):
        robot.buffer.lookup_transform_full('base_link', NOW, 'base_link', at(1.0), 'nowhere')


# ---- refusals


@pytest.mark.parametrize(
    ('target', 'source', 'seconds', 'error'),
    [
        ('odom', 'base_link', 1.6, tf2_ros.ExtrapolationException),
        ('odom', 'base_link', 0.9, tf2_ros.ExtrapolationException),
        ('map', 'optical', 1.6, tf2_ros.ExtrapolationException),
        ('optical', 'map', 0.5, tf2_ros.ExtrapolationException),
        ('map', 'single', 1.1, tf2_ros.ExtrapolationException),
        ('odom', 'nowhere', 1.0, tf2_ros.LookupException),
        ('nowhere', 'odom', 0.0, tf2_ros.LookupException),
        ('odom', 'other_root', 1.0, tf2_ros.ConnectivityException),
        ('other_child', 'base_link', 1.2, tf2_ros.ConnectivityException),
        ('other_child', 'base_link', 0.0, tf2_ros.ConnectivityException),
        ('', 'odom', 1.0, tf2_ros.InvalidArgumentException),
        ('/odom', 'base_link', 1.0, tf2_ros.InvalidArgumentException),
    ],
)
def test_what_cannot_be_known_is_refused(
    robot: Robot, target: str, source: str, seconds: float, error: type[Exception]
) -> None:
    robot.fix('other_root', 'other_child', np.eye(4))
    robot.move('map', 'single', np.eye(4), 1.0)
    assert issubclass(error, tf2_ros.TransformException)
    with pytest.raises(error):
        robot.buffer.lookup_transform(target, source, at(seconds))
    assert not robot.buffer.can_transform(target, source, at(seconds))


def test_what_can_be_known_is_promised(robot: Robot) -> None:
    assert robot.buffer.can_transform('map', 'optical', at(1.2))
    assert robot.buffer.can_transform('map', 'optical', NOW)


def test_a_loop_of_frames_is_refused(robot: Robot) -> None:
    for seconds in (1.0, 2.0):
        robot.move('x', 'y', np.eye(4), seconds)
        robot.move('y', 'x', np.eye(4), seconds)
    with pytest.raises(tf2_ros.TransformException):
        robot.buffer.lookup_transform('map', 'x', at(1.5))


@pytest.mark.parametrize('fault', ['nan', 'nan rotation', 'zero rotation', 'self', 'no name'])
def test_a_bad_transform_is_ignored(robot: Robot, fault: str) -> None:
    bad = stamped('odom', 'base_link', planar(9.0, 9.0, 0.0), 1.5)
    if fault == 'nan':
        bad.transform.translation.x = math.nan
    elif fault == 'zero rotation':
        bad.transform.rotation.w = 0.0
    elif fault == 'nan rotation':
        bad.transform.rotation.w = math.nan
    elif fault == 'self':
        bad.header.frame_id = 'base_link'
    else:
        bad.header.frame_id = ''
    robot.buffer.set_transform(bad, 'test')
    found = robot.buffer.lookup_transform('odom', 'base_link', at(1.5))
    assert_same(found, robot.T_odom_base[1.5])


def test_a_quaternion_is_normalised(robot: Robot) -> None:
    T = planar(1.0, 0.0, 0.5)
    message = stamped('odom', 'base_link', T, 1.5)
    message.transform.rotation.z *= 1.1
    message.transform.rotation.w *= 1.1
    robot.buffer.set_transform(message, 'test')
    assert_same(robot.buffer.lookup_transform('odom', 'base_link', at(1.5)), T)


def test_the_past_is_kept_for_ten_seconds(robot: Robot) -> None:
    for seconds in range(1, 21):
        robot.move('odom', 'base_link', planar(seconds, 0.0, 0.0), seconds)
    assert_same(
        robot.buffer.lookup_transform('odom', 'base_link', at(10.5)), planar(10.5, 0.0, 0.0)
    )
    with pytest.raises(tf2_ros.ExtrapolationException):
        robot.buffer.lookup_transform('odom', 'base_link', at(5.0))


def test_how_long_the_past_is_kept_can_be_chosen(rng: np.random.Generator) -> None:
    buffer = tf2_ros.Buffer(cache_time=Duration(seconds=100.0))
    for seconds in (1.0, 51.0, 91.0):
        buffer.set_transform(stamped('a', 'b', planar(seconds, 0.0, 0.0), seconds), 'test')
    assert_same(buffer.lookup_transform('a', 'b', at(26.0)), planar(26.0, 0.0, 0.0))


def test_clear_forgets_what_moves_and_keeps_what_stands(robot: Robot) -> None:
    robot.buffer.clear()
    with pytest.raises(tf2_ros.ExtrapolationException):
        robot.buffer.lookup_transform('odom', 'base_link', at(1.0))
    with pytest.raises(tf2_ros.TransformException):
        robot.buffer.lookup_transform('odom', 'base_link', NOW)
    assert_same(robot.buffer.lookup_transform('base_link', 'camera', NOW), robot.T_base_camera)
    # Older stamps than before are welcome: time has jumped back.
    robot.move('odom', 'base_link', planar(0.0, 0.0, 0.1), 0.5)
    assert_same(robot.buffer.lookup_transform('odom', 'base_link', at(0.5)), planar(0.0, 0.0, 0.1))


# ---- threads and time


def test_a_timeout_ends_the_wait_for_what_never_comes(robot: Robot) -> None:
    start = time.monotonic()
    assert not robot.buffer.can_transform('map', 'nowhere', at(1.0), Duration(seconds=0.3))
    assert 0.25 < time.monotonic() - start < 1.0
    with pytest.raises(tf2_ros.ExtrapolationException):
        robot.buffer.lookup_transform('odom', 'base_link', at(9.0), Duration(seconds=0.1))


def test_a_lookup_waits_for_a_transform_that_another_thread_brings(robot: Robot) -> None:
    T = planar(2.0, 1.0, 0.0)
    feeder = threading.Timer(0.2, robot.move, ('odom', 'base_link', T, 3.0))
    feeder.start()
    start = time.monotonic()
    found = robot.buffer.lookup_transform('odom', 'base_link', at(3.0), Duration(seconds=5.0))
    assert time.monotonic() - start < 2.0
    feeder.join()
    assert_same(found, T)


def test_lookups_stand_beside_a_thread_that_feeds(robot: Robot) -> None:
    stop = threading.Event()
    robot.move('odom', 'wheel', planar(0.0, 0.0, 0.0), 100.0)
    robot.move('odom', 'wheel', planar(1.0, 0.0, 0.0), 101.0)

    def feed() -> None:
        seconds = 101.0
        while not stop.is_set():
            seconds += 0.01
            robot.move('odom', 'wheel', planar(seconds - 100.0, 0.0, 0.0), seconds)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        for _ in range(300):
            found = robot.buffer.lookup_transform('odom', 'wheel', NOW)
            seconds = stamp(found) / SECOND
            assert abs(found.transform.translation.x - (seconds - 100.0)) < 1e-6
    finally:
        stop.set()
        feeder.join()


# ---- topics

BROADCASTER = """
import sys
import rclpy
from test_tf2_contract import planar, stamped
from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster

rclpy.init()
node = rclpy.create_node('broadcaster')
static = StaticTransformBroadcaster(node)
static.sendTransform(stamped('base_link', 'camera', planar(1.0, 0.0, 0.0), 0.0))
static.sendTransform([stamped('base_link', 'lidar', planar(2.0, 0.0, 0.0), 0.0),
                      stamped('camera', 'optical', planar(3.0, 0.0, 0.0), 0.0)])
moving = TransformBroadcaster(node)
ticks = iter(range(1, 10_000))

def tick():
    seconds = 0.02 * next(ticks)
    moving.sendTransform([stamped('odom', 'base_link', planar(seconds, 0.0, 0.0), seconds),
                          stamped('odom', 'arm', planar(0.0, seconds, 0.0), seconds)])

node.create_timer(0.02, tick)
print('ready', flush=True)
rclpy.spin(node)
"""


@pytest.fixture
def node() -> Iterator[Node]:
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('contract', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    spinner = threading.Thread(target=executor.spin, daemon=True)
    spinner.start()
    yield node
    executor.shutdown()
    spinner.join()
    node.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture
def broadcaster() -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, '-c', BROADCASTER],
        cwd=__file__.rpartition('/')[0],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == 'ready\n'
        yield
        process.kill()


def test_a_listener_hears_another_process(broadcaster: None, node: Node) -> None:
    buffer = tf2_ros.Buffer(node=node)
    listener = tf2_ros.TransformListener(buffer, node)
    wait = Duration(seconds=10.0)
    found = buffer.lookup_transform('odom', 'optical', NOW, wait)
    seconds = stamp(found) / SECOND
    assert seconds > 0.0
    # Later children did not push out earlier ones, though all came before we listened.
    assert_same(found, planar(seconds + 4.0, 0.0, 0.0))
    assert_same(buffer.lookup_transform('base_link', 'lidar', NOW), planar(2.0, 0.0, 0.0))
    # The next one is waited for while the executor's thread goes on feeding.
    soon = at(seconds + 0.5)
    assert_same(
        buffer.lookup_transform('odom', 'base_link', soon, wait),
        planar(seconds + 0.5, 0.0, 0.0),
    )
    assert buffer.can_transform('odom', 'arm', soon, wait)
    listener.unregister()


def test_broadcasters_send_to_the_topics_of_tf(node: Node) -> None:
    heard: dict[str, list[TFMessage]] = {'/tf': [], '/tf_static': []}
    moving = tf2_ros.TransformBroadcaster(node)
    static = tf2_ros.StaticTransformBroadcaster(node)
    static.sendTransform(stamped('map', 'landmark', planar(1.0, 2.0, 0.3), 0.0))
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    node.create_subscription(TFMessage, '/tf', heard['/tf'].append, 10)
    node.create_subscription(TFMessage, '/tf_static', heard['/tf_static'].append, latched)
    deadline = time.monotonic() + 10.0
    while not all(heard.values()) and time.monotonic() < deadline:
        moving.sendTransform(stamped('map', 'odom', planar(1.0, 0.0, 0.0), 7.0))
        time.sleep(0.05)
    (moved,), (stood,) = heard['/tf'][0].transforms, heard['/tf_static'][0].transforms
    assert (moved.header.frame_id, moved.child_frame_id) == ('map', 'odom')
    assert stamp(moved) == 7.0 * SECOND
    assert_same(stood, planar(1.0, 2.0, 0.3))
