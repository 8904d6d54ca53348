# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of agreement, against cases whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation
from trust_samples import COVARIANCE, HERE, THERE, displaced, odometry, times, vote

from posenet_ros.agreement import (
    Cluster,
    cluster_around,
    errors_between,
    independent_looks,
    most_agreed,
    moved_to_newest,
)
from posenet_ros.estimates import Estimate
from posenet_ros.evidence import weigh
from posenet_ros.geometry import pose_error, transport_covariance
from posenet_ros.rules import Cap, Rules

RULES = Rules()
STANDING = odometry(0.0)


def mean_of(frames: list[Estimate], rules: Rules = RULES) -> Cluster:
    looks = moved_to_newest(frames, rules)
    everyone = np.ones(len(frames), bool)
    seed = most_agreed(looks, everyone, rules.cap, rules)
    return cluster_around(looks, seed, rules.cap, rules)


def standing(error: tuple[float, ...], covariance: np.ndarray = COVARIANCE) -> Estimate:
    return replace(vote(0.0, HERE, error, STANDING), covariance=covariance)


def test_the_mean_of_two_is_halfway() -> None:
    error = (0.1, -0.05, 0.02, 0.0, 0.0, 0.04)
    cluster = mean_of([standing(error), standing(tuple(-value for value in error))])
    assert np.allclose(cluster.T_map_base, HERE @ STANDING, atol=1e-9)


def test_the_mean_weighs_by_the_inverse_covariance() -> None:
    sure, vague = standing((0.0,) * 6), standing((0.2, 0, 0, 0, 0, 0), 4.0 * COVARIANCE)
    T_map_base = mean_of([sure, vague]).T_map_base
    assert T_map_base[0, 3] - (HERE @ STANDING)[0, 3] == pytest.approx(0.2 / 5.0, abs=1e-9)


def test_one_far_frame_leaves_the_mean_alone() -> None:
    near = [standing((0.05 * i, 0, 0, 0, 0, 0)) for i in (-1, 0, 1)]
    cluster = mean_of([*near, standing((0.45, 0.45, 0, 0, 0, 0))])
    assert cluster.members.tolist() == [True, True, True, False]
    assert np.allclose(cluster.T_map_base, HERE @ STANDING, atol=1e-9)


def test_a_standing_robot_learns_nothing_from_more_frames() -> None:
    few = mean_of([vote(t, T_odom_base=STANDING) for t in times(2)]).covariance
    many = mean_of([vote(t, T_odom_base=STANDING) for t in times(20)]).covariance
    assert np.allclose(few, COVARIANCE)
    assert np.allclose(many, COVARIANCE)


def test_a_driving_robot_learns_by_the_way_it_goes() -> None:
    near, far = ([vote(t) for t in times(5, period=period)] for period in (0.1, 0.5))
    looks = [independent_looks(moved_to_newest(f, RULES).motion, RULES) for f in (near, far)]
    assert 1.0 < looks[0] < 2.0 < looks[1] < 5.0
    smaller = np.linalg.eigvalsh(mean_of(near).covariance - mean_of(far).covariance)
    assert smaller[-1] > 0.0


def test_frames_that_differ_more_than_they_claim_widen_the_answer() -> None:
    apart = [standing((side, 0, 0, 0, 0, 0)) for side in (-0.24, 0.24) for _ in range(2)]
    squared = 0.24**2 / COVARIANCE[0, 0]
    assert np.allclose(mean_of(apart).covariance, COVARIANCE * squared / 6.0)


def test_no_covariance_is_wide_enough_for_the_cap() -> None:
    wide = 100.0 * np.eye(6)
    far = [standing((0.6 * i, 0, 0, 0, 0, 0), wide) for i in range(3)]
    assert mean_of(far).members.sum() == 1
    turned = [standing((0, 0, 0, 0, 0, 0.2 * i), wide) for i in range(3)]
    assert mean_of(turned).members.sum() == 1


def test_a_place_between_frames_is_within_the_cap_of_each() -> None:
    cap = Cap(0.5, 0.1)
    frames = [standing((x, 0, 0, 0, 0, 0), 10.0 * np.eye(6)) for x in (0.0, 0.4, 0.8, 5.0)]
    looks = moved_to_newest(frames, RULES)
    seed = most_agreed(looks, np.ones(4, bool), cap, RULES)
    assert seed.look == 1
    assert seed.alike.tolist() == [True, True, True, False]
    assert cluster_around(looks, seed, cap, RULES).members.tolist() == seed.alike.tolist()


def test_a_lever_arm_widens_what_odometry_moves() -> None:
    """A rotation error swings the way gone since, and odometry errs too."""
    frames = [vote(0.0), vote(4.0)]
    exact = replace(RULES, odometry_drift=0.0)
    looks = moved_to_newest(frames, exact)
    assert np.allclose(looks.T_map_base[0], looks.T_map_base[1], atol=1e-12)
    assert np.allclose(looks.covariance[1], COVARIANCE)
    grown = np.trace(looks.covariance[0][:2, :2] - COVARIANCE[:2, :2])
    way = np.linalg.norm(odometry(4.0)[:2, 3])
    assert grown == pytest.approx(COVARIANCE[5, 5] * way**2)
    drifting = moved_to_newest(frames, RULES).covariance - looks.covariance
    assert np.sqrt(drifting[0, 0, 0]) == pytest.approx(0.05 * way)
    assert np.sqrt(drifting[0, 5, 5]) == pytest.approx(0.05 * np.radians(80.0))


matrices = arrays(np.float64, (6, 6), elements=st.floats(-0.2, 0.2))
vectors = arrays(np.float64, 6, elements=st.floats(-0.3, 0.3))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(matrices, vectors), min_size=1, max_size=8))
def test_the_covariance_of_the_mean_is_one(parts: list[tuple[np.ndarray, np.ndarray]]) -> None:
    frames = [
        replace(vote(0.1 * i, HERE, error), covariance=root @ root.T + 1e-4 * np.eye(6))
        for i, (root, error) in enumerate(parts)
    ]
    cluster = mean_of(frames)
    assert cluster.members.any()
    assert np.array_equal(cluster.covariance, cluster.covariance.T)
    assert np.linalg.eigvalsh(cluster.covariance)[0] > 0.0
    rotation = cluster.T_map_base[:3, :3]
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(matrices, matrices, vectors, st.floats(0.1, 10.0))
def test_nobody_agrees_whom_chi_square_would_stop(
    root_a: np.ndarray, root_b: np.ndarray, error: np.ndarray, ratio: float
) -> None:
    a, b = (0.3 * root @ root.T + 1e-3 * np.eye(6) for root in (root_a, root_b))
    looks = moved_to_newest([standing((0.0,) * 6, a), standing(tuple(error), b)], RULES)
    wide = Cap(10.0, 10.0)
    both = np.ones(2, bool)
    squared = error @ np.linalg.solve(a + b, error)
    if most_agreed(looks, both, wide, RULES).alike.all():
        assert squared <= RULES.gate * (1.0 + 1e-6)
    # Covariances that differ by a factor only: at most a third is lost.
    alike = moved_to_newest([standing((0.0,) * 6, a), standing(tuple(error), ratio * a)], RULES)
    squared = error @ np.linalg.solve(a + ratio * a, error)
    if squared * 4.0 / 3.0 <= RULES.gate * (1.0 - 1e-6):
        assert most_agreed(alike, both, wide, RULES).alike.all()


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(12)), st.lists(vectors, min_size=12, max_size=12))
def test_the_order_of_frames_does_not_matter(order: list[int], errors: list[np.ndarray]) -> None:
    frames = [
        vote(0.05 * i, HERE if i % 3 else THERE, 0.5 * error) for i, error in enumerate(errors)
    ]
    now_ns = frames[-1].stamp_ns
    one, other = weigh(frames, now_ns, RULES), weigh([frames[i] for i in order], now_ns, RULES)
    assert one.sentence == other.sentence
    assert (one.place is None) == (other.place is None)
    if one.place is not None and other.place is not None:
        assert np.array_equal(one.place.T_map_base, other.place.T_map_base)
        assert np.array_equal(one.place.covariance, other.place.covariance)


@given(arrays(np.float64, (2, 6), elements=st.floats(-1.7, 1.7)))
def test_errors_are_those_of_geometry(errors: np.ndarray) -> None:
    T_a, T_b = (displaced(np.eye(4), error)[None] for error in errors)
    assert np.allclose(errors_between(T_a, T_b), pose_error(T_a, T_b), atol=1e-7)


@given(arrays(np.float64, 3, elements=st.floats(-1.0, 1.0)).filter(lambda v: v @ v > 0.01))
def test_half_a_turn_is_no_agreement(axis: np.ndarray) -> None:
    turned = np.eye(4)[None].copy()
    turned[0, :3, :3] = Rotation.from_rotvec(np.pi * axis / np.linalg.norm(axis)).as_matrix()
    angle = np.linalg.norm(errors_between(turned, np.eye(4))[0, 3:])
    assert angle == pytest.approx(np.pi, abs=1e-6)


def test_exactly_half_a_turn() -> None:
    turned = np.diag([-1.0, -1.0, 1.0, 1.0])[None]
    assert np.linalg.norm(errors_between(turned, np.eye(4))[0, 3:]) == pytest.approx(np.pi)


def test_many_covariances_move_as_one() -> None:
    frames = [vote(t) for t in times(4)]
    R = np.stack([frame.T_map_base[:3, :3] for frame in frames])
    t = np.arange(12.0).reshape(4, 3)
    together = transport_covariance(np.tile(COVARIANCE, (4, 1, 1)), R, t)
    for i in range(4):
        assert np.allclose(together[i], transport_covariance(COVARIANCE, R[i], t[i]))
