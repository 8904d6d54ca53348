# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Were pictures and poses stamped by clocks that agree?

The poses are shifted along the drive, interpolated between the pictures' stamps, and judged by
the same rays as the convention.  A delay changes a pair's relative pose only where the velocity
changes between its pictures, mostly the speed of turning, hence the pairs of `changing_pairs`.
Points are bounded from below in depth by what other pairs showed: on the spot, the epipolar
constraint alone would let yaw slip along its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from posenet_ros.geometry import Array
from posenet_training.check.epipolar import residuals
from posenet_training.check.findings import Finding, Level
from posenet_training.check.pairs import MatchedPair
from posenet_training.check.view import View

OFFSETS = np.arange(-0.2, 0.2001, 0.01)
# Misses beyond this count no further, in 640ths of the picture's width.
FARTHEST_MISS = 8.0
# Poses farther apart than this are not interpolated.
LONGEST_STEP_S = 0.4
FEWEST_PAIRS = 12
# Wider than this, the interval says nothing.
WIDEST_S = 0.06
LEAST_OFFSET_S = 0.015
RESAMPLINGS = 500


@dataclass(frozen=True)
class OffsetResult:
    """The shift of the poses, in seconds, at which the pictures agree with them best.

    offset   T_map_camera at stamp + offset is the pose of the picture with that stamp; None when
             nothing can be said, then `reason` says why
    low, high   95 % interval, by resampling pairs; interpolation adds a ms or two to it
    misses   mean miss of the matches at OFFSETS, in 640ths of the width
    """

    offset: float | None
    low: float
    high: float
    pairs: int
    misses: tuple[float, ...]
    reason: str = ''

    @property
    def differs(self) -> bool:
        """Whether the offset is not zero, beyond doubt and beyond what matters."""
        return (
            self.offset is not None
            and abs(self.offset) >= LEAST_OFFSET_S
            and (self.low > 0.0 or self.high < 0.0)
        )


def find_offset(
    view: View, pairs: Sequence[MatchedPair], nearest: float, focal_factor: float = 1.0
) -> OffsetResult:
    """Find the offset between pictures and poses; points are at least `nearest` away."""
    found = [_misses(view, pair, nearest, focal_factor) for pair in pairs]
    misses = np.array([row for row in found if row is not None])
    if len(misses) < FEWEST_PAIRS:
        return OffsetResult(
            None, np.nan, np.nan, len(misses), (), f'only {len(misses)} pairs of pictures serve'
        )
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(misses), size=(RESAMPLINGS, len(misses)))
    resampled = np.array([_lowest(misses[rows].mean(axis=0)) for rows in drawn])
    low, high = (float(value) for value in np.quantile(resampled, (0.025, 0.975)))
    curve = misses.mean(axis=0)
    reason = _doubt(low, high, curve)
    return OffsetResult(
        None if reason else _lowest(curve),
        low,
        high,
        len(misses),
        tuple(float(value) for value in curve),
        reason,
    )


def offset_findings(view: View, result: OffsetResult) -> list[Finding]:
    """What the offset means for training."""
    if result.offset is None:
        sentence = f'An offset between pictures and poses cannot be told: {result.reason}.'
        return [Finding('time offset', Level.ok, sentence)]
    ms = 1e3 * result.offset
    interval = f'95 % between {1e3 * result.low:+.0f} and {1e3 * result.high:+.0f} ms'
    if not result.differs:
        sentence = f'Pictures and poses are {ms:+.0f} ms apart ({interval}), which is nothing.'
        return [Finding('time offset', Level.ok, sentence)]
    when = 'before' if ms < 0.0 else 'after'
    advice = (
        'the stamps are counted, so pictures and poses may be paired wrongly'
        if view.stamps_are_counted
        else "mend the stamps of the camera or of the poses' source and import again"
    )
    sentence = (
        f'The pictures fit the poses of {abs(ms):.0f} ms {when} their stamps ({interval}): '
        f'{advice}.'
    )
    return [Finding('time offset', Level.warning, sentence)]


def _doubt(low: float, high: float, curve: Array) -> str:
    if high - low > WIDEST_S:
        return 'the camera moves too evenly: every offset fits about as well'
    if curve.argmin() in (0, len(curve) - 1):
        return f'the best offset is at or beyond {1e3 * OFFSETS[curve.argmin()]:+.0f} ms'
    return ''


def _misses(view: View, pair: MatchedPair, nearest: float, focal_factor: float) -> Array | None:
    """Mean miss [OFFSETS] of a pair's matches; None where the poses cannot be shifted."""
    T_map_a, T_map_b = (_shifted(view, number) for number in (pair.a, pair.b))
    if T_map_a is None or T_map_b is None:
        return None
    T_b_a = np.linalg.inv(T_map_b) @ T_map_a
    miss = residuals(*pair.rays(focal_factor), T_b_a, nearest) / pair.pixel * focal_factor
    return np.minimum(miss, FARTHEST_MISS).mean(axis=-1)


def _shifted(view: View, number: int) -> Array | None:
    """Poses [OFFSETS, 4, 4] at a picture's stamp plus OFFSETS."""
    numbers = view.sequences[view.pictures[number].sequence]
    stamps = view.stamps[numbers]
    wanted = view.stamps[number] + OFFSETS
    first = int(np.searchsorted(stamps, wanted[0], side='right')) - 1
    last = int(np.searchsorted(stamps, wanted[-1], side='left'))
    if first < 0 or last >= len(stamps):
        return None
    stamps, numbers = stamps[first : last + 1], numbers[first : last + 1]
    if np.diff(stamps).max() > LONGEST_STEP_S:
        return None
    T = np.tile(np.eye(4), (len(OFFSETS), 1, 1))
    rotations = Rotation.from_quat(view.q_xyzw[numbers])
    T[:, :3, :3] = Slerp(stamps, rotations)(wanted).as_matrix()
    for axis in range(3):
        T[:, axis, 3] = np.interp(wanted, stamps, view.positions[numbers, axis])
    return T


def _lowest(curve: Array) -> float:
    """Offset of a curve's minimum, by a parabola through the values around it."""
    index = int(curve.argmin())
    around = slice(max(index - 3, 0), min(index + 4, len(curve)))
    if index in (0, len(curve) - 1):
        return float(OFFSETS[index])
    square, slope, _ = np.polyfit(OFFSETS[around], curve[around], 2)
    if square <= 0.0:
        return float(OFFSETS[index])
    lowest = -0.5 * slope / square
    return float(np.clip(lowest, OFFSETS[around][0], OFFSETS[around][-1]))
