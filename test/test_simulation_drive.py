# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Drives through a room: free of obstacles, through all headings, with drifting odometry."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace

import numpy as np
import pytest

from simulation import drive, odometry, rig
from simulation.drive import Floor, Robot
from simulation.light import EXPOSURE
from simulation.odometry import Odometry
from simulation.room import ROBOT_RADIUS, Room
from simulation.sway import LightSway, MastSway
from simulation.world import World, advanced, kidnapped

DT = 1.0 / 50.0


@functools.cache
def floor() -> Floor:
    return Floor.of(Room.from_seed())


@functools.cache
def long_drive() -> tuple[World, ...]:
    rng = np.random.default_rng(3)
    worlds = [World.begin(floor(), rng)]
    for _ in range(int(240.0 / DT)):
        worlds.append(advanced(worlds[-1], floor(), DT, rng))
    return tuple(worlds)


def poses() -> np.ndarray:
    return np.array([(w.robot.x, w.robot.y, w.robot.yaw) for w in long_drive()])


def test_the_robot_never_comes_nearer_to_an_obstacle_than_its_radius():
    assert floor().room.clearance(poses()[:, :2]).min() >= ROBOT_RADIUS


def test_the_robot_keeps_within_its_speeds_and_gets_about():
    steps = np.diff(poses(), axis=0)
    speeds = np.hypot(steps[:, 0], steps[:, 1]) / DT
    turns = np.abs((steps[:, 2] + np.pi) % (2 * np.pi) - np.pi) / DT
    assert speeds.max() <= drive.SPEED[1] + 1e-9
    assert turns.max() <= drive.TURN_RATE + 1e-9
    assert speeds.mean() > 0.12
    assert np.all(np.ptp(poses()[:, :2], axis=0) > (4.0, 3.0))


def test_the_robot_turns_through_all_headings():
    counts, _ = np.histogram(poses()[:, 2], 36, (-np.pi, np.pi))
    assert counts.min() > 20


def test_the_same_seed_gives_the_same_drive():
    rng = np.random.default_rng(3)
    world = World.begin(floor(), rng)
    for expected in long_drive()[1:300]:
        world = advanced(world, floor(), DT, rng)
        assert world == expected


def test_odometry_drifts_slowly_but_surely():
    first, last = long_drive()[0], long_drive()[-1]
    T_map_odom_first = first.T_map_base @ np.linalg.inv(first.T_odom_base)
    drift = np.linalg.inv(T_map_odom_first @ last.T_odom_base) @ last.T_map_base
    assert 0.03 < np.linalg.norm(drift[:3, 3]) < 5.0
    soon = long_drive()[int(2.0 / DT)]
    error = np.linalg.inv(T_map_odom_first @ soon.T_odom_base) @ soon.T_map_base
    assert np.linalg.norm(error[:3, 3]) < 0.1


def test_odometry_without_noise_is_the_true_motion():
    class Silent:
        def standard_normal(self, size: int) -> np.ndarray:
            return np.zeros(size)

    before, after = Robot(0.0, 0.0, 0.5), Robot(0.02 * np.cos(0.6), 0.02 * np.sin(0.6), 0.7)
    moved = odometry.follow(Odometry(yaw=0.5), before, after, Silent())
    assert (moved.x, moved.y) == pytest.approx((after.x, after.y))
    assert moved.yaw == pytest.approx(0.7)


def test_odometry_noise_has_the_stated_size():
    rng = np.random.default_rng(0)
    before = Robot(0.0, 0.0, 0.0)
    ends = []
    for _ in range(400):
        told = Odometry()
        for step in range(25):
            here, there = replace(before, x=0.04 * step), replace(before, x=0.04 * (step + 1))
            told = odometry.follow(told, here, there, rng)
        ends.append((told.x, told.yaw))
    spread = np.std(ends, axis=0)
    assert spread[0] == pytest.approx(odometry.DISTANCE_NOISE, rel=0.15)
    assert spread[1] == pytest.approx(odometry.TURN_NOISE_PER_METRE, rel=0.15)


def test_a_kidnapped_robot_is_elsewhere_and_odometry_notices_nothing():
    rng = np.random.default_rng(5)
    world = long_drive()[500]
    for _ in range(50):
        moved = kidnapped(world, floor(), rng)
        shift = np.linalg.norm(moved.T_map_base[:2, 3] - world.T_map_base[:2, 3])
        assert shift >= drive.KIDNAP_DISTANCE
        assert moved.odometry == world.odometry
        assert moved.time_s == world.time_s
        assert floor().room.clearance(moved.T_map_base[None, :2, 3])[0] >= ROBOT_RADIUS
    later = advanced(moved, floor(), 0.1, rng)
    jump = np.linalg.norm(later.T_odom_base[:2, 3] - world.T_odom_base[:2, 3])
    assert jump < 0.1


def test_a_long_step_equals_short_ones_in_time_and_stays_clear():
    rng = np.random.default_rng(9)
    world = advanced(World.begin(floor(), rng), floor(), 30.0, rng)
    assert world.time_s == 30.0
    assert floor().room.clearance(world.T_map_base[None, :2, 3])[0] >= ROBOT_RADIUS
    assert advanced(world, floor(), 0.0, rng) == world


def test_mast_and_light_sway_slowly_through_their_ranges():
    rng = np.random.default_rng(1)
    times = np.arange(0.0, 600.0, 0.1)
    masts = MastSway.random(rng)
    for values, (low, high) in (
        (np.array([masts.at(t).height for t in times]), rig.HEIGHT),
        (np.array([masts.at(t).tilt for t in times]), rig.TILT),
        (np.array([masts.at(t).roll for t in times]), rig.ROLL),
    ):
        assert low <= values.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < values.max() <= high
        assert np.abs(np.diff(values)).max() / 0.1 < 0.5 * (high - low)
    lights = LightSway.random(rng)
    exposures = [lights.at(t, 1.0, 0).exposure for t in times]
    assert EXPOSURE[0] <= min(exposures) < max(exposures) <= EXPOSURE[1]
    assert lights.at(1.0, 0.0, 3) == lights.at(9.0, 0.0, 3)


def test_ways_lead_around_obstacles_to_the_goal():
    planner = floor().planner
    rng = np.random.default_rng(2)
    for _ in range(10):
        start, goal = (drive.place(floor(), rng) for _ in range(2))
        way = planner.plan((start.x, start.y), (goal.x, goal.y))
        assert way[-1] == (goal.x, goal.y)
        for a, b in itertools.pairwise(way):
            assert planner.in_sight(a, b)


def test_a_goal_inside_an_obstacle_is_refused():
    inside = floor().room.furniture[0].footprint.centre
    with pytest.raises(ValueError, match='not on the free floor'):
        floor().planner.plan((0.0, 0.0), inside)
