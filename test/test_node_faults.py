# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Each bad input is refused with one sentence, counted, and the next good frame is used."""

import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from harness import CAMERA_FRAME, Camera, Relocalizer, bench, picture, wait_until
from model_files import ColourNet, write_model
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image

from posenet_ros.messages import stamp, stamp_ns

GOOD = (100.0, 120.0, 90.0)
MS = 1_000_000


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet())


@pytest.fixture(scope='module')
def pair(model: Path) -> Iterator[tuple[Relocalizer, Camera]]:
    with bench(model_path=model, tf_timeout=0.05, relocalize_timeout=0.0) as (node, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        robot.pose_from(picture(GOOD))
        yield node, robot


def changed(**fields: object) -> Image:
    message = picture(GOOD)
    for name, value in fields.items():
        setattr(message, name, value)
    return message


def from_frame(frame_id: str) -> Image:
    message = picture(GOOD)
    message.header.frame_id = frame_id
    return message


BAD_PICTURES = [
    ('image', "encoding 'rgb9' is unknown", changed(encoding='rgb9')),
    ('image', 'picture of 0x480 pixels', changed(width=0)),
    ('image', 'picture of 640x0 pixels', changed(height=0)),
    ('image', 'step 640 is too small', changed(step=640)),
    ('image', 'picture data of 1000 bytes', changed(data=array('B', bytes(1000)))),
    ('image', 'picture data of 0 bytes', changed(data=array('B'))),
    ('image', "encoding '16UC1' is unknown or says nothing", changed(encoding='16UC1')),
    (
        'image',
        "encoding 'yuv422_yuy2' cannot be converted",
        changed(encoding='yuv422_yuy2', width=1, height=1, step=2, data=array('B', bytes(2))),
    ),
    ('prediction', 'answered the position [nan', picture((0.0, 0.0, 0.0))),
    ('prediction', 'answered a quaternion of length 0', picture((255.0, 255.0, 255.0))),
    ('transform', "no transform from 'nowhere' to 'base_link'", from_frame('nowhere')),
]


@pytest.mark.parametrize(('kind', 'words', 'message'), BAD_PICTURES, ids=lambda v: str(v)[:28])
def test_bad_picture(robot: Camera, kind: str, words: str, message: Image) -> None:
    counted = robot.diagnostic_value(f'refused: {kind}')
    poses = len(robot.received['relocalizer/pose'])

    def refused() -> bool:
        robot.show(message)
        time.sleep(0.5)
        more = robot.diagnostic_value(f'refused: {kind}') not in ('', counted)
        return more and words in robot.diagnostic_value('last refusal')

    wait_until(refused, 10.0, f'the refusal of kind {kind} saying: {words}')
    status = robot.diagnostics()
    assert status is not None
    assert status.level == b'\x01'
    assert len(robot.received['relocalizer/pose']) == poses
    robot.pose_from(picture(GOOD))


def test_picture_without_stamp(robot: Camera) -> None:
    robot.show(picture(GOOD), 0)
    refused(robot, 'picture without a stamp')
    robot.pose_from(picture(GOOD))


def refused(robot: Camera, words: str) -> None:
    wait_until(
        lambda: words in robot.diagnostic_value('last refusal'), 5.0, f'the refusal: {words}'
    )


def test_sentences_are_throttled(robot: Camera, node: Relocalizer) -> None:
    def warnings() -> int:
        return node.output.count("encoding 'throttle' is unknown")

    def twenty_refused() -> bool:
        robot.show(changed(encoding='throttle'))
        return int(robot.diagnostic_value('refused: image') or 0) >= before + 20

    before = int(robot.diagnostic_value('refused: image') or 0)
    wait_until(twenty_refused, 10.0, 'twenty refusals')
    assert warnings() <= 3


def test_one_older_picture_is_out_of_order(robot: Camera) -> None:
    stamp = stamp_ns(robot.pose_from(picture(GOOD)).header.stamp)
    poses = len(robot.received['relocalizer/pose'])
    robot.show(picture(GOOD), stamp - 300 * MS)
    refused(robot, 'out of order, 300.0 ms older')
    assert len(robot.received['relocalizer/pose']) == poses
    robot.pose_from(picture(GOOD))


def jump(robot: Camera, node: Relocalizer, show: Callable[[int], int]) -> None:
    lines = node.output.count('the stamps of the pictures jumped')
    for i in range(3):
        robot.odometry(robot.now_ns(), np.eye(4))
        robot.pose_from(picture(GOOD))
        del i
    newest = max(stamp_ns(m.header.stamp) for m in robot.received['relocalizer/pose'])
    used = show(newest)
    # The picture after the jump is used, and what was known before it is forgotten.
    robot.pose_of(used)
    assert node.output.count('the stamps of the pictures jumped') == lines + 1
    answer = robot.relocalize()
    assert not answer.success
    assert 'searching since the stamps of the pictures jumped' in answer.message


def test_a_larger_step_back_is_a_time_jump(robot: Camera, node: Relocalizer) -> None:
    jump(robot, node, lambda newest: robot.show(picture(GOOD), newest - 60_000 * MS))


def test_three_older_pictures_in_a_row_are_a_time_jump(robot: Camera, node: Relocalizer) -> None:
    def three_older(newest: int) -> int:
        for i in range(3):
            stamp = robot.show(picture(GOOD), newest - (500 - 50 * i) * MS)
            if i < 2:
                refused(robot, f'{500 - 50 * i}.0 ms older')
        return stamp

    # Stamps must be newer than those of the test before.
    robot.pose_from(picture(GOOD))
    jump(robot, node, three_older)


def test_corrupt_jpeg(model: Path) -> None:
    with bench(model_path=model, image_transport='compressed') as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        for data in (b'', b'\xff\xd8\xff\xe0 not a picture'):
            robot.show(CompressedImage(format='jpeg', data=array('B', data)))
            refused(robot, f'compressed picture of {len(data)} bytes cannot be decoded')


def test_camera_that_does_not_fit_is_refused_when_asked(model: Path) -> None:
    from sensor_msgs.msg import CameraInfo

    narrow = CameraInfo(width=640, height=480, distortion_model='plumb_bob')
    narrow.k = [900.0, 0.0, 320.0, 0.0, 900.0, 240.0, 0.0, 0.0, 1.0]
    with bench(model_path=model, on_camera_mismatch='refuse') as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()

        def refused_for_its_view() -> bool:
            robot.info.publish(narrow)
            robot.show(picture(GOOD))
            return 'wider view' in robot.diagnostic_value('last refusal')

        wait_until(refused_for_its_view, 10.0, 'the refusal of the narrow camera')


def test_missing_extrinsic_is_named_until_it_comes(model: Path) -> None:
    with bench(model_path=model) as (node, robot):
        robot.wait_until_connected()
        robot.show(picture(GOOD))
        refused(robot, f"no transform from '{CAMERA_FRAME}' to 'base_link'")
        robot.extrinsic()
        wait_until(
            lambda: robot.show(picture(GOOD)) and robot.received['relocalizer/pose'],
            5.0,
            'a pose after the extrinsic came',
        )
        assert node.poll() is None


def test_the_clocks_own_jump_starts_over(model: Path) -> None:
    """Simulated time that goes back clears what belongs to the run before."""
    with bench(model_path=model, use_sim_time=True, relocalize_timeout=0.0) as (node, robot):
        clock = robot.node.create_publisher(Clock, '/clock', 10)
        robot.extrinsic()
        robot.wait_until_connected()

        def at(second: float) -> int:
            nanoseconds = int(second * 1e9)
            clock.publish(Clock(clock=stamp(nanoseconds)))
            robot.odometry(nanoseconds, np.eye(4))
            robot.show(picture(GOOD), nanoseconds)
            time.sleep(0.05)
            return nanoseconds

        seconds = iter(np.arange(1000.0, 1020.0, 0.1))
        wait_until(
            lambda: at(next(seconds)) and len(robot.received['relocalizer/pose']) >= 5,
            10.0,
            'poses in simulated time',
        )
        before = node.output.count('the clock jumped: transforms')
        clock.publish(Clock(clock=stamp(int(5e9))))
        wait_until(
            lambda: node.output.count('the clock jumped: transforms') == before + 1,
            5.0,
            'the line of the jump',
        )
        assert 'searching since the clock jumped' in robot.relocalize().message
        robot.extrinsic()
        poses = len(robot.received['relocalizer/pose'])
        again = iter(np.arange(5.1, 25.0, 0.1))
        wait_until(
            lambda: at(next(again)) and len(robot.received['relocalizer/pose']) > poses,
            10.0,
            'a pose after the jump',
        )
        assert 'out of order' not in robot.diagnostic_value('last refusal')
