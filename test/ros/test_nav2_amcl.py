# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real nav2_amcl: told its place by the node, it finds itself, and again after a kidnap."""

from pathlib import Path

import pytest
from ament_index_python.packages import PackageNotFoundError, get_package_prefix
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from harness import LATCHED, Camera, wait_until
from launching import robot, ros2, ros2_launch
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from std_srvs.srv import Trigger

from posenet_ros.geometry import distance
from posenet_ros.messages import pose_matrix, stamp_ns
from simulation.amcl_rules import refusal
from simulation.localizer_node import plain

try:
    get_package_prefix('nav2_amcl')
except PackageNotFoundError:
    pytest.skip('nav2_amcl is not installed', allow_module_level=True)

SETTINGS = Path(__file__).parent / 'nav2_amcl.yaml'
NEAR_M, NEAR_RAD = 0.5, 0.175
# After the robot drives on: AMCL looks at a scan when it has moved a little.
WITHIN_S = 30.0


def ask(robot: Camera, service: type, name: str, request: object) -> object:
    client = robot.node.create_client(service, name)
    assert client.wait_for_service(60.0), f'nobody offers {name}'
    future = client.call_async(request)
    answer = wait_until(future.result, 60.0, f'the answer of {name}')
    assert answer.success
    return answer


def activate_amcl(robot: Camera) -> None:
    for number in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
        request = ChangeState.Request(transition=Transition(id=number))
        ask(robot, ChangeState, 'amcl/change_state', request)


def errors_since(robot: Camera, since_ns: int) -> list[tuple[float, float]]:
    """Metres and radians between AMCL and the truth at the stamps that both know."""
    truths = {stamp_ns(m.header.stamp): m.pose for m in list(robot.received['ground_truth'])}
    beliefs = {stamp_ns(m.header.stamp): m.pose.pose for m in list(robot.received['amcl_pose'])}
    shared = sorted(stamp for stamp in truths.keys() & beliefs.keys() if stamp > since_ns)
    return [distance(pose_matrix(beliefs[s]), pose_matrix(truths[s])) for s in shared]


def is_right(robot: Camera, since_ns: int) -> bool:
    """Whether AMCL's newest pose since then is near the truth."""
    errors = errors_since(robot, since_ns)
    return bool(errors) and errors[-1][0] < NEAR_M and errors[-1][1] < NEAR_RAD


def test_amcl_finds_itself_and_again_after_each_kidnap() -> None:
    amcl = ('run', 'nav2_amcl', 'amcl', '--ros-args', '--params-file', str(SETTINGS))
    node = ('relocalize.launch.py', 'mode:=continuous', 'device:=cpu')
    with ros2('run', 'posenet_ros', 'simulator'), ros2(*amcl), robot() as listener:
        listener.listen(PoseStamped, 'ground_truth')
        listener.listen(PoseWithCovarianceStamped, 'amcl_pose', LATCHED)
        activate_amcl(listener)
        with ros2_launch(*node):
            wait_until(lambda: is_right(listener, 0), 60.0 + WITHIN_S, 'AMCL at the right place')
            for _ in range(3):
                kidnapped_ns = listener.now_ns()
                ask(listener, Trigger, 'simulator/kidnap', Trigger.Request())
                wait_until(
                    lambda since=kidnapped_ns: is_right(listener, since),
                    WITHIN_S,
                    'AMCL at the place where the robot was set down',
                )
        told = [plain(message) for message in listener.received['initialpose']]
    assert len(told) >= 4
    assert [refusal(message, 'map', 100.0) for message in told] == [''] * len(told)
