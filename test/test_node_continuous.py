# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Mode continuous, with the small localizer in AMCL's place: who is kidnapped finds back."""

import time
from pathlib import Path

import numpy as np
from driving import Drive, T_map_base_seeing, driving
from geometry_msgs.msg import PoseWithCovarianceStamped
from harness import Camera, Program, bench, wait_until
from model_files import ColourNet, write_model

from posenet_ros.geometry import distance
from posenet_ros.messages import matrix, pose_stamped, pose_with_covariance, stamp_ns
from simulation.amcl_rules import refusal
from simulation.localizer_node import plain

HERE, THERE = np.array([4.0, 5.0, 3.0]), np.array([7.0, 2.0, 3.0])
NEAR_M, WITHIN_S = 0.5, 20.0
COOL_DOWN_S = 1.0


def astray(robot: Camera, drive: Drive) -> float:
    """Metres between where the localizer's TF has the robot now and where it is."""
    sent = (t for m in reversed(robot.received['/tf']) for t in m.transforms)
    belief = next((t for t in sent if t.child_frame_id == 'odom'), None)
    if belief is None:
        return np.inf
    now = robot.now_ns()
    believed = matrix(belief.transform) @ drive.T_odom_base(now)
    return distance(believed, drive.truth(now))[0]


def deaf(robot: Camera) -> None:
    """Let the robot listen to initialpose no longer: nobody else does either."""
    for subscription in list(robot.node.subscriptions):
        if subscription.topic_name == '/initialpose':
            robot.node.destroy_subscription(subscription)


def initial_poses(robot: Camera) -> int:
    """How many the node published, by its own account."""
    return int(robot.diagnostic_value('initial poses') or 0)


def test_the_closed_loop_recovers_by_itself(tmp_path: Path) -> None:
    model = write_model(tmp_path / 'colour.pt', ColourNet())
    settings = {'mode': 'continuous', 'cool_down': COOL_DOWN_S, 'max_age': 2.0, 'tf_timeout': 1.0}
    with bench(model_path=model, **settings) as (node, robot):
        deaf(robot)
        robot.extrinsic()
        robot.wait_until_connected()
        with driving(robot, HERE) as drive:
            wait_until(lambda: robot.diagnostic_value('state') == 'localized', 20.0, 'the place')
            # It is kept until somebody wants to know.
            assert initial_poses(robot) == 0
            localizer = Program('simulation.localizer', robot.domain)
            try:
                finds_and_recovers(robot, drive)
            finally:
                localizer.stop()
    assert 'Traceback' not in localizer.output, localizer.output
    assert 'relocalize:' not in node.output, 'nobody asked'
    assert robot.received['initialpose']
    for message in robot.received['initialpose']:
        assert refusal(plain(message), 'map', 100.0) == ''


def finds_and_recovers(robot: Camera, drive: Drive) -> None:
    wait_until(lambda: astray(robot, drive) < NEAR_M, WITHIN_S, 'the first place')
    robot.listen(PoseWithCovarianceStamped, 'initialpose')

    def confirmed() -> bool:
        return robot.diagnostic_value('confirmation').startswith('confirmed: amcl_pose is')

    wait_until(confirmed, 5.0, 'the confirmation by amcl_pose')
    # What the localizer knows already is not told again.
    told = initial_poses(robot)
    time.sleep(2.0 * COOL_DOWN_S)
    assert initial_poses(robot) == told
    drive.kidnap(THERE)
    assert astray(robot, drive) > 3.0
    wait_until(lambda: astray(robot, drive) < NEAR_M, WITHIN_S, 'the recovery')
    # Somebody misleads the localizer: its map to odom betrays it.
    mislead = robot.node.create_publisher(PoseWithCovarianceStamped, 'initialpose', 1)
    wait_until(lambda: mislead.get_subscription_count() >= 2, 5.0, 'the localizer')
    newest = stamp_ns(robot.received['relocalizer/pose'][-1].header.stamp)
    mislead.publish(
        pose_with_covariance(pose_stamped(newest, 'map', T_map_base_seeing(HERE)), np.eye(6))
    )
    wait_until(lambda: astray(robot, drive) > 3.0, 5.0, 'the localizer to go astray')
    wait_until(lambda: astray(robot, drive) < NEAR_M, WITHIN_S, 'the correction')
