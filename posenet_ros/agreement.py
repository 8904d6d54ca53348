# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which frames agree on a place, and their mean on SE(3).

Errors are those of geometry.py: position and rotation vector [6] along the map's axes.  Two
frames agree when the squared Mahalanobis distance of their poses, under the sum of both
covariances, is within the gate.  Errors of consecutive frames are in truth alike, so that the sum
is too wide for their difference: the cap on the distance limits what passes.  A decision comes
with every frame and beside the network: twenty frames must not cost more than half a millisecond,
so that logarithm and exponential are written out here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.estimates import Estimate
from posenet_ros.geometry import MINUS_SKEW, Array, inverse, transport_covariance
from posenet_ros.rules import Cap, Rules

Mask = NDArray[np.bool_]
STEPS, SETTLING_STEPS, CONVERGED = 12, 6, 1e-4
AXES, ONES = np.arange(6), np.ones(3)
# Squared distance that nine of ten frames keep: up to there a frame has its full weight (Huber).
FULL_WEIGHT = 10.64
# A rotation [9] @ SINE_COSINE + OFFSET is the axis times the sine of the angle, and the cosine;
# where the sine is none, a trace of it gives the half turn an axis.
SINE_COSINE, OFFSET = np.zeros((9, 4)), np.array([1e-150, 0.0, 0.0, -0.5])
SINE_COSINE[[7, 2, 3], [0, 1, 2]] = 0.5
SINE_COSINE[[5, 6, 1], [0, 1, 2]] = -0.5
SINE_COSINE[[0, 4, 8], 3] = 0.5


@dataclass(frozen=True)
class Looks:
    """Frames moved by odometry to the stamp of the newest: poses [N, 4, 4] of the base there,
    their covariances [N, 6, 6] and the inverses, and where odometry was at each frame [N, 4, 4].
    """

    T_map_base: Array
    covariance: Array
    information: Array
    T_odom_base: Array


@dataclass(frozen=True)
class Seed:
    """A look to begin with: which it is, whom [N] it agrees with, their errors [N, 6] to it."""

    look: int
    alike: Mask
    errors: Array


@dataclass(frozen=True)
class Cluster:
    """Looks that agree: which [N], and the mean of their poses [4, 4] and its errors [6, 6]."""

    members: Mask
    T_map_base: Array
    covariance: Array


def moved_to_newest(estimates: Sequence[Estimate], rules: Rules) -> Looks:
    """Take odometry out: where was the base at the newest stamp, by each frame (oldest first).

    Frames without odometry are taken as those of a robot that stands still.
    """
    T_map_base = np.array([estimate.T_map_base for estimate in estimates])
    covariance = np.array([estimate.covariance for estimate in estimates])
    T_odom_base = np.array([_or_standing(estimate.T_odom_base) for estimate in estimates])
    T_base_newest = inverse(T_odom_base) @ T_odom_base[-1]
    way = T_base_newest[:, :3, 3]
    moved = transport_covariance(covariance, T_map_base[:, :3, :3], way)
    cosine = 0.5 * (T_base_newest[:, [0, 1, 2], [0, 1, 2]] @ ONES - 1.0)
    turn = np.arccos(np.minimum(np.maximum(cosine, -1.0), 1.0))
    drift = rules.odometry_drift * np.stack([_length(way), turn], axis=1)
    moved[:, AXES, AXES] += drift.repeat(3, axis=1) ** 2
    information = np.asarray(np.linalg.inv(moved), np.float64)
    return Looks(T_map_base @ T_base_newest, moved, information, T_odom_base)


def most_agreed(looks: Looks, among: Mask, cap: Cap, rules: Rules) -> Seed:
    """The frame, out of those marked [N], that most others agree with, and all these [N].

    Of several it is the one that the others are closest to, then the oldest.  Instead of the
    inverse of each sum of two covariances, three bounds of it are used: the inverse of either,
    and a quarter of the sum of both inverses.  Nothing passes that the sum would stop; where the
    covariances are equal, or one is much the wider, the bound is the distance.
    """
    R, positions = looks.T_map_base[:, :3, :3].reshape(-1, 3), looks.T_map_base[:, :3, 3]
    # One product of all with all is three times as fast as one for each pair.
    R_error = (R @ R.T).reshape(len(among), 3, len(among), 3).swapaxes(1, 2)
    errors = _errors(R_error, positions[:, None] - positions)
    by_own = ((errors @ looks.information) * errors).sum(-1)
    squared = np.minimum(np.minimum(by_own, by_own.T), 0.25 * (by_own + by_own.T))
    agree = within(errors, cap) & (squared <= rules.gate) & among & among[:, None]
    best = np.lexsort(((squared * agree).sum(1), -agree.sum(1)))[0]
    return Seed(int(best), agree[best], errors[:, best])


def cluster_around(looks: Looks, seed: Seed, cap: Cap, rules: Rules) -> Cluster:
    """The frames that agree with their own mean, which is looked for from the seed on.

    The mean is found by iteratively reweighted least squares on SE(3): Huber's weights times
    the frames' information, none for what is beyond gate or cap.  Its covariance is the weighted
    average of the frames' over the number of independent looks, wider where frames differ by
    more than they claim.
    """
    mean, members, errors = looks.T_map_base[seed.look], seed.alike, seed.errors
    flat = looks.information.reshape(-1, 36)
    for number in range(STEPS):
        pulls = (looks.information @ errors[..., None])[..., 0]
        squared = (errors * pulls).sum(1)
        near = within(errors, cap) & (squared <= rules.gate) if number else members
        if not near.any():  # Frames may agree pair by pair and none of them with the middle.
            near = np.arange(len(near)) == seed.look
        settled = bool((near == members).all())
        # Frames at the edge could come and go for ever: in the end they may only go.
        members = near if number < SETTLING_STEPS else near & members
        weights = members * np.sqrt(FULL_WEIGHT / np.maximum(squared, FULL_WEIGHT))
        total = (weights @ flat).reshape(6, 6)
        step = np.linalg.solve(total, weights @ pulls)
        mean = _moved_by(mean, step)
        errors = errors_between(looks.T_map_base, mean)
        if number and settled and np.abs(step).max() < CONVERGED:
            break
    excess = max(1.0, float(weights @ squared / weights.sum()) / len(AXES))
    looks_worth = independent_looks(looks.T_odom_base[members], rules)
    covariance = np.linalg.inv(total / weights.sum()) * (excess / looks_worth)
    return Cluster(members, mean, 0.5 * (covariance + covariance.T))


def independent_looks(T_odom_base: Array, rules: Rules) -> float:
    """How many independent frames the frames at these places [N, 4, 4] are worth.

    Errors of one place are the same in every picture of it: a robot that stands still has one
    look however many frames it takes; every look_position of way or look_angle of turn between
    the two frames farthest apart adds one.
    """
    way, turn = motion(T_odom_base)
    return min(len(T_odom_base), 1.0 + max(way / rules.look_position, turn / rules.look_angle))


def motion(T_odom_base: Array) -> tuple[float, float]:
    """The largest way (m) and turn (rad) between two of the places [N, 4, 4]."""
    positions, R = T_odom_base[:, :3, 3], T_odom_base[:, :3, :3].reshape(-1, 9)
    way = _length(positions[:, None] - positions).max()
    cosine = 0.5 * ((R @ R.T).min() - 1.0)
    return float(way), float(np.arccos(min(1.0, max(-1.0, cosine))))


def errors_between(T_a: Array, T_b: Array) -> Array:
    """Errors [..., 6] of poses [..., 4, 4] against others, as geometry.pose_error.

    Of a half turn the axis is not told.
    """
    R_error = T_a[..., :3, :3] @ np.swapaxes(T_b[..., :3, :3], -1, -2)
    return _errors(R_error, T_a[..., :3, 3] - T_b[..., :3, 3])


def _errors(R_error: Array, position_error: Array) -> Array:
    sine_cosine = R_error.reshape(*R_error.shape[:-2], 9) @ SINE_COSINE + OFFSET
    sine = _length(sine_cosine[..., :3])
    angle = np.arctan2(sine, sine_cosine[..., 3])
    errors = np.empty((*sine.shape, 6))
    errors[..., :3] = position_error
    errors[..., 3:] = sine_cosine[..., :3] * (angle / np.maximum(sine, 1e-200))[..., None]
    return errors


def within(errors: Array, cap: Cap) -> Mask:
    """Which of the errors [..., 6] keep both limits."""
    near: Mask = (_length(errors[..., :3]) <= cap.position) & (
        _length(errors[..., 3:]) <= cap.angle
    )
    return near


def _or_standing(T_odom_base: Array | None) -> Array:
    return np.eye(4) if T_odom_base is None else T_odom_base


def _length(vectors: Array) -> Array:
    return np.sqrt((vectors * vectors) @ ONES)


def _moved_by(T: Array, error: Array) -> Array:
    """The pose whose error against T is the given one (Rodrigues' formula)."""
    angle = max(math.sqrt(error[3:] @ error[3:]), 1e-150)
    once, twice = math.sin(angle) / angle, 2.0 * (math.sin(0.5 * angle) / angle) ** 2
    skew = -(error[3:] @ MINUS_SKEW).reshape(3, 3)
    moved = T.copy()
    moved[:3, :3] += (once * skew + twice * (skew @ skew)) @ T[:3, :3]
    moved[:3, 3] += error[:3]
    return moved
