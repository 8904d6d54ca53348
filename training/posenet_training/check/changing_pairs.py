# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures tell of the clocks: pairs between which the camera changed its turning."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from posenet_training.check.pairs import MOST_DEGREES, Pair, degrees
from posenet_training.check.view import Numbers, View

LONGEST_S = 1.0
# Longer than any pair, so that what two stretches of a drive say is nearly independent.  More
# pairs of one stretch than this say the same again.
STRETCH_S = 2.0
MOST_A_STRETCH = 6
# Nearer to the ends of a piece, its poses cannot be shifted so far.
FARTHEST_SHIFT_S = 0.2


def changing_pairs(view: View, pieces: Iterable[Numbers], most: int) -> list[Pair]:
    """At most `most` pairs, each within a piece, between which the speed of turning changes most.

    A delay of the pictures moves both cameras of a pair along the drive; only where their
    velocities differ does that change their relative pose.
    """
    candidates: list[tuple[float, int, int]] = []
    for numbers in pieces:
        candidates += _changes(view, numbers)
    used: Counter[int | tuple[str, int]] = Counter()
    chosen: list[Pair] = []
    for _, a, b in sorted(candidates, reverse=True):
        if len(chosen) == most:
            break
        within = stretch(view, a, b)
        if used[a] < 2 and used[b] < 2 and used[within] < MOST_A_STRETCH:
            used.update((a, b, within))
            chosen.append((a, b))
    return sorted(chosen)


def stretch(view: View, a: int, b: int) -> tuple[str, int]:
    """Which stretch of a sequence a pair belongs to."""
    middle = 0.5 * (view.stamps[a] + view.stamps[b])
    return view.pictures[a].sequence, int(middle // STRETCH_S)


def _changes(view: View, numbers: Numbers) -> list[tuple[float, int, int]]:
    """(change of angular velocity in rad/s, a, b) of the pairs of a piece."""
    if len(numbers) < 3:
        return []
    R = view.T_map_camera[numbers, :3, :3]
    stamps = view.stamps[numbers]
    turns = np.zeros((len(numbers), 3))
    relative = R[2:] @ np.swapaxes(R[:-2], -1, -2)
    axis = 0.5 * (relative - np.swapaxes(relative, -1, -2))
    span = (stamps[2:] - stamps[:-2])[:, None]
    turns[1:-1] = np.stack([axis[:, 2, 1], axis[:, 0, 2], axis[:, 1, 0]], axis=-1) / span
    found = []
    inner = (stamps - FARTHEST_SHIFT_S >= stamps[0]) & (stamps + FARTHEST_SHIFT_S <= stamps[-1])
    for a in np.flatnonzero(inner):
        last = int(np.searchsorted(stamps, stamps[a] + LONGEST_S))
        after = np.arange(a + 1, last)[inner[a + 1 : last]]
        if not len(after):
            continue
        near = after[degrees(view, numbers[a], numbers[after]) < MOST_DEGREES]
        change = np.linalg.norm(turns[near] - turns[a], axis=1)
        found += [
            (float(c), int(numbers[a]), int(numbers[b])) for c, b in zip(change, near, strict=True)
        ]
    return found
