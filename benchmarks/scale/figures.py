# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What came out of asking, in numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.scale.asking import Answered
from posenet_training.metrics import distances_and_angles

# As trust counts a hand-over as right.
RIGHT = (0.5, 10.0)
QUARTILES = (25, 75)

Values = dict[str, Any]


def time_figures(method: str, answered: Answered) -> Values:
    """Median time of a query and its quartiles, ms."""
    milliseconds = 1e3 * answered.seconds
    spread = np.percentile(milliseconds, QUARTILES)
    return {
        f'{method}_ms': float(np.median(milliseconds)),
        f'{method}_ms_quartiles': [float(value) for value in spread],
        f'{method}_queries': len(milliseconds),
    }


def error_figures(method: str, answered: Answered) -> Values:
    """Medians, with what was not registered infinitely far off; shares registered and right.

    A median that is infinite is None.
    """
    found = np.isfinite(answered.errors).all(axis=1)
    metres, degrees = distances_and_angles(answered.errors)
    medians = [float(np.percentile(part, 50, method='lower')) for part in (metres, degrees)]
    right = (metres <= RIGHT[0]) & (degrees <= RIGHT[1])
    return {
        f'{method}_median_m': medians[0] if np.isfinite(medians[0]) else None,
        f'{method}_median_deg': medians[1] if np.isfinite(medians[1]) else None,
        f'{method}_registered': float(found.mean()),
        f'{method}_right': float(right.mean()),
    }


@dataclass(frozen=True)
class Bar:
    """A bar, what was measured against it and whether it holds."""

    said: str
    holds: bool


FLAT, FASTER, AT = 0.10, 8.0, 1000


def bars(sizes: dict[int, Values]) -> list[Bar]:
    """Ours flat within 10 % over all sizes; at 1000 pictures at least 8 times the fair rival."""
    ours = [values['posenet_ms'] for values in sizes.values()]
    apart = max(ours) / min(ours) - 1.0
    found = [Bar(f'ours flat over all sizes: {100 * apart:.1f} % of at most 10 %', apart <= FLAT)]
    if AT in sizes:
        ratio = sizes[AT]['sift_over_posenet']
        found.append(
            Bar(f'the fair rival at {AT} pictures: {ratio:.1f} of at least 8', ratio >= FASTER)
        )
    return found


def crossover(spacings: dict[float, Values], key: str = 'median_m') -> str:
    """From which distance between pictures on ours is nearer than SIFT, in words."""

    def ours_is_nearer(values: Values) -> bool:
        rival = values[f'sift_{key}']
        return rival is None or values[f'posenet_{key}'] < rival

    metres = sorted(spacings)
    nearer = [ours_is_nearer(spacings[each]) for each in metres]
    if not any(nearer):
        return f'none: SIFT is nearer up to a picture every {metres[-1]:g} m'
    first = next(n for n in range(len(metres)) if all(nearer[n:])) if nearer[-1] else None
    if first is None:
        return 'none: ours is nearer here and there, but not at the widest spacing'
    if first == 0:
        return f'none: ours is nearer from {metres[0]:g} m on'
    return f'between a picture every {metres[first - 1]:g} m and one every {metres[first]:g} m'
