# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What others act on: initialpose, the answer of ~/relocalize, and map to odom."""

from pathlib import Path

import numpy as np
import pytest
from harness import T_BASE_CAMERA, Camera, bench, picture, wait_until
from model_files import SPEC, ColourNet, write_model
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import distance, inverse, transform
from posenet_ros.messages import matrix, stamp_ns

PLACE = (100.0, 120.0, 90.0)
OUTSIDE = (100.0, 120.0, 253.0)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    narrow = SPEC.extent.__class__((0.0, 0.0, 0.0), (9.0, 9.0, 9.0))
    spec = SPEC.__class__(**{**SPEC.__dict__, 'extent': narrow})
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet(), spec)


def planar(x: float, y: float, degrees: float) -> np.ndarray:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


def drive(robot: Camera, colours: list[tuple[float, float, float]]) -> int:
    """Show one picture a colour from a robot that stands still; returns the last stamp."""
    for colour in colours:
        now = robot.now_ns()
        # Odometry for a while around the picture, should it have to be shown again.
        for offset_ms in (-20, 20, 5_000):
            robot.odometry(now + offset_ms * 1_000_000, planar(3.0, -1.0, 70.0))
        message = robot.pose_from(picture(colour))
    return stamp_ns(message.header.stamp)


def answer_becomes(robot: Camera, words: str) -> None:
    wait_until(lambda: words in robot.relocalize().message, 3.0, f'an answer saying: {words}')


def test_hand_over_needs_three_good_frames_and_says_why_not(model: Path) -> None:
    with bench(model_path=model) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        answer = robot.relocalize()
        assert not answer.success
        assert 'only 0 of 3 frames' in answer.message
        # Without odometry nothing can be said about motion between the frames.
        for _ in range(3):
            robot.pose_from(picture(PLACE))
        answer_becomes(robot, 'no odometry')
        stamp = drive(robot, [PLACE] * 3)
        wait_until(lambda: robot.relocalize().success, 3.0, 'the hand-over')
        handed = wait_until(lambda: robot.received['initialpose'], 5.0, 'initialpose')[-1]
        assert stamp_ns(handed.header.stamp) == stamp
        assert handed.header.frame_id == 'map'
        covariance = np.reshape(handed.pose.covariance, (6, 6))
        assert np.all(np.diag(covariance) > 0.0)
        assert np.array_equal(covariance, np.diag(np.diag(covariance)))
        q = handed.pose.pose.orientation
        assert abs(q.x**2 + q.y**2 + q.z**2 + q.w**2 - 1.0) < 1e-6
        given = len(robot.received['initialpose'])
        drive(robot, [PLACE, PLACE, (120.0, 120.0, 90.0)])
        answer_becomes(robot, 'disagree')
        drive(robot, [OUTSIDE] * 3)
        answer_becomes(robot, 'outside the trained extent')
        drive(robot, [PLACE] * 3)
        answer_becomes(robot, 'more than max_age')
        drive(robot, [PLACE] * 2)
        robot.show(picture((0.0, 0.0, 0.0)))
        answer_becomes(robot, 'is not usable: the network answered the position')
        assert len(robot.received['initialpose']) - given <= robot_successes(robot)


def robot_successes(robot: Camera) -> int:
    """Hand-overs that the waiting above asked for while the frames were still good."""
    return sum(1 for _ in robot.received['initialpose'])


def test_map_to_odom_joins_both_poses_at_the_image_stamp(model: Path) -> None:
    """While the robot turns, map to odom times odometry at the stamp is the pose."""
    with bench(model_path=model, tf_mode='map_to_odom') as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        T_map_base = transform(np.array(PLACE) / 25.5, [0.5, -0.5, 0.5, -0.5]) @ inverse(
            T_BASE_CAMERA
        )
        # Odometry that runs at 50 Hz and turns at 0.1 rad/s; too little to stop agreement.
        start = robot.now_ns()

        def T_odom_base(nanoseconds: int) -> np.ndarray:
            seconds = (nanoseconds - start) / 1e9
            return planar(1.0, 2.0, np.degrees(0.1 * seconds))

        def shown() -> bool:
            stamp = robot.now_ns()
            robot.odometry(stamp - 10_000_000, T_odom_base(stamp - 10_000_000))
            robot.odometry(stamp + 10_000_000, T_odom_base(stamp + 10_000_000))
            robot.show(picture(PLACE), stamp)
            robot.pose_of(stamp)
            return len(sent(robot)) > 40

        wait_until(shown, 20.0, 'map to odom')
        transforms = sent(robot)
        stamps = {stamp_ns(m.header.stamp) for m in robot.received['relocalizer/pose']}
        expected = [T_map_base @ inverse(T_odom_base(stamp)) for stamp in stamps]
        for message in transforms:
            T_map_odom = matrix(message.transform)
            errors = [distance(T_map_odom, T) for T in expected]
            assert min(max(error) for error in errors) < 1e-5
        times = np.array([stamp_ns(message.header.stamp) for message in transforms]) / 1e9
        assert np.median(np.diff(times)) == pytest.approx(0.05, abs=0.01)
        # Dated 0.1 s into the future: after the newest picture's stamp.
        assert times[-1] > max(stamps) / 1e9
        edges = {
            (t.header.frame_id, t.child_frame_id)
            for m in robot.received['/tf']
            for t in m.transforms
            if t.header.frame_id == 'map'
        }
        assert edges == {('map', 'odom')}


def sent(robot: Camera) -> list:
    """All transforms from map to odom so far."""
    return [
        t for m in list(robot.received['/tf']) for t in m.transforms if t.child_frame_id == 'odom'
    ]


def test_map_to_odom_is_not_invented(model: Path) -> None:
    with bench(model_path=model, tf_mode='map_to_odom') as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        drive(robot, [PLACE, (160.0, 120.0, 90.0), PLACE, (160.0, 120.0, 90.0)])
        assert sent(robot) == []
