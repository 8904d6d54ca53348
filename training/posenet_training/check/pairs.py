# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures to match: pairs that every reading of the poses finds equally far apart."""

import numpy as np

from posenet_ros.geometry import Array, rotation_angle
from posenet_training.check.view import Numbers, View

FEWEST_DEGREES, MOST_DEGREES = 5.0, 25.0
LONGEST_WAIT_S = 2.0

Pair = tuple[int, int]


def turning_pairs(view: View, most: int) -> list[Pair]:
    """At most `most` pairs, spread over the scene, of one sequence and camera each.

    Their given poses are FEWEST_DEGREES to MOST_DEGREES apart, an angle that does not depend on
    the poses' convention.  A quarter of them are as near in time as that allows, the others as far
    as LONGEST_WAIT_S: robots that turn on the spot go their way before and after.
    """
    quick, patient = [], []
    for numbers in view.runs:
        quick += _quick_pairs(view, numbers)
        patient += _patient_pairs(view, numbers)
    waiting = min(most - min(most // 4, len(quick)), len(patient))
    chosen = [*_spread(quick, most - waiting), *_spread(patient, waiting)]
    return sorted(set(chosen))


def _quick_pairs(view: View, numbers: Numbers) -> list[Pair]:
    """Pairs one after another: each begins where another ended."""
    pairs = []
    start = 0
    while start < len(numbers) - 1:
        a, after = numbers[start], numbers[start + 1 :]
        far = np.flatnonzero(degrees(view, a, after) >= FEWEST_DEGREES)
        if not len(far):
            break
        b = after[far[0]]
        if degrees(view, a, b) < MOST_DEGREES:
            pairs.append((int(a), int(b)))
        start += 1 + int(far[0])
    return pairs


def _patient_pairs(view: View, numbers: Numbers) -> list[Pair]:
    """The last picture within LONGEST_WAIT_S that is not turned too far, for every picture."""
    pairs = []
    for start, a in enumerate(numbers[:-1]):
        after = numbers[start + 1 :]
        after = after[view.stamps[after] - view.stamps[a] <= LONGEST_WAIT_S]
        turned = degrees(view, a, after)
        fits = after[(turned >= FEWEST_DEGREES) & (turned <= 0.6 * MOST_DEGREES)]
        if len(fits):
            pairs.append((int(a), int(fits[-1])))
    return pairs


def _spread(pairs: list[Pair], most: int) -> list[Pair]:
    chosen = np.linspace(0, len(pairs) - 1, min(most, len(pairs))).round().astype(int)
    return [pairs[index] for index in chosen]


def degrees(view: View, a: int, others: Numbers) -> Array:
    """Angles [...] between the pose of picture a and those of others [...]."""
    return np.degrees(rotation_angle(view.q_xyzw[a], view.q_xyzw[others]))
