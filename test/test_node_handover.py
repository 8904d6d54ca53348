# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What others act on: initialpose, the answer of ~/relocalize, and map to odom."""

import time
from pathlib import Path

import numpy as np
import pytest
from harness import T_BASE_CAMERA, Camera, bench, picture, wait_until
from model_files import SPEC, ColourNet, write_model
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import inverse, transform
from posenet_ros.messages import stamp_ns
from posenet_ros.rules import Rules

PLACE = (100.0, 120.0, 90.0)
OUTSIDE = (100.0, 120.0, 253.0)
AWAY = (180.0, 120.0, 90.0)
AT_AWAY = transform(np.array(AWAY) / 25.5, [0.5, -0.5, 0.5, -0.5])


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    narrow = SPEC.extent.__class__((0.0, 0.0, 0.0), (9.0, 9.0, 9.0))
    spec = SPEC.__class__(**{**SPEC.__dict__, 'extent': narrow})
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet(), spec)


def planar(x: float, y: float, degrees: float) -> np.ndarray:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


def look(robot: Camera, colour: tuple[float, float, float]) -> int:
    """Show a picture until its pose comes; returns its stamp."""
    message = robot.pose_from(picture(colour))
    time.sleep(Rules().spacing_s)  # A frame sooner than this after another is left out.
    return stamp_ns(message.header.stamp)


def stand(robot: Camera, *colours: tuple[float, float, float]) -> int:
    """Show a picture of each colour from a robot that stands still; returns the last stamp."""
    for colour in colours:
        now = robot.now_ns()
        # Odometry for a while around the picture, should it have to be shown again.
        for offset_ms in (-20, 20, 5_000):
            robot.odometry(now + offset_ms * 1_000_000, planar(3.0, -1.0, 70.0))
        stamp = look(robot, colour)
    return stamp


def answer_becomes(robot: Camera, words: str) -> None:
    answers: list[str] = []

    def said() -> bool:
        answers.append(robot.relocalize().message)
        return words in answers[-1]

    try:
        wait_until(said, 3.0, f'an answer saying: {words}')
    except AssertionError as error:
        raise AssertionError(f'{error}; it said: {answers[-1]}') from None


def stand_until_localized(robot: Camera, colour: tuple[float, float, float]) -> int:
    """Show the colour until ~/relocalize answers true; returns the last stamp."""
    stamps = []

    def localized() -> bool:
        stamps.append(stand(robot, colour))
        return bool(robot.relocalize().success)

    wait_until(localized, 20.0, 'the hand-over')
    return stamps[-1]


def test_hand_over_needs_agreeing_frames_and_says_why_not(model: Path) -> None:
    with bench(model_path=model, max_age=3.0, relocalize_timeout=0.0) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        answer = robot.relocalize()
        assert not answer.success
        assert 'searching: only 0 of the 8 frames needed' in answer.message
        assert 'no frame has been seen' in answer.message
        for _ in range(6):
            stand(robot, PLACE)
            assert not robot.relocalize().success
        answer_becomes(robot, 'only 6 of the 7 frames needed')
        stamp = stand_until_localized(robot, PLACE)
        handed = wait_until(lambda: robot.received['initialpose'], 5.0, 'initialpose')[-1]
        assert stamp_ns(handed.header.stamp) == stamp
        assert handed.header.frame_id == 'map'
        covariance = np.reshape(handed.pose.covariance, (6, 6))
        assert np.all(np.diag(covariance) > 0.0)
        assert np.array_equal(covariance, np.diag(np.diag(covariance)))
        q = handed.pose.pose.orientation
        assert abs(q.x**2 + q.y**2 + q.z**2 + q.w**2 - 1.0) < 1e-6
        time.sleep(3.0)
        answer_becomes(robot, 'more than max_age')


def test_without_odometry_it_says_what_it_cannot_know(model: Path) -> None:
    with bench(model_path=model, max_age=10.0, relocalize_timeout=0.0) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        for colour in ((60.0 + 10.0 * i, 120.0, 90.0) for i in range(9)):
            look(robot, colour)
        answer_becomes(robot, 'there is no odometry at their stamps')
        assert not robot.relocalize().success
        for _ in range(10):
            look(robot, PLACE)
        wait_until(lambda: robot.relocalize().success, 5.0, 'the hand-over of a standing robot')
        assert robot.received['initialpose']


def test_a_kidnap_is_told_by_the_answer_until_new_frames_agree(model: Path) -> None:
    with bench(model_path=model, max_age=10.0, relocalize_timeout=0.0) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        stand_until_localized(robot, PLACE)
        seen: list[str] = []

        def suspected() -> bool:
            stand(robot, AWAY)
            seen.append(robot.relocalize().message)
            return seen[-1].startswith('suspect: kidnapped? frames agreed on a place 3.14 m')

        wait_until(suspected, 20.0, 'the suspicion')
        assert len(seen) >= 7
        stand_until_localized(robot, AWAY)
        position = robot.received['initialpose'][-1].pose.pose.position
        T_map_base = AT_AWAY @ inverse(T_BASE_CAMERA)
        assert np.allclose([position.x, position.y, position.z], T_map_base[:3, 3], atol=1e-5)


def sent(robot: Camera) -> list:
    """All transforms from map to odom so far."""
    return [
        t for m in list(robot.received['/tf']) for t in m.transforms if t.child_frame_id == 'odom'
    ]


def test_frames_that_do_not_agree_hand_nothing_over(model: Path) -> None:
    at_once = {'tf_mode': 'map_to_odom', 'max_age': 30.0, 'relocalize_timeout': 0.0}
    with bench(model_path=model, **at_once) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        for _ in range(3):
            robot.show(picture((0.0, 0.0, 0.0)))
        answer_becomes(robot, 'the network answered the position')
        stand(robot, *[OUTSIDE] * 6)
        answer_becomes(robot, 'outside the box of the training positions')
        wait_until(lambda: robot.diagnostic_value('doubted: extent') == '6', 5.0, 'the count')
        stand(robot, *[(40.0 + 20.0 * i, 120.0, 90.0) for i in range(8)])
        answer_becomes(robot, 'the frames disagree')
        stand(robot, *[PLACE, AWAY, PLACE] * 7)
        answer_becomes(robot, 'cannot decide: the room looks the same from two places')
        assert not robot.received['initialpose']
        assert sent(robot) == []
