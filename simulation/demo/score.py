# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How well the published poses match the truth. Pure; stamps and times in nanoseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array, distance, pose_error
from posenet_ros.stamps import seconds_between

# A robot at 0.6 m/s and 0.9 rad/s does neither between two pictures.
JUMP_M, JUMP_RAD = 0.5, 0.5
# Recovered: every pose published in HOLD_S lies within these bounds, at least HOLD_POSES of them.
NEAR_M, NEAR_DEG = 0.5, 10.0
HOLD_S, HOLD_POSES = 1.0, 3
AXES = ('x_m', 'y_m', 'z_m', 'roll_deg', 'pitch_deg', 'yaw_deg')

MOST_MEDIAN_M, MOST_MEDIAN_DEG = 0.2, 4.0
MOST_RECOVERY_S = 2.0
LEAST_KIDNAPS = 3


@dataclass(frozen=True)
class Truth:
    """True pose [4, 4] of base_link in map at a stamp."""

    stamp_ns: int
    T_map_base: Array


@dataclass(frozen=True)
class Estimate:
    """A published pose [4, 4] of base_link in map, its stamp, and when it arrived."""

    stamp_ns: int
    received_ns: int
    T_map_base: Array


@dataclass(frozen=True)
class Judged:
    """An estimate beside the truth of its stamp; errors along the map's and the robot's axes."""

    stamp_ns: int
    received_ns: int
    position_m: float
    angle_deg: float
    axes: tuple[float, ...]

    @property
    def near(self) -> bool:
        """Whether the pose lies within the bounds of a recovered one."""
        return self.position_m <= NEAR_M and self.angle_deg <= NEAR_DEG


@dataclass(frozen=True)
class Kidnap:
    """The robot was moved between two stamps of the truth."""

    before_ns: int
    after_ns: int


@dataclass(frozen=True)
class Summary:
    """What a run came to; `recovery_s` has None for a kidnap that was never recovered from."""

    median_position_m: float
    median_angle_deg: float
    p95_position_m: float
    p95_angle_deg: float
    axis_errors: dict[str, float]
    latency_ms_p50: float
    latency_ms_p99: float
    frames_seen: int
    frames_dropped: int
    kidnaps: int
    recovery_s: tuple[float | None, ...]
    rate_hz: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def judge(truth: Truth, estimate: Estimate) -> Judged:
    """Compare an estimate with the truth of the same stamp.

    Position errors are along map's axes; roll, pitch and yaw are those of the estimated robot as
    seen from the true one.
    """
    position_m, angle_rad = distance(estimate.T_map_base, truth.T_map_base)
    shift = estimate.T_map_base[:3, 3] - truth.T_map_base[:3, 3]
    R_true_hat = truth.T_map_base[:3, :3].T @ estimate.T_map_base[:3, :3]
    turn = Rotation.from_matrix(R_true_hat).as_euler('xyz', degrees=True)
    return Judged(
        estimate.stamp_ns,
        estimate.received_ns,
        position_m,
        float(np.degrees(angle_rad)),
        (*shift.tolist(), *turn.tolist()),
    )


def judged(truths: Sequence[Truth], estimates: Sequence[Estimate]) -> list[Judged]:
    """All estimates whose stamp has a truth, in the order of their arrival."""
    by_stamp = {truth.stamp_ns: truth for truth in truths}
    paired = (e for e in estimates if e.stamp_ns in by_stamp)
    return [judge(by_stamp[e.stamp_ns], e) for e in sorted(paired, key=lambda e: e.received_ns)]


def find_kidnaps(truths: Sequence[Truth]) -> list[Kidnap]:
    """Where the truth jumps farther than the robot can drive between two pictures."""
    if len(truths) < 2:
        return []
    in_order = sorted(truths, key=lambda truth: truth.stamp_ns)
    T_map_base = np.stack([truth.T_map_base for truth in in_order])
    change = pose_error(T_map_base[1:], T_map_base[:-1])
    moved_m = np.linalg.norm(change[:, :3], axis=-1)
    turned_rad = np.linalg.norm(change[:, 3:], axis=-1)
    jumps = np.flatnonzero((moved_m > JUMP_M) | (turned_rad > JUMP_RAD))
    return [Kidnap(in_order[i].stamp_ns, in_order[i + 1].stamp_ns) for i in jumps]


def recovery(kidnap: Kidnap, judgements: Sequence[Judged]) -> float | None:
    """Seconds from the kidnap until the published poses stay near the truth; None if never.

    Counted from the last picture before the kidnap to the arrival of the first pose of a picture
    after it from which on every pose is near, for HOLD_S at least.
    """
    after = [j for j in judgements if j.stamp_ns >= kidnap.after_ns]
    for first in after:
        held = [
            j for j in after if 0.0 <= seconds_between(first.received_ns, j.received_ns) <= HOLD_S
        ]
        if len(held) >= HOLD_POSES and all(j.near for j in held):
            return seconds_between(kidnap.before_ns, first.received_ns)
    return None


def summarize(
    truths: Sequence[Truth],
    estimates: Sequence[Estimate],
    frames_seen: int,
    frames_dropped: int,
) -> Summary:
    """Score a run. ValueError when no estimate has a truth."""
    judgements = judged(truths, estimates)
    if not judgements:
        raise ValueError(
            f'none of {len(estimates)} poses has the stamp of one of {len(truths)} true poses; '
            'check that simulator and relocalizer share one clock'
        )
    position = [j.position_m for j in judgements]
    angle = [j.angle_deg for j in judgements]
    axes = np.median(np.abs([j.axes for j in judgements]), axis=0)
    latency = [1e3 * seconds_between(j.stamp_ns, j.received_ns) for j in judgements]
    kidnaps = find_kidnaps(truths)
    lasted = seconds_between(judgements[0].received_ns, judgements[-1].received_ns)
    return Summary(
        median_position_m=float(np.median(position)),
        median_angle_deg=float(np.median(angle)),
        p95_position_m=float(np.percentile(position, 95)),
        p95_angle_deg=float(np.percentile(angle, 95)),
        axis_errors=dict(zip(AXES, axes.tolist(), strict=True)),
        latency_ms_p50=float(np.percentile(latency, 50)),
        latency_ms_p99=float(np.percentile(latency, 99)),
        frames_seen=frames_seen,
        frames_dropped=frames_dropped,
        kidnaps=len(kidnaps),
        recovery_s=tuple(recovery(kidnap, judgements) for kidnap in kidnaps),
        rate_hz=(len(judgements) - 1) / lasted if lasted > 0.0 else 0.0,
    )


def shortcomings(summary: Summary) -> list[str]:
    """What a run failed at, one sentence each; empty when it passed."""
    faults = []
    if not summary.median_position_m <= MOST_MEDIAN_M:
        faults.append(
            f'the median position error is {summary.median_position_m:.3f} m, '
            f'more than {MOST_MEDIAN_M} m'
        )
    if not summary.median_angle_deg <= MOST_MEDIAN_DEG:
        faults.append(
            f'the median angle error is {summary.median_angle_deg:.2f} degrees, '
            f'more than {MOST_MEDIAN_DEG:g}'
        )
    if summary.kidnaps < LEAST_KIDNAPS:
        faults.append(f'the robot was kidnapped {summary.kidnaps} times, not {LEAST_KIDNAPS}')
    for number, seconds in enumerate(summary.recovery_s, start=1):
        if seconds is None:
            faults.append(f'the poses never came back to the truth after kidnap {number}')
        elif seconds > MOST_RECOVERY_S:
            faults.append(
                f'recovery from kidnap {number} took {seconds:.2f} s, '
                f'more than {MOST_RECOVERY_S:g} s'
            )
    return faults
