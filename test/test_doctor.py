# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The doctor finds real faults: of files, of a camera, of QoS, of frames, of the transport."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from domains import own_domain
from forks import Fork
from geometry_msgs.msg import PoseStamped
from harness import LATCHED, Camera, node_environment, picture
from model_files import CAMERA, ColourNet, write_model
from nav_msgs.msg import OccupancyGrid

from posenet_ros.doctor.camera import Heard, camera
from posenet_ros.doctor.finding import Finding, Level
from posenet_ros.doctor.frames import chain
from posenet_ros.doctor.model import model as examined
from posenet_ros.doctor.software import converter, cuda_found, profile, torch_found
from posenet_ros.geometry import transform
from posenet_ros.messages import camera_info, header, transform_stamped

WELL = Heard(
    topic='/image_raw',
    seconds=2.0,
    publishers=1,
    elsewhere=(),
    pictures=30,
    infos=30,
    size=(640, 480),
    frame_id='camera_optical_frame',
    age_s=0.05,
    camera=CAMERA,
)


@pytest.fixture
def robot() -> Iterator[Camera]:
    with own_domain() as domain:
        robot = Camera(domain)
        yield robot
        robot.close()


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet())


@contextmanager
def at_work(robot: Camera) -> Iterator[None]:
    """A camera at ten pictures a second, and odometry."""
    ended = threading.Event()
    info = camera_info(CAMERA)

    def work() -> None:
        while not ended.wait(0.1):
            stamp = robot.show(picture((90, 90, 90)))
            info.header = header(stamp, 'camera_optical_frame')
            robot.info.publish(info)
            robot.odometry(stamp, np.eye(4))

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ended.set()
    thread.join()


def examine(robot: Camera, *arguments: str, **environment: str) -> tuple[int, str]:
    doctor = Fork(
        'posenet_ros.doctor',
        ['--seconds', '1.5', *arguments],
        {**node_environment(robot.domain), **environment},
    )
    code = doctor.wait(90.0)
    assert 'Traceback' not in doctor.output, doctor.output
    return code, doctor.output


def test_nothing_is_wrong_with_a_robot_that_works(robot: Camera, model: Path) -> None:
    robot.extrinsic()
    with at_work(robot):
        code, said = examine(robot, '--model', str(model))
    assert code == 0, said
    assert "'test room' in frame 'map'" in said
    assert "of 640x480 on '/image_raw'" in said
    assert "leads from 'camera_optical_frame' to 'base_link'" in said
    assert ': 0 faults, 0 notes' in said, said


def test_a_missing_model_a_wrong_topic_and_lost_pictures(robot: Camera) -> None:
    with at_work(robot):
        code, said = examine(
            robot,
            *('--model', 'nowhere.pt', '--image-topic', 'camera/image'),
            FASTRTPS_DEFAULT_PROFILES_FILE='',
        )
    assert code == 1
    assert "nobody publishes pictures on '/camera/image' (pictures elsewhere: /image_raw" in said
    assert "FAULT  model         model file 'nowhere.pt' cannot be used" in said, said
    assert 'FAULT  DDS pictures' in said, said
    lines = said.splitlines()
    bad = [number for number, line in enumerate(lines) if line.startswith(('FAULT', 'note'))]
    assert all('mend:' in lines[number + 1] for number in bad)


def test_a_map_that_is_not_latched_and_a_camera_that_hangs_in_the_air(
    robot: Camera, model: Path
) -> None:
    robot.node.create_publisher(OccupancyGrid, 'map', 1)
    robot.node.create_subscription(PoseStamped, 'relocalizer/pose', lambda message: None, LATCHED)
    robot.tf_static.sendTransform(
        transform_stamped(1, 'mast', 'camera_optical_frame', transform([0, 0, 1], [0, 0, 0, 1]))
    )
    with at_work(robot):
        code, said = examine(robot, '--model', str(model), '--no-drop-test')
    assert code == 1
    assert "'map' of the node robot is not heard: transient local is asked for" in said
    assert "the node robot does not hear 'relocalizer/pose': transient local" in said
    assert "no way from 'camera_optical_frame' to 'base_link': one is below 'mast'" in said
    assert '--child-frame-id mast' in said


# --- what this machine cannot show --------------------------------------------------------------


def level(findings: list[Finding] | Finding) -> Level:
    worst = [Level.FAULT, Level.NOTE, Level.GOOD]
    found = [findings] if isinstance(findings, Finding) else findings
    assert all(bool(finding.mend) == (finding.level is not Level.GOOD) for finding in found)
    return min((finding.level for finding in found), key=worst.index)


@pytest.mark.parametrize(
    ('change', 'expected', 'words'),
    [
        ({}, Level.GOOD, '15.0 pictures a second'),
        ({'pictures': 0}, Level.FAULT, 'no picture came'),
        ({'publishers': 0}, Level.FAULT, 'nobody publishes'),
        ({'pictures': 12}, Level.FAULT, 'the rest is lost'),
        ({'pictures': 4, 'infos': 4}, Level.NOTE, 'max_age'),
        ({'frame_id': ''}, Level.FAULT, 'no frame_id'),
        ({'age_s': 1e6}, Level.FAULT, 'old'),
        ({'camera': None}, Level.NOTE, 'not calibrated'),
        ({'size': (320, 240)}, Level.FAULT, 'is for 640x480'),
    ],
)
def test_what_is_heard_of_a_camera(change: dict, expected: Level, words: str) -> None:
    findings = camera(Heard(**{**WELL.__dict__, **change}))
    assert level(findings) is expected
    assert any(words in finding.what for finding in findings)


def test_what_is_installed() -> None:
    assert level(torch_found('')) is Level.FAULT
    assert level(converter('2.1.0', '_ARRAY_API not found')) is Level.FAULT
    assert converter('2.1.0', '_ARRAY_API not found').mend == "pip install 'numpy<2'"
    assert 'reinstall' in converter('1.26.4', 'no cv_bridge_boost').mend
    assert level(converter('1.26.4', '')) is Level.GOOD
    assert level(cuda_found(False, None, gpu=True)) is Level.NOTE
    assert level(cuda_found(False, None, gpu=False)) is Level.GOOD
    assert level(cuda_found(True, '12.6', gpu=True)) is Level.GOOD
    assert level(profile({'FASTRTPS_DEFAULT_PROFILES_FILE': '/nowhere.xml'})) is Level.FAULT
    assert level(profile({'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'})) is Level.GOOD


def test_a_model_that_nobody_listed(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('POSENET_TRUSTED_MODELS', str(model.with_name('nobody')))
    found = examined(model)
    assert found.level is Level.FAULT
    assert found.mend.startswith(('posenet trust ', 'ros2 run posenet_ros trust '))
    assert str(model) in found.mend


def test_frames() -> None:
    parents = {'base_link': 'odom', 'camera': 'base_link'}
    assert level(chain(parents, 'odom', 'camera', 'odometry')) is Level.GOOD
    assert level(chain(parents, 'odom', 'lens', 'odometry')) is Level.FAULT
    loop = {'base_link': 'camera', 'camera': 'base_link', 'lens': 'mast'}
    assert level(chain(loop, 'base_link', 'lens', 'odometry')) is Level.FAULT
