# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The service ~/relocalize: it waits, is joined, ends when it must; what initialpose carries."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from driving import T_map_base_seeing, driving
from geometry_msgs.msg import PoseWithCovarianceStamped
from harness import LATCHED, Camera, Relocalizer, bench, picture, wait_until
from lifecycle_msgs.msg import Transition
from model_files import SPEC, ColourNet, write_model
from nav_msgs.msg import OccupancyGrid
from rclpy.task import Future
from std_srvs.srv import Trigger

from posenet_ros.geometry import inverse
from posenet_ros.messages import header, pose_stamped, pose_with_covariance, stamp_ns
from simulation.amcl_rules import refusal
from simulation.localizer_node import plain

PLACE = np.array([4.0, 5.0, 3.0])
TIMEOUT_S = 3.0


@pytest.fixture(scope='module')
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relocalizer, Camera]]:
    spec = SPEC.__class__(**{**SPEC.__dict__, 'coverage': ((4.0, 5.0, 3.0), (4.5, 5.0, 3.0))})
    model = write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet(), spec)
    with bench(
        model_path=model,
        relocalize_timeout=TIMEOUT_S,
        planar=True,
        initialpose_profile='slam_toolbox',
        tf_timeout=2.0,
        max_age=2.0,
        initialpose_repeats=1,
    ) as (node, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        robot.listen(KeyValue, 'relocalizer/state', LATCHED)
        yield node, robot
        for message in robot.received['initialpose']:
            assert refusal(plain(message), 'map', 100.0) == ''


class Call:
    """A call of ~/relocalize that goes on beside the test."""

    def __init__(self, robot: Camera) -> None:
        self._robot = robot
        self._client = robot.node.create_client(Trigger, 'relocalizer/relocalize')
        assert self._client.wait_for_service(10.0)
        self.began = time.monotonic()
        self._future: Future = self._client.call_async(Trigger.Request())

    @property
    def done(self) -> bool:
        return bool(self._future.done())

    def answer(self, timeout_s: float = 20.0) -> Any:
        wait_until(lambda: self.done, timeout_s, 'the answer of ~/relocalize')
        self._robot.node.destroy_client(self._client)
        return self._future.result()


def state(robot: Camera) -> tuple[str, str]:
    last = robot.received['relocalizer/state'][-1]
    return last.key, last.value


def handed(robot: Camera) -> int:
    return len(robot.received['initialpose'])


def forget(robot: Camera) -> None:
    """Let the node begin anew."""
    assert robot.change_state(Transition.TRANSITION_DEACTIVATE)
    assert robot.change_state(Transition.TRANSITION_ACTIVATE)
    robot.wait_until_connected()


def test_a_search_waits_for_frames_and_callers_share_its_answer(robot: Camera) -> None:
    before = handed(robot)
    first = Call(robot)
    time.sleep(0.3)
    second = Call(robot)
    # The executor that both wait for goes on answering others.
    assert robot.state() == 'active'
    assert not first.done
    assert not second.done
    with driving(robot, PLACE) as drive:
        answer = first.answer()
        assert answer.success, answer.message
        assert 'published the pose at' in answer.message
        assert second.answer().message == answer.message
    wait_until(lambda: handed(robot) > before, 5.0, 'initialpose')
    assert handed(robot) == before + 1
    told = robot.received['initialpose'][-1]
    position, q = told.pose.pose.position, told.pose.pose.orientation
    truth = drive.truth(stamp_ns(told.header.stamp))
    assert np.hypot(position.x - truth[0, 3], position.y - truth[1, 3]) < 0.1
    assert (position.z, q.x, q.y) == (0.0, 0.0, 0.0)
    variances = np.diag(np.reshape(told.pose.covariance, (6, 6)))
    assert list(variances > 0.0) == [True, True, False, False, False, True]
    late: list[Any] = []
    robot.node.create_subscription(KeyValue, 'relocalizer/state', late.append, LATCHED)
    wait_until(lambda: late, 5.0, 'the latched state')
    assert late[0].key == 'localized'
    wait_until(lambda: robot.diagnostic_value('initial poses') == '1', 5.0, 'the diagnostics')
    assert robot.diagnostic_value('state') == 'localized'


def test_nothing_found_is_answered_with_false_and_the_reason_in_time(robot: Camera) -> None:
    forget(robot)
    before = handed(robot)
    call = Call(robot)
    answer = call.answer()
    assert not answer.success
    assert 'searching: only 0 of the 8 frames needed' in answer.message
    assert time.monotonic() - call.began >= TIMEOUT_S
    assert handed(robot) == before


def test_deactivation_answers_at_once(robot: Camera) -> None:
    call = Call(robot)
    time.sleep(0.3)
    forget(robot)
    answer = call.answer()
    assert not answer.success
    assert 'the node was stopped' in answer.message
    wait_until(lambda: 'the node was stopped' in state(robot)[1], 5.0, 'the state')
    assert state(robot)[0] == 'searching'


def test_a_jump_of_time_answers_at_once(robot: Camera) -> None:
    robot.pose_from(picture((100.0, 120.0, 90.0)))
    call = Call(robot)
    time.sleep(0.3)
    robot.show(picture((100.0, 120.0, 90.0)), robot.now_ns() - 60 * 10**9)
    answer = call.answer()
    assert not answer.success
    assert 'the stamps of the pictures jumped' in answer.message
    forget(robot)


def test_odometry_that_comes_late_is_waited_for_and_poses_are_not(robot: Camera) -> None:
    """Frames of a moving robot agree only with the odometry that comes after all of them."""

    def localized_late() -> bool:
        forget(robot)
        robot.odometry(robot.now_ns() - 1, np.eye(4))  # Somebody publishes odometry.
        places = [PLACE + np.array([0.3 * i, 0.0, 0.0]) for i in range(7)]
        stamps = []
        for place in places:
            stamps.append(robot.show(picture(tuple(np.round(place * 25.5)))))
            robot.pose_of(stamps[-1])
            time.sleep(0.05)
        for place, stamp in zip(places, stamps, strict=True):
            robot.odometry(stamp, inverse(T_map_base_seeing(PLACE)) @ T_map_base_seeing(place))
        time.sleep(0.3)
        return state(robot)[0] == 'localized' and '7 of the last 7 frames' in state(robot)[1]

    wait_until(localized_late, 20.0, 'seven frames to agree after their odometry came')


def grid(robot: Camera, value: int, frame_id: str = 'map') -> OccupancyGrid:
    """A map of 20 x 20 m about the origin, of cells of one kind but where the model was taught."""
    cells = np.full((40, 40), value, np.int8)
    cells[30, 28:30] = 0
    message = OccupancyGrid(header=header(robot.now_ns(), frame_id))
    message.info.resolution = 0.5
    message.info.width = message.info.height = 40
    message.info.origin.position.x = message.info.origin.position.y = -10.0
    message.data = cells.ravel().tolist()
    return message


def test_a_place_where_no_robot_can_stand_is_not_handed_over(
    robot: Camera, node: Relocalizer
) -> None:
    server = robot.node.create_publisher(OccupancyGrid, 'map', LATCHED)
    forget(robot)
    before = handed(robot)
    with driving(robot, PLACE, reach_m=0.2):
        # The camera is on taught ground, the base half a metre beside it is not.
        server.publish(grid(robot, -1))
        call = Call(robot)
        wait_until(lambda: 'not handed over: (' in state(robot)[1], 5.0, 'the hindrance')
        assert 'is unknown to the occupancy grid' in state(robot)[1]
        assert not call.answer().success
        server.publish(grid(robot, 0, 'other'))
        wait_until(lambda: 'nothing is handed over: map is in' in state(robot)[1], 5.0, 'the hold')
        answer = Call(robot).answer()
        assert "map is in the frame 'other', the model was taught in 'map'" in answer.message
        assert handed(robot) == before
        server.publish(grid(robot, 0))
        assert Call(robot).answer().success
        broken = grid(robot, 0)
        broken.info.width = 39
        server.publish(broken)
        node.wait_for_line('map has 1600 cells for 39 x 40', 5.0)
    robot.node.destroy_publisher(server)


def test_a_localizer_that_does_not_follow_is_told_again_and_then_reported(
    robot: Camera, node: Relocalizer
) -> None:
    forget(robot)
    stubborn = robot.node.create_publisher(PoseWithCovarianceStamped, 'amcl_pose', 10)

    def speak() -> None:
        T_elsewhere = T_map_base_seeing(PLACE + np.array([3.0, 0.0, 0.0]))
        stubborn.publish(
            pose_with_covariance(pose_stamped(robot.now_ns(), 'map', T_elsewhere), np.eye(6))
        )

    with driving(robot, PLACE):
        timer = robot.node.create_timer(0.1, speak)
        before = handed(robot)
        assert Call(robot).answer().success
        node.wait_for_line('not confirmed after 2 messages on initialpose: amcl_pose is', 20.0)
        assert handed(robot) == before + 2

        def warned() -> bool:
            status = robot.diagnostics()
            return bool(status) and status.level == DiagnosticStatus.WARN

        wait_until(warned, 5.0, 'the warning')
        assert 'not confirmed' in robot.diagnostics().message
        robot.node.destroy_timer(timer)
    robot.node.destroy_publisher(stubborn)


def test_an_interrupt_answers_who_still_waits(robot: Camera, node: Relocalizer) -> None:
    forget(robot)
    call = Call(robot)
    time.sleep(0.3)
    assert node.stop() < 3.0
    answer = call.answer(5.0)
    assert not answer.success
    assert 'the node was stopped' in answer.message
