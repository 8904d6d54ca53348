# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which frames agree on a place, and their mean on SE(3).

Errors are those of geometry.py: position and rotation vector [6] along the map's axes.  Two
frames agree when the squared Mahalanobis distance of their poses, under the sum of both
covariances, is within the gate.  Errors of consecutive frames are in truth alike, so that the sum
is too wide for their difference: the cap on the distance limits what passes.  A decision comes
with every frame and beside the network: one on twenty frames takes about 0.7 ms of a core, in
small calls of numpy, so that logarithm and exponential are written out here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from posenet_ros.estimates import Estimate
from posenet_ros.geometry import Array, inverse, transport_covariance
from posenet_ros.rules import Cap, Rules

Mask = NDArray[np.bool_]
STEPS, SETTLING_STEPS, CONVERGED = 12, 6, 1e-4
ONES, SIX = np.ones(3), np.ones(6)
# Squares [6] @ GROUPS are the squared lengths of position and rotation.
GROUPS = np.repeat(np.eye(2), 3, axis=0)
# A transform [16] @ HALF_TRACE - 0.5 is the cosine of its angle.
HALF_TRACE = np.diag([0.5, 0.5, 0.5, 0.0]).ravel()
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
    their covariances [N, 6, 6] and the inverses; how far (m) and by what angle (rad) the newest is
    from each of them by odometry, motion [2, N].
    """

    T_map_base: Array
    covariance: Array
    information: Array
    motion: Array


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
    # Joined, then cut: a quarter of the time of stacking them.
    T_map_base = np.concatenate([e.T_map_base for e in estimates]).reshape(-1, 4, 4)
    covariance = np.concatenate([e.covariance for e in estimates]).reshape(-1, 6, 6)
    T_odom_base = [_or_standing(e.T_odom_base) for e in estimates]
    T_base_newest = inverse(np.concatenate(T_odom_base).reshape(-1, 4, 4)) @ T_odom_base[-1]
    way = T_base_newest[:, :3, 3]
    moved = transport_covariance(covariance, T_map_base[:, :3, :3], way)
    turn = _angle(T_base_newest.reshape(-1, 16) @ HALF_TRACE - 0.5)
    motion = np.array([_length(way), turn])
    drift = rules.odometry_drift * motion
    moved.reshape(-1, 36)[:, ::7] += (drift * drift).repeat(3, axis=0).T
    information = np.asarray(np.linalg.inv(moved), np.float64)
    return Looks(T_map_base @ T_base_newest, moved, information, motion)


def most_agreed(looks: Looks, among: Mask, cap: Cap, rules: Rules) -> Seed:
    """The frame, out of those marked [N], that most others agree with, and all these [N].

    Of several it is the one that the others are closest to, then the oldest.  Instead of the
    inverse of each sum of two covariances, three bounds of it are used: the inverse of either,
    and a quarter of the sum of both inverses.  Nothing passes that the sum would stop; where the
    covariances are equal, or one is much the wider, the bound is the distance.
    """
    rows = np.flatnonzero(among)
    newest = _alike_to(looks, int(rows[-1]), among, cap, rules)
    # Mostly all agree with the newest, and nobody can have more: a third of the time.
    if newest.alike.sum() == len(rows):
        return newest
    R, positions = looks.T_map_base[rows, :3, :3].reshape(-1, 3), looks.T_map_base[rows, :3, 3]
    # One product of all with all is three times as fast as one for each pair.
    R_error = (R @ R.T).reshape(len(rows), 3, len(rows), 3).swapaxes(1, 2)
    errors = _errors(R_error, positions[:, None] - positions)
    by_own = ((errors @ looks.information[rows]) * errors) @ SIX
    squared = _pair_distance(by_own, by_own.T)
    agree = within(errors, cap) & (squared <= rules.gate)
    best = np.lexsort(((squared * agree) @ np.ones(len(rows)), -agree.sum(1)))[0]
    return _alike_to(looks, int(rows[best]), among, cap, rules)


def _alike_to(looks: Looks, look: int, among: Mask, cap: Cap, rules: Rules) -> Seed:
    errors = errors_between(looks.T_map_base, looks.T_map_base[look])
    by_own = ((errors[:, None] @ looks.information)[:, 0] * errors) @ SIX
    by_look = ((errors @ looks.information[look]) * errors) @ SIX
    alike = within(errors, cap) & (_pair_distance(by_own, by_look) <= rules.gate) & among
    return Seed(look, alike, errors)


def _pair_distance(by_one: Array, by_other: Array) -> Array:
    """A bound of squared distances under sums of two covariances, from those under each."""
    return np.minimum(np.minimum(by_one, by_other), 0.25 * (by_one + by_other))


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
        squared = (errors * pulls) @ SIX
        near = within(errors, cap) & (squared <= rules.gate) if number else members
        if not near.any():  # Frames may agree pair by pair and none of them with the middle.
            near = np.arange(len(near)) == seed.look
        settled = bool((near == members).all())
        # Frames at the edge could come and go for ever: in the end they may only go.
        members = near if number < SETTLING_STEPS else near & members
        weights = members * np.sqrt(FULL_WEIGHT / np.maximum(squared, FULL_WEIGHT))
        total = (weights @ flat).reshape(6, 6)
        # LAPACK itself: a third of the time of numpy's solve.
        _, step, _ = lapack.dposv(total, weights @ pulls)
        mean = _moved_by(mean, step)
        if number and settled and np.abs(step).max() < CONVERGED:
            break
        errors = errors_between(looks.T_map_base, mean)
    excess = max(1.0, float(weights @ squared / weights.sum()) / len(SIX))
    looks_worth = independent_looks(looks.motion[:, members], rules)
    covariance = np.linalg.inv(total / weights.sum()) * (excess / looks_worth)
    return Cluster(members, mean, 0.5 * (covariance + covariance.T))


def independent_looks(motion: Array, rules: Rules) -> float:
    """How many independent frames the frames of this motion [2, N] (see Looks) are worth.

    Errors of one place are the same in every picture of it: a robot that stands still has one
    look however many frames it takes; every look_position of way or look_angle of turn adds one.
    """
    way, turn = span(motion)
    return min(motion.shape[1], 1.0 + max(way / rules.look_position, turn / rules.look_angle))


def span(motion: Array) -> tuple[float, float]:
    """Way (m) and turn (rad) that two of the frames of this motion [2, N] are apart, at least."""
    way, turn = (motion.max(axis=1) - motion.min(axis=1)).tolist()
    return way, turn


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
    squared = (errors * errors) @ GROUPS
    near: Mask = (squared[..., 0] <= cap.position**2) & (squared[..., 1] <= cap.angle**2)
    return near


def _or_standing(T_odom_base: Array | None) -> Array:
    return np.eye(4) if T_odom_base is None else T_odom_base


def _angle(cosine: Array) -> Array:
    return np.arccos(np.minimum(np.maximum(cosine, -1.0), 1.0))


def _length(vectors: Array) -> Array:
    return np.sqrt((vectors * vectors) @ ONES)


def _moved_by(T: Array, error: Array) -> Array:
    """The pose whose error against T is the given one (Rodrigues' formula)."""
    x, y, z = error[3:].tolist()
    angle = max(math.sqrt(x * x + y * y + z * z), 1e-150)
    s, c = math.sin(angle) / angle, 2.0 * (math.sin(0.5 * angle) / angle) ** 2
    R_error = [
        [1.0 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y],
        [c * x * y + s * z, 1.0 - c * (x * x + z * z), c * y * z - s * x],
        [c * x * z - s * y, c * y * z + s * x, 1.0 - c * (x * x + y * y)],
    ]
    moved = T.copy()
    moved[:3, :3] = R_error @ T[:3, :3]
    moved[:3, 3] += error[:3]
    return moved
