# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the camera moved from picture to picture: gaps in time, jumps in the poses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, median_filter

from posenet_ros.geometry import Array, rotation_angle
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View

NEIGHBOURS = 11
# A jump is this many times faster than its neighbours, and than the step before and after: a
# robot that begins to turn goes on turning.  And it is at least so far.
JUMP = 6.0
JUMP_ALONE = 3.0
JUMP_M, JUMP_DEG = 0.05, 3.0
# A gap is this many times longer than the median step, and at least so long.
GAP = 5.0
GAP_S = 0.5


@dataclass(frozen=True)
class Motion:
    """Steps [N] from the picture before; nan for the first of a sequence.

    jumps, gaps   where a step is far too fast for its neighbours, or far too long
    """

    moved_m: Array
    turned_deg: Array
    lasted_s: Array
    jumps: NDArray[np.bool_]
    gaps: NDArray[np.bool_]


def steps(view: View) -> tuple[Array, Array, Array]:
    """Metres, degrees and seconds [N] from the picture before; nan for a sequence's first."""
    moved, turned, lasted = (np.full(len(view.pictures), np.nan) for _ in range(3))
    for numbers in view.sequences.values():
        before, after = numbers[:-1], numbers[1:]
        moved[after] = np.linalg.norm(view.positions[after] - view.positions[before], axis=1)
        turned[after] = np.degrees(rotation_angle(view.q_xyzw[after], view.q_xyzw[before]))
        lasted[after] = view.stamps[after] - view.stamps[before]
    return moved, turned, lasted


def look_at_motion(view: View) -> Motion:
    """Find jumps and gaps."""
    moved, turned, lasted = steps(view)
    known = np.isfinite(lasted)
    usual = float(np.median(lasted[known])) if known.any() else 0.0
    # Where the unit is arbitrary, so is what is far: the drive itself says it.
    far = JUMP_M if view.scene.scale == 'metric' else 3.0 * float(np.nanmedian(moved)) + 1e-9
    jumps = np.zeros(len(moved), dtype=bool)
    for numbers in view.sequences.values():
        rows = numbers[1:]
        if len(rows):
            fast = _fast(moved[rows], lasted[rows], far) | _fast(
                turned[rows], lasted[rows], JUMP_DEG
            )
            jumps[rows] = fast
    return Motion(moved, turned, lasted, jumps, known & (lasted > max(GAP * usual, GAP_S)))


def _fast(way: Array, lasted: Array, least: float) -> NDArray[np.bool_]:
    """Steps that are much faster than the median of their neighbours, and stand alone."""
    speed = way / lasted
    usual = median_filter(speed, NEIGHBOURS, mode='nearest')
    beside = maximum_filter(speed, footprint=np.array([True, False, True]), mode='constant')
    limit = np.maximum(JUMP * usual, JUMP_ALONE * beside) * lasted
    return np.asarray(way > np.maximum(limit, least))


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
    usual = np.nanmedian(motion.lasted_s) if np.isfinite(motion.lasted_s).any() else 0.0
    rate = f'usually {1.0 / usual:.3g} pictures a second' if usual else 'one picture a sequence'
    if not motion.gaps.any():
        return Finding('gaps', Level.ok, f'No gaps within the sequences, {rate}.')
    longest = int(np.nanargmax(motion.lasted_s))
    return Finding(
        'gaps',
        Level.ok,
        f'{int(motion.gaps.sum())} gaps within the sequences, the longest of '
        f'{motion.lasted_s[longest]:.1f} s before {view.file(longest)}; {rate}.',
    )


def _jumps(view: View, motion: Motion) -> Finding:
    count = int(motion.jumps.sum())
    if not count:
        return Finding('jumps', Level.ok, 'The poses move as steadily as their neighbours.')
    first = int(np.flatnonzero(motion.jumps)[0])
    what = (
        f'{count} jump{"s" if count > 1 else ""} of the pose, the first before '
        f'{view.file(first)}: {motion.moved_m[first]:.2f} {view.unit} and '
        f'{motion.turned_deg[first]:.1f} degrees in {motion.lasted_s[first]:.2f} s'
    )
    if view.stamps_are_counted:
        return Finding('jumps', Level.ok, f'{what}; the stamps are counted, pictures may miss.')
    return Finding(
        'jumps',
        Level.warning,
        f'{what}: cut the sequence there, or use the trajectory after its loops were closed.',
    )
