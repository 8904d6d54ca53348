# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recording of a robot at work, read back by rosbags, drives the node to the same poses."""

import signal
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from driving import driving
from geometry_msgs.msg import PoseStamped
from harness import LATCHED, NEWEST_ONLY, Camera, Program, bench, wait_until
from model_files import ColourNet, write_model
from rclpy.serialization import deserialize_message
from rosbags.interfaces import QosDurability
from rosbags.rosbag2 import Reader
from sensor_msgs.msg import CompressedImage
from tf2_msgs.msg import TFMessage

from posenet_ros.messages import stamp_ns
from simulation.recording import Recording

PLACE = np.array([4.0, 5.0, 3.0])


def record(model: Path, path: Path) -> None:
    """Record a robot that drives, until forty poses came."""
    with bench(model_path=model) as (_, robot):
        recorder = Program('simulation.recorder', robot.domain, path=path)
        recorder.wait_for_line('recording to')
        robot.extrinsic()
        robot.wait_until_connected()
        # Of node and recorder.
        listeners = partial(robot.node.count_subscribers, 'image_raw')
        wait_until(lambda: listeners() == 2, 20.0, 'two who listen to pictures')
        with driving(robot, PLACE):
            poses = robot.received['relocalizer/pose']
            wait_until(lambda: len(poses) > 40, 60.0, 'forty poses')
        recorder.stop(signal.SIGINT)
        assert recorder.wait(10.0) == 0
        assert 'Traceback' not in recorder.output, recorder.output


def messages_of(path: Path) -> list[tuple[str, int, bytes]]:
    with Reader(path) as reader:
        durable = {
            connection.topic
            for connection in reader.connections
            if connection.ext.offered_qos_profiles[0].durability == QosDurability.TRANSIENT_LOCAL
        }
        assert {'/tf_static', '/map', '/relocalizer/coverage'} <= durable
        return [(connection.topic, ns, data) for connection, ns, data in reader.messages()]


def play(robot: Camera, recorded: list[tuple[str, int, bytes]]) -> None:
    """Publish what went to the node, at the pace at which it was recorded."""
    publishers = {
        '/image_raw/compressed': robot.node.create_publisher(
            CompressedImage, 'image_raw/compressed', NEWEST_ONLY
        ),
        '/tf': robot.node.create_publisher(TFMessage, '/tf', 100),
        '/tf_static': robot.node.create_publisher(TFMessage, '/tf_static', LATCHED),
    }
    robot.wait_until_connected()
    began, first_ns = time.monotonic(), recorded[0][1]
    for topic, ns, data in recorded:
        if topic in publishers:
            time.sleep(max(0.0, began + (ns - first_ns) / 1e9 - time.monotonic()))
            publishers[topic].publish(data)


@pytest.mark.slow
def test_a_recording_drives_the_node(tmp_path: Path) -> None:
    model, path = write_model(tmp_path / 'colour.pt', ColourNet()), tmp_path / 'drive.mcap'
    record(model, path)
    assert [file.name for file in tmp_path.iterdir() if 'drive' in file.name] == ['drive.mcap']
    recorded = messages_of(path)
    before = {}
    for topic, _, data in recorded:
        if topic == '/relocalizer/pose':
            pose = deserialize_message(data, PoseStamped)
            before[stamp_ns(pose.header.stamp)] = pose.pose.position
    with bench(model_path=model, image_transport='compressed') as (_, robot):
        play(robot, recorded)
        poses = robot.received['relocalizer/pose']
        wait_until(lambda: len(poses) > len(before) / 2, 20.0, 'most of the poses again')
        again = {stamp_ns(pose.header.stamp): pose.pose.position for pose in list(poses)}
    both = before.keys() & again.keys()
    assert len(both) > len(before) / 2
    for stamp in both:
        # JPEG changes a colour by a level or two, which are 4 cm each.
        assert abs(again[stamp].x - before[stamp].x) < 0.15
        assert abs(again[stamp].y - before[stamp].y) < 0.15


def test_what_cannot_be_recorded_to_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'must end in \.mcap'):
        Recording(tmp_path / 'demo.bag')
    (tmp_path / 'there.mcap').touch()
    with pytest.raises(ValueError, match='is there already'):
        Recording(tmp_path / 'there.mcap')
    with pytest.raises(ValueError, match='cannot record to'):
        Recording(tmp_path / 'there.mcap' / 'under.mcap')
