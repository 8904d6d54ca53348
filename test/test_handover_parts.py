# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts between a decision and a hand-over, without ROS: order, waiting, rate, agreement."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.confirmation import PATIENCE_S, Confirmation, Step
from posenet_ros.estimates import Estimate, Handover, Refused
from posenet_ros.floor_plan import FloorPlan
from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array, distance, inverse, transform
from posenet_ros.initial_pose import carried, planar_pose, spatial_pose
from posenet_ros.late_odometry import LateOdometry
from posenet_ros.place_map import PlaceMap
from posenet_ros.rules import Cap
from posenet_ros.search import Answer, Search
from posenet_ros.states import State
from posenet_ros.trust import Decision
from posenet_ros.watch import Watch
from simulation.amcl import Belief
from simulation.amcl_rules import PoseMessage, refusal

S = 10**9
PATIENCE = 0.1


def planar(x: float, y: float, degrees: float) -> Array:
    return transform([x, y, 0.0], Rotation.from_euler('z', degrees, degrees=True).as_quat())


def frame(number: int, kind: str) -> Estimate | Refused:
    if kind == 'refused':
        return Refused(number, Doubt('image', 'broken'))
    return Estimate(number, np.eye(4), np.eye(6), None)


# Each frame: its kind, when it comes, and when odometry reaches its stamp, if ever.
frames = st.lists(
    st.tuples(
        st.sampled_from(['pose', 'refused']),
        st.floats(0.0, 0.2),
        st.one_of(st.none(), st.floats(0.0, 0.5)),
    ),
    max_size=12,
)


@given(frames, st.lists(st.floats(0.0, 3.0), max_size=30))
def test_frames_wait_in_order_and_none_is_lost_or_waits_too_long(
    plan: list[tuple[str, float, float | None]], looks: list[float]
) -> None:
    comes = np.cumsum([gap for _, gap, _ in plan])
    late = LateOdometry()
    taken: list[tuple[int, float]] = []
    now = 0.0

    def odometry(stamp_ns: int) -> Array | None:
        delay = plan[stamp_ns][2]
        reached = delay is not None and now >= comes[stamp_ns] + delay
        return np.eye(4) if reached else None

    events = sorted([(t, i) for i, t in enumerate(comes)] + [(t, -1) for t in [*looks, 10.0]])
    for now, number in events:
        if number >= 0:
            late.put(frame(number, plan[number][0]), 0, now)
            continue
        for waiting in late.ready(odometry, now, PATIENCE):
            stamp = waiting.frame.stamp_ns
            taken.append((stamp, now))
            if isinstance(waiting.frame, Estimate):
                assert (waiting.frame.T_odom_base is None) == (odometry(stamp) is None)
                waited = now - waiting.since_s
                assert waiting.frame.T_odom_base is not None or waited >= PATIENCE
    assert [number for number, _ in taken] == list(range(len(plan)))


def test_nothing_waits_after_clear_or_without_patience() -> None:
    late = LateOdometry()
    late.put(frame(1, 'pose'), 7, 0.0)
    assert list(late.ready(lambda stamp: None, 0.05, PATIENCE)) == []
    [waiting] = late.ready(lambda stamp: None, 0.05, 0.0)
    assert (waiting.era, waiting.frame.stamp_ns) == (7, 1)
    late.put(frame(2, 'pose'), 7, 0.0)
    late.clear()
    assert list(late.ready(lambda stamp: np.eye(4), 9.0, PATIENCE)) == []


def test_who_joins_a_search_gets_its_answer_at_its_time() -> None:
    search, first, second = Search(), [], []
    assert not search.overdue(1e9)
    search.join(first.append, 5.0)
    search.join(second.append, 50.0)
    assert search.active
    assert not search.overdue(4.9)
    assert search.overdue(5.0)
    answer = Answer(False, 'nothing was found')
    search.end(answer)
    assert first == second == [answer]
    assert not search.active
    search.end(Answer(True, 'too late'))
    assert len(first) == 1
    search.join(first.append, 60.0)
    assert not search.overdue(59.0)


def decision(state: State, new: bool = False) -> Decision:
    return Decision(state, '', None, new)


NEW, SAME = decision(State.LOCALIZED, True), decision(State.LOCALIZED)
LOST = decision(State.SUSPECT)


def test_news_are_told_once_and_kept_for_the_time_after_the_cool_down() -> None:
    watch = Watch(5.0)
    watch.see(SAME)
    assert not watch.due(0)
    watch.see(NEW)
    watch.see(SAME)
    assert watch.due(0)
    watch.told(10 * S)
    assert not watch.due(100 * S)
    watch.see(NEW)
    assert not watch.due(int(14.9 * S))
    assert watch.due(15 * S)
    watch.see(LOST)
    watch.see(SAME)
    assert not watch.due(20 * S)
    watch.told(20 * S)
    watch.reset()
    watch.see(NEW)
    assert watch.due(1 * S)


@given(st.lists(st.tuples(st.sampled_from([NEW, SAME, LOST]), st.floats(0.0, 3.0)), max_size=40))
def test_never_two_tellings_within_the_cool_down(steps: list[tuple[Decision, float]]) -> None:
    watch, now, told = Watch(5.0), 0.0, []
    for seen, seconds in steps:
        now += seconds
        watch.see(seen)
        if watch.due(round(now * S)):
            watch.told(round(now * S))
            told.append(now)
    assert all(b - a > 5.0 - 1e-6 for a, b in pairwise(told))


CAP = Cap(0.5, float(np.radians(10.0)))
PLACE = Handover(5 * S, planar(1.0, 2.0, 30.0), np.eye(6), planar(7.0, -3.0, 80.0))
DRIVEN = planar(0.4, 0.1, 25.0)


def confirmation(repeats: int) -> Confirmation:
    following = Confirmation(CAP, repeats)
    following.told(PLACE, 100.0)
    return following


def test_a_pose_that_follows_confirms_after_odometry() -> None:
    following = confirmation(2)
    moved = PLACE.T_odom_base @ DRIVEN
    following.heard(6 * S, PLACE.T_map_base @ DRIVEN @ planar(0.3, 0.0, 5.0), moved)
    assert not following.waits
    assert following.sentence.startswith('confirmed: amcl_pose is 0.30 m and 5 deg')
    assert following.next_step(1000.0, True) is Step.NOTHING


@pytest.mark.parametrize(
    'off', [planar(0.6, 0.0, 0.0), planar(0.0, 0.0, 11.0)], ids=['away', 'turned']
)
def test_one_that_does_not_is_repeated_so_often_and_then_given_up(off: Array) -> None:
    following = confirmation(2)
    now = 100.0
    for _ in range(2):
        # What was believed before says nothing, and neither does a quick contradiction.
        following.heard(PLACE.stamp_ns, PLACE.T_map_base, PLACE.T_odom_base)
        following.heard(6 * S, PLACE.T_map_base @ off, PLACE.T_odom_base)
        assert following.next_step(now + 0.9 * PATIENCE_S, True) is Step.NOTHING
        now += PATIENCE_S
        assert following.next_step(now, True) is Step.REPEAT
        following.repeated(PLACE, now)
    following.heard(6 * S, PLACE.T_map_base @ off, PLACE.T_odom_base)
    assert following.next_step(now + PATIENCE_S, True) is Step.GIVE_UP
    assert following.given_up
    assert 'not confirmed after 3 messages on initialpose: amcl_pose is' in following.sentence
    following.told(PLACE, now)
    assert not following.given_up
    assert following.next_step(now + PATIENCE_S, True) is Step.REPEAT


def test_a_repetition_that_cannot_be_made_is_not_waited_for_without_end() -> None:
    following = confirmation(2)
    now = 100.0
    for _ in range(2):
        now += PATIENCE_S
        assert following.next_step(now, True) is Step.REPEAT
        following.missed(now)
        assert following.next_step(now + 0.9 * PATIENCE_S, True) is Step.NOTHING
    assert following.next_step(now + PATIENCE_S, True) is Step.GIVE_UP
    assert 'not confirmed after 1 message on initialpose' in following.sentence


def test_silence_is_no_confirmation_but_without_a_publisher_nobody_is_waited_for() -> None:
    following = confirmation(0)
    assert following.next_step(100.0 + PATIENCE_S, True) is Step.GIVE_UP
    assert 'amcl_pose has said nothing since' in following.sentence
    alone = confirmation(3)
    assert alone.next_step(100.0 + PATIENCE_S, False) is Step.NOTHING
    assert alone.sentence == 'nobody publishes amcl_pose'
    assert not alone.waits


def test_telling_again_before_it_is_confirmed_is_one_of_the_repetitions() -> None:
    following = confirmation(1)
    following.told(PLACE, 101.0)
    assert following.next_step(101.0 + PATIENCE_S, True) is Step.GIVE_UP
    following.forget()
    assert (following.sentence, following.given_up) == ('', False)


def test_a_place_of_a_standing_robot_is_compared_without_odometry() -> None:
    following = Confirmation(CAP, 0)
    assert not following.by_odometry
    following.told(Handover(5 * S, PLACE.T_map_base, np.eye(6), None), 100.0)
    assert not following.by_odometry
    following.heard(6 * S, PLACE.T_map_base, None)
    assert not following.waits
    assert confirmation(0).by_odometry


coordinates = st.floats(-20.0, 20.0)
angles = st.floats(-180.0, 180.0)
poses = st.builds(planar, coordinates, coordinates, angles)


@given(poses, poses, poses, st.booleans())
def test_carried_places_pass_amcls_rules_and_lead_a_localizer_to_the_same_place(
    T_map_base: Array, T_odom_base: Array, T_odom_now: Array, flat: bool
) -> None:
    place = Handover(5 * S, T_map_base, np.diag([0.1, 0.2, 0.3, 0.01, 0.02, 0.03]), T_odom_base)
    now = carried(place, 6 * S, T_odom_now)
    assert now.stamp_ns == 6 * S
    told = (planar_pose if flat else spatial_pose)(now.T_map_base, now.covariance)
    message = PoseMessage(
        'map', now.stamp_ns, told.position, told.q_xyzw, told.covariance.ravel().tolist()
    )
    assert refusal(message, 'map', 100.0) == ''
    belief = Belief(np.eye(4)).told(message, 'map', 100.0, {6 * S: T_odom_now}.get)
    metres, angle = distance(belief.T_map_odom, T_map_base @ inverse(T_odom_base))
    # One more unit of length far from the origin of odometry, by what an angle loses.
    assert metres < 1e-5
    assert angle < 1e-6


def test_a_place_without_odometry_stays() -> None:
    place = Handover(5 * S, np.eye(4), np.eye(6), None)
    assert carried(place, 6 * S, planar(1.0, 2.0, 3.0)) is place


def floor(free: slice) -> PlaceMap:
    cells = np.full((10, 10), 100, np.int8)
    cells[:, free] = 0
    return PlaceMap('map', FloorPlan(cells, 1.0, np.eye(4)))


def test_the_map_that_was_taught_has_the_training_positions_on_free_ground() -> None:
    positions = np.array([[x + 0.5, 5.5, 1.0] for x in range(10)])
    assert floor(slice(0, 10)).mismatch('map', positions) == ''
    assert floor(slice(0, 8)).mismatch('map', positions) == ''
    assert '3 of 10 training positions' in floor(slice(0, 7)).mismatch('map', positions)
    assert floor(slice(0, 0)).mismatch('map', np.empty((0, 3))) == ''
    assert "map is in the frame 'map', the model was taught in 'hall'" in floor(
        slice(0, 10)
    ).mismatch('hall', positions)
