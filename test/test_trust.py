# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nothing is handed over but by agreement, and a kidnap is noticed by agreement alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trust_samples import (
    HERE,
    THERE,
    at_ns,
    doubted,
    feed,
    localized_at,
    odometry,
    planar,
    refused,
    times,
    vote,
    without_odometry,
)

from posenet_ros.estimates import Estimate, Refused
from posenet_ros.gates import Doubt
from posenet_ros.geometry import distance, inverse
from posenet_ros.rules import Rules
from posenet_ros.states import TABLE, State, Verdict, step
from posenet_ros.trust import Decision, Trust

RULES = Rules()
NEEDED = RULES.agreeing


@pytest.fixture
def trust() -> Trust:
    return Trust(RULES)


def test_the_table_knows_every_case() -> None:
    assert set(TABLE) == {(state, verdict) for state in State for verdict in Verdict}


@given(st.lists(st.sampled_from(Verdict)))
def test_the_table_leads_nowhere_without_agreement(verdicts: list[Verdict]) -> None:
    state = State.SEARCHING
    for verdict in verdicts:
        before, state = state, step(state, verdict)
        agreed = verdict in (Verdict.AGREED, Verdict.HERE, Verdict.ELSEWHERE)
        if state is State.LOCALIZED and before is not State.LOCALIZED:
            assert agreed
        if state is State.SUSPECT and before is not State.SUSPECT:
            assert (before, verdict) == (State.LOCALIZED, Verdict.ELSEWHERE)
        # From one place to another it is never one step.
        if (before, verdict) == (State.SUSPECT, Verdict.ELSEWHERE):
            assert state is State.SEARCHING


def test_enough_frames_of_a_driving_robot_agree(trust: Trust) -> None:
    before = NEEDED - 1
    decisions = feed(trust, [vote(t) for t in times(NEEDED + 3)])
    assert [d.state for d in decisions] == [State.SEARCHING] * before + [State.LOCALIZED] * 4
    assert [d.new for d in decisions] == [False] * before + [True] + [False] * 3
    assert f'only {before} of the {NEEDED} frames needed' in decisions[before - 1].reason
    assert f'{NEEDED} of the last {NEEDED} frames agree' in decisions[before].reason
    for i, decision in enumerate(decisions[before:], before):
        handover = decision.handover
        assert handover is not None
        assert handover.stamp_ns == at_ns(0.1 * i)
        assert handover.T_map_odom is not None
        assert np.allclose(handover.T_map_odom, HERE, atol=1e-9)
        joined = handover.T_map_odom @ odometry(0.1 * i)
        assert np.allclose(joined, handover.T_map_base, atol=1e-9)


def test_a_slow_camera_is_told_what_to_set(trust: Trust) -> None:
    slow = feed(trust, [vote(t) for t in times(20, period=0.25)])
    assert all(decision.handover is None for decision in slow)
    assert slow[-1].reason.endswith('they come 4.0 times a second, set max_age to 2.6 s')
    patient = feed(Trust(Rules(max_age_s=2.6)), [vote(t) for t in times(20, period=0.25)])
    assert patient[-1].handover is not None


def test_frames_of_one_moment_are_one_frame(trust: Trust) -> None:
    """A fast camera on a robot that stands needs the time, one on the move the way."""
    standing = [vote(t, T_odom_base=odometry(0.0)) for t in times(60, period=1 / 60)]
    decisions = feed(trust, standing)
    new = [decision.new for decision in decisions].index(True)
    assert all(decision.handover is None for decision in decisions[:new])
    assert 'they are too much alike, wait or drive on' in decisions[new - 1].reason
    assert standing[new].stamp_ns >= at_ns(RULES.span_s)
    trust.reset('')
    moving = [vote(t, T_odom_base=odometry(2.0 * t)) for t in times(60, period=1 / 60)]
    assert [decision.new for decision in feed(trust, moving)].index(True) < new


def test_the_same_frame_again_and_again_is_no_agreement(trust: Trust) -> None:
    assert all(d.handover is None for d in feed(trust, [vote(0.0)] * 30))


places = st.sampled_from([HERE, THERE, planar(0.0, -3.0, 0.0)])
small = st.tuples(*[st.floats(-0.1, 0.1)] * 3, *[st.floats(-0.03, 0.03)] * 3)
kinds = st.sampled_from(['vote'] * 6 + ['doubted', 'refused', 'without odometry'])
stories = st.lists(
    st.tuples(kinds, places, st.integers(1, 12), st.floats(0.03, 0.3)), min_size=1, max_size=8
)


def told(story: list, noise: list) -> list[Estimate | Refused]:
    """Runs of frames of one kind, at one place and rate, one after the other."""
    frames: list[Estimate | Refused] = []
    seconds = 0.0
    for kind, place, count, period in story:
        for _ in range(count):
            seconds += period
            frame = vote(seconds, place, noise[len(frames) % len(noise)])
            frames.append(
                {
                    'vote': frame,
                    'doubted': doubted(seconds, place),
                    'refused': refused(seconds),
                    'without odometry': without_odometry(frame),
                }[kind]
            )
    return frames


@settings(max_examples=60, deadline=None)
@given(stories, st.lists(small, min_size=1, max_size=7))
def test_whatever_is_handed_over_was_agreed_on(story: list, noise: list) -> None:
    """Counted anew here: trusted, young, alike, half of what was seen, and none of the past."""
    trust = Trust(RULES)
    frames = told(story, noise)
    suspect_from = 0
    before = State.SEARCHING
    for i, frame in enumerate(frames):
        decision = feed(trust, [frame])[0]
        if decision.state is State.SUSPECT is not before:
            suspect_from = i + 1
        before = decision.state
        if decision.handover is None:
            assert not decision.new
            continue
        assert decision.state is State.LOCALIZED
        check(decision, frames[max(suspect_from, i - RULES.window + 1) : i + 1])


def check(decision: Decision, seen: list[Estimate | Refused]) -> None:
    handover = decision.handover
    assert handover is not None
    newest_ns = seen[-1].stamp_ns + 20_000_000
    young = [f for f in seen if newest_ns - f.stamp_ns <= 1e9 * RULES.max_age_s]
    trusted = [f for f in young if isinstance(f, Estimate) and not f.doubts]
    agreeing = 0
    for frame in trusted:
        if handover.T_odom_base is None or frame.T_odom_base is None:
            T_map_base = frame.T_map_base
        else:
            T_map_base = frame.T_map_base @ inverse(frame.T_odom_base) @ handover.T_odom_base
        metres, angle = distance(T_map_base, handover.T_map_base)
        agreeing += metres <= 0.5 + 1e-6 and angle <= np.radians(10.0) + 1e-6
    assert agreeing >= max(NEEDED, 0.5 * len(young))
    covariance = handover.covariance
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance)[0] > 0.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(['refused', 'doubted', 'outlier']), min_size=1, max_size=60))
def test_bad_frames_alone_hand_nothing_over(frames: list[str]) -> None:
    trust = Trust(RULES)
    for i, kind in enumerate(frames):
        t = 0.1 * i
        # Each outlier is somewhere else, doubted frames are all at one place.
        frame = {
            'refused': refused(t),
            'doubted': doubted(t),
            'outlier': vote(t, planar(2.0 * i, 0.0, 0.0)),
        }[kind]
        decision = feed(trust, [frame])[0]
        assert decision.handover is None
        assert decision.state is State.SEARCHING


def test_some_dark_frames_do_not_matter_and_many_do(trust: Trust) -> None:
    some = [refused(t) if i % 3 == 0 else vote(t) for i, t in enumerate(times(12))]
    assert feed(trust, some)[-1].handover is not None
    trust.reset('')
    many = [vote(t) if i % 5 < 2 else doubted(t) for i, t in enumerate(times(60, period=0.05))]
    decisions = feed(trust, many)
    assert all(decision.handover is None for decision in decisions)
    assert 'of the 10 frames needed can be trusted' in decisions[-1].reason
    late = list(enumerate(times(60, 10.0, 0.05)))
    apart = [vote(t, HERE if i % 3 == 0 else planar(2.0 * i, 0.0, 0.0)) for i, t in late]
    decisions = feed(trust, apart)
    assert all(decision.handover is None for decision in decisions)
    assert 'agree within 0.50 m and 10 deg after odometry, 10 are needed' in decisions[-1].reason


def test_frames_that_pass_between_many_doubted_ones_are_no_agreement(trust: Trust) -> None:
    """As where another room has a wall like ours, while it is in view."""
    before = [doubted(t) for t in times(12)]
    assert all(d.handover is None for d in feed(trust, [*before, *map(vote, times(7, 1.2))]))
    reason = trust.decide(at_ns(1.82)).reason
    assert reason.startswith('only 7 of the 10 frames needed can be trusted, mostly because')
    assert feed(trust, [vote(t) for t in times(5, 1.9)])[-1].handover is not None


def test_nothing_is_on_offer_while_the_newest_frame_says_otherwise(trust: Trust) -> None:
    localized_at(HERE, trust)
    away = feed(trust, [vote(1.0, THERE)])[0]
    assert away.state is State.LOCALIZED
    assert away.handover is None
    assert 'the newest frame contradicts 9 before it' in away.reason
    assert feed(trust, [vote(1.1, HERE)])[0].handover is not None


def test_a_kidnap_is_noticed_and_mended(trust: Trust) -> None:
    localized_at(HERE, trust)
    decisions = feed(trust, [vote(t, THERE) for t in times(20, 1.0)])
    states = [decision.state for decision in decisions]
    suspect, searching = states.index(State.SUSPECT), states.index(State.SEARCHING)
    new = [decision.new for decision in decisions].index(True)
    assert 4 <= suspect <= 6
    # What raised the suspicion does not count again.
    assert searching == suspect + NEEDED
    assert new == searching + 1
    assert all(d.handover is None for d in decisions[suspect:new])
    said = decisions[suspect].reason
    assert 'kidnapped? frames agreed on a place' in said
    # Nor do the frames from before make two places of it.
    assert 'since then only 0 of the 8 frames needed can be trusted' in said
    assert '(searching since the robot was moved)' in decisions[searching].reason
    handover = decisions[new].handover
    assert handover is not None
    assert handover.T_map_odom is not None
    assert np.allclose(handover.T_map_odom, THERE, atol=1e-9)
    assert sum(decision.new for decision in decisions) == 1


def test_a_suspicion_that_new_frames_do_not_confirm_is_dropped(trust: Trust) -> None:
    localized_at(HERE, trust)
    there = feed(trust, [vote(t, THERE) for t in times(8, 1.0)])
    assert there[-1].state is State.SUSPECT
    back = feed(trust, [vote(t, HERE) for t in times(8, 1.8)])
    assert back[-1].state is State.LOCALIZED
    assert not any(decision.new for decision in back)


def test_a_dark_room_is_no_kidnap(trust: Trust) -> None:
    localized_at(HERE, trust)
    dark = [refused(t) if i % 2 else doubted(t, THERE) for i, t in enumerate(times(120, 1.0))]
    decisions = feed(trust, dark)
    assert all(decision.state is State.LOCALIZED for decision in decisions)
    assert decisions[-1].handover is None
    assert 'no frames agreed for 12 s, odometry alone is followed' in decisions[-1].reason
    assert 'the picture is dark' in decisions[-1].reason
    assert feed(trust, [vote(t) for t in times(10, 13.0)])[-1].handover is not None


def test_odometry_that_drifts_is_followed_without_a_word(trust: Trust) -> None:
    """A metre and 20 degrees in 50 s: each step is small, the sum would be a kidnap."""
    drifting = [vote(t, HERE @ planar(0.02 * t, 0.0, 0.4 * t)) for t in times(500)]
    decisions = feed(trust, drifting)
    assert all(decision.state is State.LOCALIZED for decision in decisions[NEEDED - 1 :])
    assert sum(decision.new for decision in decisions) == 1
    handover = decisions[-1].handover
    assert handover is not None
    assert distance(handover.T_map_base, drifting[-1].T_map_base)[0] < 0.2


def test_two_places_that_look_the_same_are_not_decided(trust: Trust) -> None:
    both = feed(trust, [vote(t, HERE if i % 2 else THERE) for i, t in enumerate(times(30))])
    assert all(d.handover is None and d.state is State.SEARCHING for d in both)
    rare = [vote(t, THERE if i % 3 == 0 else HERE) for i, t in enumerate(times(30, 3.0))]
    undecided = feed(trust, rare)
    assert all(d.handover is None for d in undecided)
    assert 'cannot decide: the room looks the same from two places' in undecided[-1].reason
    # Old frames speak against a hand-over even when they are too old to speak for one.
    after = feed(trust, [vote(t, HERE) for t in times(25, 6.0)])
    assert after[3].handover is None
    assert after[-1].state is State.LOCALIZED


def test_frames_that_look_like_two_places_are_not_decided(trust: Trust) -> None:
    alike = Doubt('ambiguity', 'the training pictures most like it are apart by 5 m')
    frames = [
        replace(vote(t), doubts=(alike,)) if i else refused(t) for i, t in enumerate(times(9))
    ]
    reason = feed(trust, frames)[-1].reason
    assert reason.startswith('cannot decide: the room looks the same from two places: only 0 of')
    assert reason.endswith('because the training pictures most like it are apart by 5 m')


def test_without_odometry_only_a_standing_robot_is_believed(trust: Trust) -> None:
    standing = [without_odometry(vote(t, T_odom_base=odometry(0.0))) for t in times(20)]
    decisions = feed(trust, standing)
    assert [decision.new for decision in decisions].index(True) == 7
    handover = decisions[-1].handover
    assert handover is not None
    assert handover.T_odom_base is None
    assert handover.T_map_odom is None
    assert 'a kidnap cannot be told from driving' in decisions[-1].reason
    driving = feed(trust, [without_odometry(vote(t)) for t in times(20, 2.0)])
    assert driving[-1].state is State.SEARCHING
    assert driving[-1].handover is None
    assert 'there is no odometry at their stamps' in driving[-1].reason
    assert '(searching since the robot moved without odometry)' in driving[-1].reason


def test_a_robot_whose_odometry_dies_is_lost_when_it_moves_on(trust: Trust) -> None:
    localized_at(HERE, trust)
    going = [without_odometry(vote(t)) for t in times(30, 1.0)]
    decisions = feed(trust, going)
    assert decisions[3].state is State.LOCALIZED, 'a gap of some frames is none'
    assert decisions[-1].state is State.SEARCHING
    assert '(searching since the robot moved without odometry)' in decisions[-1].reason
    standing = [without_odometry(vote(t, T_odom_base=odometry(4.0))) for t in times(20, 4.0)]
    assert sum(decision.new for decision in feed(trust, standing)) == 1


def test_old_and_future_frames_do_not_count(trust: Trust) -> None:
    localized_at(HERE, trust)
    assert trust.decide(at_ns(1.3)).handover is not None
    late = trust.decide(at_ns(2.5))
    assert late.handover is None
    assert 'the newest is 1.60 s old, more than max_age 1.00 s' in late.reason
    early = trust.decide(at_ns(-2.0))
    assert early.handover is None
    assert 'stamped 2.90 s in the future, the clocks' in early.reason
    trust.observe(vote(9.0, THERE), at_ns(1.0))
    handover = trust.observe(vote(1.0), at_ns(1.0)).handover
    assert handover is not None
    assert handover.stamp_ns == at_ns(1.0)


def test_reset_hold_and_release(trust: Trust) -> None:
    localized_at(HERE, trust)
    trust.reset('the clock jumped')
    after = trust.decide(at_ns(1.0))
    assert after.state is State.SEARCHING
    assert 'no frame has been seen (searching since the clock jumped)' in after.reason
    trust.hold('the map is not the one that was taught')
    held = feed(trust, [vote(t) for t in times(10, 1.0)])
    assert all(d.handover is None and d.state is State.SEARCHING for d in held)
    assert held[-1].reason.endswith('the map is not the one that was taught')
    trust.release()
    released = feed(trust, [vote(t) for t in times(NEEDED, 2.0)])
    assert [d.new for d in released] == [False] * (NEEDED - 1) + [True]


def test_what_others_believe_is_watched(trust: Trust) -> None:
    def observe(seconds: list[float], place: np.ndarray, others: np.ndarray) -> list[Decision]:
        return [trust.observe(vote(t, place), at_ns(t), others) for t in seconds]

    # They know already: nothing to tell.
    agreed = observe(times(10), HERE, HERE)
    assert agreed[-1].state is State.LOCALIZED
    assert not any(decision.new for decision in agreed)
    # They go astray: suspected, and told within two seconds.
    astray = observe(times(20, 1.0), HERE, THERE)
    assert State.SUSPECT in [decision.state for decision in astray]
    told_at = [decision.new for decision in astray].index(True)
    # They are given time to follow; while they do not, they are told again.
    waiting = observe(times(100, 3.0), HERE, THERE)
    assert all(d.state is State.LOCALIZED for d in waiting[: told_at - 1])
    assert sum(decision.new for decision in waiting) in (2, 3, 4)
    observe(times(40, 13.0), HERE, HERE)
    assert observe([17.0], HERE, HERE)[0].state is State.LOCALIZED


def test_numbers_that_cannot_work() -> None:
    with pytest.raises(ValueError, match='25 frames of 20'):
        Rules(agreeing=25)
    with pytest.raises(ValueError, match='not positive definite: calibrate the model again'):
        replace(vote(0.0), covariance=np.zeros((6, 6)))
