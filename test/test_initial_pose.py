# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever pose is handed over, AMCL's own rules take it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from posenet_ros.floor_plan import FloorPlan
from posenet_ros.geometry import distance, transform
from posenet_ros.initial_pose import InitialPose, planar_pose, spatial_pose
from posenet_ros.messages import initial_pose
from simulation.amcl_rules import PoseMessage, refusal
from simulation.localizer_node import plain

REACH = 100.0
GOOD = PoseMessage('map', 1, (1.0, 2.0, 0.0), (0.0, 0.0, 0.6, 0.8), (0.1,) * 36)

positions = arrays(np.float64, 3, elements=st.floats(-REACH, REACH))
rotation_vectors = arrays(np.float64, 3, elements=st.floats(-4.0, 4.0))
roots = arrays(np.float64, (6, 6), elements=st.floats(-3.0, 3.0))


def message(pose: InitialPose) -> PoseMessage:
    return plain(initial_pose(1, 'map', pose))


@given(positions, rotation_vectors, roots)
def test_amcl_takes_every_pose(position: np.ndarray, rotvec: np.ndarray, root: np.ndarray) -> None:
    T_map_base = transform(position, Rotation.from_rotvec(rotvec).as_quat())
    covariance = root @ root.T
    whole = spatial_pose(T_map_base, covariance)
    assert refusal(message(whole), 'map', REACH) == ''
    metres, angle = distance(transform(whole.position, whole.q_xyzw), T_map_base)
    assert metres < 1e-9
    assert angle < 1e-6
    if np.hypot(*T_map_base[:2, 0]) > 1e-6:
        assert refusal(message(planar_pose(T_map_base, covariance)), 'map', REACH) == ''


@pytest.mark.parametrize('degrees', [0.0, 90.0, 180.0, -135.0])
def test_planar_keeps_place_and_heading_and_drops_the_rest(degrees: float) -> None:
    tilted = Rotation.from_euler('ZYX', [degrees, 12.0, -7.0], degrees=True)
    T_map_base = transform([1.0, -2.0, 0.3], tilted.as_quat())
    pose = planar_pose(T_map_base, np.diag([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    assert pose.position == pytest.approx([1.0, -2.0, 0.0])
    assert list(pose.variances) == [1.0, 2.0, 0.0, 0.0, 0.0, 6.0]
    heading = Rotation.from_quat(pose.q_xyzw).as_euler('ZYX', degrees=True)
    assert np.cos(np.radians(heading[0] - degrees)) == pytest.approx(1.0)
    assert heading[1:] == pytest.approx([0.0, 0.0])


def test_a_robot_that_looks_up_has_no_heading() -> None:
    upwards = transform([0.0] * 3, Rotation.from_euler('y', -90.0, degrees=True).as_quat())
    with pytest.raises(ValueError, match='no heading on the floor'):
        planar_pose(upwards, np.eye(6))


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'frame_id': 'odom'}, 'its frame'),
        ({'stamp_ns': 0}, 'no stamp'),
        ({'covariance': (0.1,) * 35}, 'too few'),
        ({'position': (np.nan, 0.0, 0.0)}, 'not finite'),
        ({'q_xyzw': (0.0, 0.0, 0.6, 0.8001)}, 'unit length'),
        ({'covariance': (0.1,) * 35 + (-1e-12,)}, 'negative'),
        ({'covariance': (0.1,) * 35 + (2e9,)}, 'huge'),
        ({'position': (0.0, -REACH - 1.0, 0.0)}, 'beyond the map'),
    ],
)
def test_the_rules_know_what_amcl_refuses(changes: dict[str, object], words: str) -> None:
    assert refusal(GOOD, 'map', REACH) == ''
    assert words in refusal(PoseMessage(**{**GOOD.__dict__, **changes}), 'map', REACH)


def test_floor_plan_says_where_no_robot_can_stand() -> None:
    cells = np.zeros((20, 30), np.int8)
    cells[4, 10], cells[5, 10] = 100, -1
    turned = transform([2.0, 1.0, 0.0], Rotation.from_euler('z', 90.0, degrees=True).as_quat())
    plan = FloorPlan(cells, 0.1, turned)

    def in_map(column: float, row: float) -> np.ndarray:
        return (turned @ [column * 0.1, row * 0.1, 0.0, 1.0])[:3]

    assert plan.conflict(in_map(3.5, 4.5)) == ''
    assert 'occupied (100 of 100)' in plan.conflict(in_map(10.5, 4.5))
    assert 'unknown to the occupancy grid' in plan.conflict(in_map(10.5, 5.5))
    assert 'outside the occupancy grid of 3.0 x 2.0 m' in plan.conflict(in_map(-0.5, 4.5))
    assert 'outside' in plan.conflict(in_map(29.5, 20.5))
