# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the camera moved from picture to picture: gaps in time, jumps in the poses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, median_filter

from posenet_ros.geometry import Array, rotation_angle
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import Numbers, View

NEIGHBOURS = 11
# A jump is this many times faster than its neighbours, and than the step before and after: a
# robot that begins to turn goes on turning.  And it is at least so far, or so many usual steps
# where the unit or the stamps are made up.
JUMP = 6.0
JUMP_ALONE = 3.0
JUMP_M, JUMP_DEG = 0.05, 3.0
JUMP_STEPS = 3.0
MOST_NAMED = 3
TINY = 1e-6
# A gap is this many times longer than the median step, and at least so long.
GAP = 5.0
GAP_S = 0.5


@dataclass(frozen=True)
class Motion:
    """Steps [N] of each camera from its picture before; nan for the first of a sequence.

    jumps, gaps   where a step is far too fast for its neighbours, or far too long
    """

    moved_m: Array
    turned_deg: Array
    lasted_s: Array
    jumps: NDArray[np.bool_]
    gaps: NDArray[np.bool_]

    @property
    def usual(self) -> tuple[float, float]:
        """Way and degrees of half of the steps at most."""
        return _median(self.moved_m), _median(self.turned_deg)


def steps(view: View) -> tuple[Array, Array, Array]:
    """Metres, degrees and seconds [N] from the picture before; nan for a run's first."""
    moved, turned, lasted = (np.full(len(view.pictures), np.nan) for _ in range(3))
    for numbers in view.runs:
        before, after = numbers[:-1], numbers[1:]
        moved[after] = np.linalg.norm(view.positions[after] - view.positions[before], axis=1)
        turned[after] = np.degrees(rotation_angle(view.q_xyzw[after], view.q_xyzw[before]))
        lasted[after] = view.stamps[after] - view.stamps[before]
    return moved, turned, lasted


def look_at_motion(view: View) -> Motion:
    """Find jumps and gaps."""
    moved, turned, lasted = steps(view)
    way, angle = JUMP_M, JUMP_DEG
    if view.stamps_are_counted or view.scene.scale != 'metric':
        way, angle = JUMP_STEPS * _median(moved), max(angle, JUMP_STEPS * _median(turned))
    jumps = np.zeros(len(moved), dtype=bool)
    for numbers in view.runs:
        rows = numbers[1:]
        if len(rows):
            jumps[rows] = _fast(moved[rows], lasted[rows], way)
            jumps[rows] |= _fast(turned[rows], lasted[rows], angle)
    gaps = np.isfinite(lasted) & (lasted > max(GAP * _median(lasted), GAP_S))
    return Motion(moved, turned, lasted, jumps, gaps)


def unbroken(view: View, motion: Motion, longest_s: float) -> list[Numbers]:
    """Runs of one camera, cut at jumps and where a step lasts longer than `longest_s`."""
    cut = motion.jumps | (motion.lasted_s > longest_s)
    return [
        piece
        for numbers in view.runs
        for piece in np.split(numbers, np.flatnonzero(cut[numbers]))
        if len(piece)
    ]


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def _fast(way: Array, lasted: Array, least: float) -> NDArray[np.bool_]:
    """Steps that are much faster than the median of their neighbours, and stand alone."""
    speed = way / lasted
    usual = median_filter(speed, NEIGHBOURS, mode='nearest')
    beside = maximum_filter(speed, footprint=np.array([True, False, True]), mode='constant')
    limit = np.maximum(JUMP * usual, JUMP_ALONE * beside) * lasted
    return np.asarray((way > np.maximum(limit, least)) & (way > TINY))


def motion_findings(view: View, motion: Motion) -> list[Finding]:
    """What gaps and jumps mean for training."""
    return [_frames(view, motion), _gaps(view, motion), _jumps(view, motion)]


def _frames(view: View, motion: Motion) -> Finding:
    splits = [picture.split for picture in view.pictures]
    counts = ', '.join(
        f'{splits.count(name)} {what}'
        for name, what in (
            ('train', 'train'),
            ('validation', 'validate'),
            ('test', 'test'),
            ('', 'guard'),
        )
        if name in splits
    )
    sequences = len(view.sequences)
    sentence = (
        f'{len(splits)} pictures in {sequences} sequence{"s" if sequences > 1 else ""}: {counts}.'
    )
    if 'train' not in splits:
        return Finding('frames', Level.refused, f'{sentence} None trains: import with splits.')
    return Finding('frames', Level.ok, sentence)


def _gaps(view: View, motion: Motion) -> Finding:
    usual = _median(motion.lasted_s)
    rate = f'usually {1.0 / usual:.3g} pictures a second' if usual else 'one picture a sequence'
    if not motion.gaps.any():
        return Finding('gaps', Level.ok, f'No gaps within the sequences, {rate}.')
    longest, count = int(np.nanargmax(motion.lasted_s)), int(motion.gaps.sum())
    return Finding(
        'gaps',
        Level.ok,
        f'{count} gap{"s" if count > 1 else ""} within the sequences, the longest of '
        f'{motion.lasted_s[longest]:.1f} s before {view.file(longest)}; {rate}.',
    )


def _jumps(view: View, motion: Motion) -> Finding:
    jumps = [int(number) for number in np.flatnonzero(motion.jumps)]
    if not jumps:
        return Finding('jumps', Level.ok, 'The poses move as steadily as their neighbours.')
    named = [f'{view.file(number)} ({_step(view, motion, number)})' for number in jumps]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED:] = [f'{len(named) - MOST_NAMED} more']
    where = ' and '.join([', '.join(named[:-1]), named[-1]] if named[1:] else named)
    what = f'{len(jumps)} jump{"s" if len(jumps) > 1 else ""} of the pose, before {where}'
    advice = 'cut the sequence there, or use the trajectory after its loops were closed'
    if view.stamps_are_counted:
        advice = f'pictures are missing there or the poses leap: {advice}'
    return Finding('jumps', Level.warning, f'{what}: {advice}.')


def _step(view: View, motion: Motion, number: int) -> str:
    moved, turned = motion.moved_m[number], motion.turned_deg[number]
    way = f'{moved:.2f} {view.unit} and {turned:.1f} degrees'
    if not view.stamps_are_counted:
        return f'{way} in {motion.lasted_s[number]:.2f} s'
    times = [
        f'{step / usual:.0f}'
        for step, usual in zip((moved, turned), motion.usual, strict=True)
        if usual > 0.0
    ]
    return f'{way}, {" and ".join(times)} times the usual step' if times else way
