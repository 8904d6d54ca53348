# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Were pictures and poses stamped by clocks that agree?

The poses are shifted along the drive, interpolated between the pictures' stamps, and judged by
the same rays as the convention.  A delay changes a pair's relative pose only where the velocity
changes between its pictures, mostly the speed of turning, hence the pairs of `changing_pairs`.
Points are bounded from below in depth by what other pairs showed: on the spot, the epipolar
constraint alone would let yaw slip along its lines.

Pairs of one manoeuvre err together, so they are no independent witnesses.  The interval comes
from leaving out one stretch of the drive after another (the jackknife over groups; Cameron and
Miller, A Practitioner's Guide to Cluster-Robust Inference, 2015), with Student's quantile for the
few stretches that there are.  What all stretches have in common shows in no such comparison;
SYSTEMATIC_S was measured on simulated drives, whose offset is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from posenet_ros.geometry import Array, inverse
from posenet_training.check.changing_pairs import FARTHEST_SHIFT_S, STRETCH_S, stretch
from posenet_training.check.epipolar import residuals
from posenet_training.check.findings import Finding, Level
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.trajectory import Trajectory
from posenet_training.check.view import View

STEP_S = 0.01
OFFSETS = np.arange(-FARTHEST_SHIFT_S, FARTHEST_SHIFT_S + 0.1 * STEP_S, STEP_S)
# Around the best of them, where the miss is a V whose tip a parabola is fitted to.
FINE = np.arange(-0.04, 0.0401, 0.002)
TIP_S = 0.02
# Misses beyond this count no further, in 640ths of the picture's width.
FARTHEST_MISS = 8.0
# Poses farther apart than this are not interpolated.
LONGEST_STEP_S = 0.4
FEWEST_PAIRS = 12
FEWEST_STRETCHES = 4
SYSTEMATIC_S = 3e-4
CONFIDENCE = 0.95
# Wider than this, the interval says nothing.
WIDEST_S = 0.06
LEAST_OFFSET_S = 0.015


@dataclass(frozen=True)
class OffsetResult:
    """The shift of the poses, in seconds, at which the pictures agree with them best.

    offset   T_map_camera at stamp + offset is the pose of the picture with that stamp; None when
             nothing can be said, then `reason` says why
    low, high   its CONFIDENCE interval
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


@dataclass(frozen=True)
class _Witness:
    """A pair of pictures, their stamps, and the drive along which both can be shifted."""

    pair: MatchedPair
    stamps: tuple[float, float]
    drive: Trajectory
    stretch: tuple[str, int]

    def misses(self, offsets: Array, nearest: float, focal_factor: float) -> Array:
        """Mean miss [offsets] of the matches."""
        T_map_a, T_map_b = (self.drive.T_map_camera(stamp + offsets) for stamp in self.stamps)
        rays = self.pair.rays(focal_factor)
        miss = residuals(*rays, inverse(T_map_b) @ T_map_a, nearest) * focal_factor
        return np.minimum(miss / self.pair.pixel, FARTHEST_MISS).mean(axis=-1)


def find_offset(
    view: View,
    drives: Sequence[Trajectory],
    pairs: Sequence[MatchedPair],
    nearest: float,
    focal_factor: float = 1.0,
) -> OffsetResult:
    """Find the offset between pictures and poses; points are at least `nearest` away."""
    serving = _witnesses(view, drives, pairs)
    stretches = [witness.stretch for witness in serving]
    count = len(set(stretches))
    if len(serving) < FEWEST_PAIRS or count < FEWEST_STRETCHES:
        reason = (
            f'only {len(serving)} pairs of pictures in {count} stretches of {STRETCH_S:.0f} s '
            'serve; it takes a drive that begins and ends to turn several times'
        )
        return OffsetResult(None, np.nan, np.nan, len(serving), (), reason)

    def misses(offsets: Array) -> Array:
        return np.array([witness.misses(offsets, nearest, focal_factor) for witness in serving])

    curve = misses(OFFSETS).mean(axis=0)
    fine = OFFSETS[curve.argmin()] + FINE
    fine = fine[(fine >= OFFSETS[0]) & (fine <= OFFSETS[-1])]
    offset, error = _with_error(fine, misses(fine), stretches)
    margin = error * float(student.ppf(0.5 + 0.5 * CONFIDENCE, count - 1))
    reason = _doubt(margin, curve)
    return OffsetResult(
        None if reason else offset,
        offset - margin,
        offset + margin,
        len(serving),
        tuple(float(value) for value in curve),
        reason,
    )


def offset_findings(view: View, result: OffsetResult) -> list[Finding]:
    """What the offset means for training."""
    if result.offset is None:
        sentence = f'An offset between pictures and poses cannot be told: {result.reason}.'
        return [Finding('time offset', Level.ok, sentence)]
    ms = 1e3 * result.offset
    interval = (
        f'{100 * CONFIDENCE:.0f} % between {1e3 * result.low:+.0f} and {1e3 * result.high:+.0f} ms'
    )
    if not result.differs:
        sentence = f'Pictures and poses are {ms:+.0f} ms apart ({interval}), which is nothing.'
        return [Finding('time offset', Level.ok, sentence)]
    when = 'before' if ms < 0.0 else 'after'
    sentence = (
        f'The pictures fit the poses of {abs(ms):.0f} ms {when} their stamps ({interval}): '
        f'{_advice(view, result.offset)}.'
    )
    return [Finding('time offset', Level.warning, sentence)]


def _advice(view: View, offset: float) -> str:
    source = view.scene.source
    if view.stamps_are_counted:
        return 'the stamps are counted, so pictures and poses may be paired wrongly'
    if source.get('format') == 'bag':
        shift = float(source.get('shift_pictures_s', 0.0)) + offset
        return f'import again with `--shift-pictures {shift:.3f}`'
    return "mend the stamps of the camera or of the poses' source and import again"


def _doubt(margin: float, curve: Array) -> str:
    if 2.0 * margin > WIDEST_S:
        return 'the camera moves too evenly: every offset fits about as well'
    if curve.argmin() in (0, len(curve) - 1):
        return f'the best offset is at or beyond {1e3 * OFFSETS[curve.argmin()]:+.0f} ms'
    return ''


def _witnesses(
    view: View, drives: Sequence[Trajectory], pairs: Sequence[MatchedPair]
) -> list[_Witness]:
    """Pairs whose poses can be shifted by OFFSETS, with the stretch that each belongs to."""
    found = []
    for drive in drives:
        for pair in pairs:
            a, b = float(view.stamps[pair.a]), float(view.stamps[pair.b])
            inside = np.isin((pair.a, pair.b), drive.numbers).all()
            if inside and drive.spans(a + OFFSETS) and drive.spans(b + OFFSETS):
                found.append(_Witness(pair, (a, b), drive, stretch(view, pair.a, pair.b)))
    return found


def _with_error(
    offsets: Array, misses: Array, stretches: Sequence[tuple[str, int]]
) -> tuple[float, float]:
    """Offset of the lowest mean of misses [pairs, offsets], and its standard error."""
    kept = [[other != name for other in stretches] for name in dict.fromkeys(stretches)]
    without = np.array([_lowest(offsets, misses[rows].mean(axis=0)) for rows in kept])
    spread = np.sum((without - without.mean()) ** 2)
    error = np.sqrt((len(kept) - 1) / len(kept) * spread)
    return _lowest(offsets, misses.mean(axis=0)), float(np.hypot(error, SYSTEMATIC_S))


def _lowest(offsets: Array, curve: Array) -> float:
    """Offset of a curve's minimum, by a parabola through the values within TIP_S of it."""
    lowest = offsets[curve.argmin()]
    around = np.abs(offsets - lowest) < TIP_S + 1e-6
    square, slope, _ = np.polyfit(offsets[around] - lowest, curve[around], 2)
    if square <= 0.0:
        return float(lowest)
    return float(lowest + np.clip(-0.5 * slope / square, -TIP_S, TIP_S))
