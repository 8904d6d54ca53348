# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the last frames say together at one moment: a place, two places, or why none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TypeGuard

import numpy as np

from posenet_ros.agreement import Mask, cluster_around, most_agreed, moved_to_newest, span
from posenet_ros.estimates import Estimate, Handover, Refused
from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array
from posenet_ros.rules import Rules
from posenet_ros.stamps import NS_PER_S, seconds_between

Frame = Estimate | Refused
AMBIGUITY = 'ambiguity'
TWO_PLACES = 'cannot decide: the room looks the same from two places'
NO_ODOMETRY = (
    'there is no odometry at their stamps, so motion cannot be told from error: only frames of a '
    'robot that stands still can agree, and a kidnap cannot be told from driving'
)


@dataclass(frozen=True)
class Evidence:
    """A sentence for people and, where enough frames agree, the place that they agree on.

    rival   [4, 4] a second place that many frames speak for, None where there is none
    adrift  whether frames go on without odometry: nothing carries an old place on
    """

    sentence: str
    place: Handover | None = None
    rival: Array | None = None
    adrift: bool = False


def weigh(frames: Sequence[Frame], now_ns: int, rules: Rules) -> Evidence:
    """Look for the place that the last frames agree on, at the time of a decision.

    Frames count by their stamps, whatever the order they came in.
    """
    frames = sorted(frames, key=lambda frame: frame.stamp_ns)[-rules.window :]
    # A stamp as far in the future is as wrong: the clocks differ.
    age_ns = round(rules.max_age_s * NS_PER_S)
    past = [frame for frame in frames if frame.stamp_ns <= now_ns + age_ns]
    young = [frame for frame in past if frame.stamp_ns >= now_ns - age_ns]
    return replace(_counted(frames, past, young, now_ns, rules), adrift=_adrift(young, rules))


def _adrift(young: Sequence[Frame], rules: Rules) -> bool:
    placed = [frame for frame in young if isinstance(frame, Estimate)]
    return len(placed) >= rules.agreeing and all(f.T_odom_base is None for f in placed)


def _counted(
    frames: Sequence[Frame],
    past: Sequence[Frame],
    young: Sequence[Frame],
    now_ns: int,
    rules: Rules,
) -> Evidence:
    odometry = any(_votes(frame) and frame.T_odom_base is not None for frame in young)
    votes = [f for f in past if _votes(f) and (f.T_odom_base is not None) == odometry]
    oldest_ns = young[0].stamp_ns if young else now_ns
    young_votes = np.array([vote.stamp_ns >= oldest_ns for vote in votes], bool)
    needed = rules.agreeing if odometry else rules.agreeing_standing
    if young_votes.sum() < needed:
        return Evidence(_too_few(frames, int(young_votes.sum()), needed, now_ns, rules))
    # Where most was doubted a moment ago, a row of frames that pass is no proof.
    least = ceil(rules.share * len(past))
    if len(votes) < least:
        return Evidence(_too_few(frames, len(votes), least, now_ns, rules))
    return _agreement(votes, young_votes, len(young), needed, rules)


def _agreement(
    votes: Sequence[Estimate], young: Mask, young_frames: int, needed: int, rules: Rules
) -> Evidence:
    odometry = votes[-1].T_odom_base is not None
    cap = rules.cap if odometry else rules.cap_standing
    looks = moved_to_newest(votes, rules)
    cluster = cluster_around(looks, most_agreed(looks, young, cap, rules), cap, rules)
    speaking = cluster.members & young
    count = int(speaking.sum())
    if count < max(needed, rules.share * young_frames):
        return Evidence(_disagree(count, young_frames, needed, odometry, rules))
    if not speaking[-1]:
        return Evidence(f'the newest frame contradicts {count} before it: wait for the next ones')
    stamps = [vote.stamp_ns for vote, speaks in zip(votes, speaking, strict=True) if speaks]
    seconds = seconds_between(stamps[0], stamps[-1])
    if seconds < rules.span_s:
        way, turn = span(looks.motion[:, speaking])
        if way < rules.span_position and turn < rules.span_angle:
            return Evidence(
                f'the {count} frames that agree span only {seconds:.2f} s, {way:.2f} m and '
                f'{np.degrees(turn):.1f} deg: they are too much alike, wait or drive on'
            )
    T_odom_base = votes[-1].T_odom_base
    place = Handover(votes[-1].stamp_ns, cluster.T_map_base, cluster.covariance, T_odom_base)
    rivals = ~cluster.members
    if _share_of(rivals, cluster.members) >= rules.rival_share:
        seed = most_agreed(looks, rivals, cap, rules)
        if _share_of(seed.alike, cluster.members) >= rules.rival_share:
            rival = looks.T_map_base[seed.look]
            return Evidence(_two_places(place.T_map_base, rival, count, seed.alike), place, rival)
    return Evidence(_agree(count, young_frames, odometry), place)


def _share_of(others: Mask, members: Mask) -> float:
    return float(others.sum() / (others.sum() + members.sum()))


def _votes(frame: Frame) -> TypeGuard[Estimate]:
    return isinstance(frame, Estimate) and not frame.doubts


def _too_few(frames: Sequence[Frame], count: int, needed: int, now_ns: int, rules: Rules) -> str:
    few = f'only {count} of the {needed} frames needed can be trusted'
    if not frames:
        return f'{few}: no frame has been seen'
    newest = frames[-1]
    age_s = seconds_between(newest.stamp_ns, now_ns)
    if age_s > rules.max_age_s:
        return f'{few}: the newest is {age_s:.2f} s old, more than max_age {rules.max_age_s:.2f} s'
    if -age_s > rules.max_age_s:
        return (
            f'{few}: the newest is stamped {-age_s:.2f} s in the future, the clocks of camera and '
            'node differ'
        )
    doubts = [doubt for frame in frames for doubt in _doubts_of(frame)]
    if not doubts:
        return f'{few}{_slow(frames, needed, rules)}'
    [(often, _)] = Counter(doubt.kind for doubt in doubts).most_common(1)
    last = [doubt.sentence for doubt in doubts if doubt.kind == often][-1]
    if often == AMBIGUITY:
        return f'{TWO_PLACES}: {few} because {last}'
    return f'{few}, mostly because {last}'


def _slow(frames: Sequence[Frame], needed: int, rules: Rules) -> str:
    """What to do where frames come so seldom that there are never enough of them."""
    seconds = seconds_between(frames[0].stamp_ns, frames[-1].stamp_ns)
    if len(frames) < needed or seconds * needed <= rules.max_age_s * len(frames):
        return ''
    rate = (len(frames) - 1) / seconds
    longest_s = 1.5 * needed / rate
    return f': they come {rate:.1f} times a second, set max_age to {longest_s:.1f} s'


def _doubts_of(frame: Frame) -> tuple[Doubt, ...]:
    return (frame.doubt,) if isinstance(frame, Refused) else frame.doubts


def _disagree(count: int, young: int, needed: int, odometry: bool, rules: Rules) -> str:
    cap = rules.cap if odometry else rules.cap_standing
    limit = f'{cap.position:.2f} m and {np.degrees(cap.angle):.0f} deg'
    needed = max(needed, ceil(rules.share * young))
    few = f'the frames disagree: only {count} of {young} agree within {limit}'
    if odometry:
        return f'{few} after odometry, {needed} are needed'
    return f'{few}, {needed} are needed; {NO_ODOMETRY}'


def _two_places(T_map_base: Array, T_rival: Array, count: int, others: Mask) -> str:
    most = f'{count} frames say {_where(T_map_base)}'
    return f'{TWO_PLACES}, {most} and {int(others.sum())} say {_where(T_rival)}'


def _agree(count: int, young: int, odometry: bool) -> str:
    agree = f'{count} of the last {young} frames agree'
    return agree if odometry else f'{agree}; {NO_ODOMETRY}'


def _where(T_map_base: Array) -> str:
    heading = np.degrees(np.arctan2(T_map_base[1, 0], T_map_base[0, 0]))
    return f'({T_map_base[0, 3]:.2f}, {T_map_base[1, 3]:.2f}) m at {heading:.0f} deg'
