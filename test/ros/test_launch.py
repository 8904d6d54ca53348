# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The launch files, by the real `ros2 launch`, with the package as colcon installed it."""

from pathlib import Path

import pytest
from geometry_msgs.msg import PoseWithCovarianceStamped
from harness import LATCHED, picture, wait_until
from launching import robot, ros2_launch
from model_files import ColourNet, write_model

pytest.importorskip('launch_ros', reason='the real launch of ROS 2 is not installed')

PLACE = (100.0, 120.0, 90.0)


def test_relocalize_with_a_model(tmp_path: Path) -> None:
    model = write_model(tmp_path / 'colour.pt', ColourNet())
    arguments = (f'model_path:={model}', 'device:=cpu')
    with ros2_launch('relocalize.launch.py', *arguments), robot() as camera:
        camera.extrinsic()
        camera.wait_until_connected()
        camera.pose_from(picture(PLACE))
        assert camera.state() == 'active'


def test_relocalize_left_to_a_lifecycle_manager(tmp_path: Path) -> None:
    model = write_model(tmp_path / 'colour.pt', ColourNet())
    arguments = (f'model_path:={model}', 'autostart:=false')
    with ros2_launch('relocalize.launch.py', *arguments), robot() as camera:
        assert camera.state() == 'unconfigured'


def test_namespace_and_image_topic(tmp_path: Path) -> None:
    model = write_model(tmp_path / 'colour.pt', ColourNet())
    arguments = (f'model_path:={model}', 'namespace:=robot1', 'image_topic:=front/image')
    with ros2_launch('relocalize.launch.py', *arguments), robot() as camera:
        topics = {
            '/robot1/relocalizer/pose',
            '/robot1/front/image',
            '/robot1/camera_info',
            '/robot1/tf',
            '/robot1/initialpose',
        }
        wait_until(
            lambda: topics <= {name for name, _ in camera.node.get_topic_names_and_types()},
            40.0,
            f'the topics {sorted(topics)}',
        )


def test_the_demo_finds_its_robot() -> None:
    with ros2_launch('demo.launch.py', 'rviz:=false') as (_, log), robot() as camera:
        wait_until(
            lambda: len(camera.received['relocalizer/pose']) > 20, 60.0, 'poses of the demo'
        )
        # Nothing overrules the parameter file, which names no model.
        assert 'loading the model of the demo room' in log.read_text()
        beliefs = camera.listen(PoseWithCovarianceStamped, 'amcl_pose', LATCHED)
        wait_until(lambda: beliefs, 60.0, 'a localizer that was told where the robot is')
