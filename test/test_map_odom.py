# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is broadcast as map to odom, and who may broadcast it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.estimates import Handover
from posenet_ros.geometry import Array, between, distance, inverse, transform
from posenet_ros.map_odom import MapOdom
from posenet_ros.ownership import WATCH_S, Ownership
from posenet_ros.states import State
from posenet_ros.trust import Decision

S = 1_000_000_000
MS = 1_000_000

numbers = st.floats(-20.0, 20.0)
angles = st.floats(-3.0, 3.0)


@st.composite
def poses(draw: st.DrawFn) -> Array:
    q_xyzw = Rotation.from_euler('zyx', [draw(angles) for _ in range(3)]).as_quat()
    return transform([draw(numbers) for _ in range(3)], q_xyzw)


def planar(x: float, y: float, degrees: float) -> Array:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


def place(T_map_base: Array, T_odom_base: Array | None) -> Decision:
    handover = Handover(0, T_map_base, np.eye(6), T_odom_base)
    return Decision(State.LOCALIZED, 'they agree', handover)


def at(map_odom: MapOdom, now_ns: int) -> Array:
    T_map_odom = map_odom.at(now_ns)
    assert T_map_odom is not None
    return T_map_odom


@given(poses(), poses())
def test_a_share_of_the_way_lies_between(T_a: Array, T_b: Array) -> None:
    assert np.allclose(between(T_a, T_b, 0.0), T_a, atol=1e-9)
    assert np.allclose(between(T_a, T_b, 1.0), T_b, atol=1e-9)
    metres, angle = distance(T_a, T_b)
    middle = distance(T_a, between(T_a, T_b, 0.25))
    assert middle == pytest.approx((0.25 * metres, 0.25 * angle), abs=1e-6)


@given(poses(), poses(), st.integers(0, 5 * S))
def test_a_jump_is_the_accepted_pose_at_once(T_map: Array, T_odom: Array, now_ns: int) -> None:
    map_odom = MapOdom(0.0, 'hold')
    map_odom.follow(place(np.eye(4), np.eye(4)), 0)
    map_odom.follow(place(T_map, T_odom), now_ns)
    assert np.allclose(at(map_odom, now_ns) @ T_odom, T_map, atol=1e-9)


@given(poses(), poses(), poses(), poses())
def test_a_smooth_correction_begins_at_the_old_and_ends_at_the_new(
    T_map_a: Array, T_odom_a: Array, T_map_b: Array, T_odom_b: Array
) -> None:
    map_odom = MapOdom(2.0, 'hold')
    map_odom.follow(place(T_map_a, T_odom_a), 0)
    # Nothing was believed before, so there is nothing to glide from.
    before = at(map_odom, 0)
    assert np.allclose(before @ T_odom_a, T_map_a, atol=1e-9)
    map_odom.follow(place(T_map_b, T_odom_b), 10 * S)
    assert np.allclose(at(map_odom, 10 * S), before, atol=1e-9)
    middle = at(map_odom, 11 * S) @ T_odom_b
    assert np.allclose(middle, between(before @ T_odom_b, T_map_b, 0.5), atol=1e-9)
    assert np.allclose(at(map_odom, 12 * S) @ T_odom_b, T_map_b, atol=1e-9)
    assert np.allclose(at(map_odom, 99 * S) @ T_odom_b, T_map_b, atol=1e-9)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 1500), numbers, numbers, angles), max_size=5))
def test_smooth_corrections_on_top_of_each_other_never_jump(
    steps: list[tuple[int, float, float, float]],
) -> None:
    map_odom = MapOdom(1.0, 'hold')
    map_odom.follow(place(np.eye(4), np.eye(4)), 0)
    now_ns = 0
    for wait_ms, x, y, angle in steps:
        now_ns += wait_ms * MS
        before = at(map_odom, now_ns)
        map_odom.follow(place(planar(x, y, np.degrees(angle)), planar(y, x, 10.0)), now_ns)
        assert np.allclose(at(map_odom, now_ns), before, atol=1e-8)


def test_a_correction_takes_its_time_however_many_follow() -> None:
    """A kidnapped robot's frames correct at the camera's rate; the first must not be put off."""
    map_odom = MapOdom(1.0, 'hold')
    map_odom.follow(place(np.eye(4), np.eye(4)), 0)
    for i in range(11):
        map_odom.follow(place(planar(5.0, 0.0, 0.0), np.eye(4)), 10 * S + i * 100 * MS)
    assert np.allclose(at(map_odom, 11 * S), planar(5.0, 0.0, 0.0), atol=1e-9)


def test_a_robot_far_from_the_origin_of_odometry_glides_straight() -> None:
    T_odom_base = planar(100.0, 0.0, 0.0)
    map_odom = MapOdom(1.0, 'hold')
    map_odom.follow(place(T_odom_base, T_odom_base), 0)
    map_odom.follow(place(T_odom_base @ planar(0.0, 0.0, 90.0), T_odom_base), S)
    for share in (0.2, 0.5, 0.8):
        robot = at(map_odom, S + round(share * S)) @ T_odom_base
        assert np.allclose(robot, T_odom_base @ planar(0.0, 0.0, 90.0 * share), atol=1e-9)


@pytest.mark.parametrize('state', [State.SEARCHING, State.SUSPECT])
def test_lost_trust_holds_or_withdraws(state: State) -> None:
    for when_lost, stays in (('hold', True), ('withdraw', False)):
        map_odom = MapOdom(1.0, when_lost)
        assert map_odom.at(0) is None
        map_odom.follow(place(planar(1.0, 2.0, 30.0), np.eye(4)), 0)
        # A frame that says nothing does not take the place away ...
        map_odom.follow(Decision(State.LOCALIZED, 'too dark'), S)
        assert np.allclose(at(map_odom, S), planar(1.0, 2.0, 30.0))
        # ... lost trust does, when asked to.
        map_odom.follow(Decision(state, 'kidnapped?'), 2 * S)
        assert (map_odom.at(2 * S) is not None) == stays
        # What comes after a pause has nothing to glide from; after `hold` it has.
        map_odom.follow(place(planar(9.0, 2.0, 30.0), np.eye(4)), 3 * S)
        moved = distance(at(map_odom, 3 * S), planar(1.0, 2.0, 30.0))[0]
        assert moved == pytest.approx(0.0 if stays else 8.0, abs=1e-9)
        map_odom.forget()
        assert map_odom.at(4 * S) is None


def test_without_odometry_there_is_nothing_to_broadcast() -> None:
    map_odom = MapOdom(0.0, 'hold')
    map_odom.follow(place(np.eye(4), None), 0)
    assert map_odom.at(0) is None


@given(poses(), poses(), st.floats(0.05, 3.0))
def test_the_latest_odometry_would_turn_the_robot(
    T_map: Array, T_then: Array, turn: float
) -> None:
    """Both factors belong to the picture's stamp: what was turned since then is an error else."""
    map_odom = MapOdom(0.0, 'hold')
    map_odom.follow(place(T_map, T_then), 0)
    assert np.allclose(at(map_odom, S) @ T_then, T_map, atol=1e-9)
    naive = T_map @ inverse(T_then @ planar(0.0, 0.0, np.degrees(turn)))
    assert distance(naive @ T_then, T_map)[1] == pytest.approx(turn, abs=1e-6)


def test_the_edge_is_ours_after_a_moment_of_silence() -> None:
    ownership = Ownership('odom', 100.0)
    assert not ownership.granted(100.0)
    assert not ownership.heard('odom', 'base_link', 5)
    assert ownership.granted(100.0 + WATCH_S)
    ownership.sent('map', 7)
    assert not ownership.heard('map', 'odom', 7)
    assert ownership.granted(200.0)
    assert ownership.conflict == ''


@pytest.mark.parametrize(('parent', 'stamp_ns'), [('map', 8), ('/map', 0), ('world', 7)])
def test_another_publisher_ends_it(parent: str, stamp_ns: int) -> None:
    ownership = Ownership('odom', 100.0)
    ownership.sent('map', 7)
    assert ownership.heard(parent, '/odom', stamp_ns)
    assert not ownership.heard(parent, 'odom', stamp_ns + 1)  # It is said once.
    assert not ownership.granted(200.0)
    name = parent.lstrip('/')
    assert ownership.conflict.startswith(f"another node publishes '{name}' to 'odom'")
    assert 'set tf_mode to estimate or none' in ownership.conflict
