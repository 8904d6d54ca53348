# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Episodes are the same every time, keep the truth, and odometry notices no kidnap."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from posenet_ros.geometry import distance, inverse
from simulation.drive import KIDNAP_DISTANCE, Floor
from simulation.episodes import FRAME_NS, FRAMES_PER_S, Episode, Moment, Spoilt
from simulation.light import EXPOSURE
from simulation.rig import HEIGHT, MAST_X
from simulation.room import ROBOT_RADIUS
from simulation.rooms import RoomName

KIDNAP = Episode('room:11', (1, 2), frames=50, kidnapped_at=20)


@functools.cache
def floor() -> Floor:
    return Floor.of(RoomName.parse(KIDNAP.room).room())


@functools.cache
def moments(episode: Episode) -> tuple[Moment, ...]:
    return tuple(episode.moments(floor()))


def facts(moment: Moment) -> tuple:
    return tuple(v.tolist() if isinstance(v, np.ndarray) else v for v in vars(moment).values())


def steps(poses: list[np.ndarray]) -> np.ndarray:
    """Metres from frame to frame."""
    return np.array([distance(a, b)[0] for a, b in pairwise(poses)])


def test_the_same_episode_gives_the_same_frames_and_another_seed_others():
    again = [facts(m) for m in KIDNAP.moments(floor())]
    assert again == [facts(m) for m in moments(KIDNAP)]
    other = [facts(m) for m in replace(KIDNAP, seed=(1, 3)).moments(floor())]
    assert not set(map(str, other)) & set(map(str, again))


def test_frames_are_made_when_they_are_asked_for():
    endless = replace(KIDNAP, frames=10**9)
    first = list(islice(endless.moments(floor()), 30))
    assert list(map(facts, first)) == list(map(facts, moments(KIDNAP)[:30]))


def test_stamps_are_ten_a_second_and_never_zero():
    stamps = np.array([m.stamp_ns for m in moments(KIDNAP)])
    assert stamps[0] > 0
    assert set(np.diff(stamps)) == {FRAME_NS}
    assert FRAME_NS * FRAMES_PER_S == 10**9


@pytest.mark.parametrize('stands', [False, True])
def test_a_kidnap_moves_the_robot_and_odometry_does_not_notice(stands):
    frames = moments(replace(KIDNAP, stands=stands))
    true = steps([m.T_map_base for m in frames])
    told = steps([m.T_odom_base for m in frames])
    assert true[19] >= KIDNAP_DISTANCE - 0.1
    assert np.delete(true, 19).max() < 0.07, 'no faster than the robot drives'
    assert told.max() < 0.08
    turned = [distance(a.T_map_base, b.T_map_base)[1] for a, b in pairwise(frames[20:])]
    assert (max(turned) == 0.0) == (true[20:].max() == 0.0) == stands
    assert (told[20:].max() == 0.0) == stands
    xy = np.array([m.T_map_base[:2, 3] for m in frames])
    assert floor().room.clearance(xy).min() >= ROBOT_RADIUS


def test_the_mast_sways_even_where_the_robot_stands():
    frames = moments(replace(KIDNAP, stands=True))[20:]
    heights = [m.T_base_camera[2, 3] for m in frames]
    assert len(set(heights)) == len(heights)
    assert min(heights) >= HEIGHT[0]
    assert max(heights) <= HEIGHT[1]
    np.testing.assert_allclose(
        inverse(frames[0].T_map_base) @ frames[0].T_map_camera, frames[0].T_base_camera, atol=1e-12
    )
    assert frames[0].T_base_camera[0, 3] == MAST_X


def test_a_robot_that_looks_around_sees_every_heading_before_it_drives():
    frames = moments(Episode('room:11', (6,), frames=120, looks_around=True))
    place = frames[0].T_map_base[:2, 3]
    turning = [m for m in frames if np.array_equal(m.T_map_base[:2, 3], place)]
    headings = [np.arctan2(m.T_map_base[1, 0], m.T_map_base[0, 0]) for m in turning]
    turned = np.unwrap(headings) - headings[0]
    assert turned.max() > 2.0 * np.pi - np.radians(5.0)
    assert len(turning) < len(frames)


def test_without_a_kidnap_odometry_drifts_but_little():
    frames = moments(Episode('room:11', (5,), frames=200))
    true = inverse(frames[0].T_map_base) @ frames[-1].T_map_base
    told = inverse(frames[0].T_odom_base) @ frames[-1].T_odom_base
    assert steps([m.T_map_base for m in frames]).sum() > 1.0
    assert 0.0 < distance(true, told)[0] < 0.5


def test_a_tenth_of_the_frames_is_spoilt_in_any_of_the_ways():
    frames = moments(replace(KIDNAP, frames=1000, kidnapped_at=0, stands=True))
    counts = Counter(m.spoilt for m in frames)
    assert set(counts) == set(Spoilt)
    assert 60 <= 1000 - counts[Spoilt.none] <= 140
    exposures = {m.spoilt: m.light.exposure for m in frames}
    assert exposures[Spoilt.dark] < 0.1 * EXPOSURE[1]
    assert exposures[Spoilt.covered] >= EXPOSURE[0]


@pytest.mark.parametrize('spoilt', [s for s in Spoilt if s is not Spoilt.none])
def test_an_episode_can_be_spoilt_throughout(spoilt):
    episode = replace(KIDNAP, frames=5, spoilt=spoilt)
    assert {m.spoilt for m in moments(episode)} == {spoilt}
    clean = moments(replace(KIDNAP, frames=5))
    for a, b in zip(moments(episode), clean, strict=True):
        np.testing.assert_array_equal(a.T_map_camera, b.T_map_camera)
