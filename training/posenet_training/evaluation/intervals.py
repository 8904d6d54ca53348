# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How sure medians are, by resampling blocks of neighbouring pictures.

Errors of pictures taken one after another are alike; resampling single pictures would call a
median surer than it is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_training.metrics import distances_and_angles

RESAMPLES = 1000
# A share of 95 % of the resampled medians.
BOUNDS = (2.5, 97.5)
FEWEST_BLOCKS = 4
SEED = 0

Numbers = NDArray[np.int64]


def correlation_length(values: Array, runs: Numbers) -> int:
    """Pictures after which values [N] have forgotten themselves: their correlation is below 1/e.

    runs [N]: numbers of the uninterrupted pieces; at least 1, at most the longest run.
    """
    centred = values - values.mean()
    variance = float(np.mean(centred**2))
    pieces = [centred[runs == run] for run in np.unique(runs)]
    longest = max(map(len, pieces))
    if variance <= 0.0:
        return 1
    for lag in range(1, longest):
        products = [piece[:-lag] * piece[lag:] for piece in pieces if len(piece) > lag]
        if float(np.mean(np.concatenate(products))) < variance / np.e:
            return lag
    return longest


def blocks(runs: Numbers, length: int) -> list[Numbers]:
    """Cut runs into blocks of about `length` pictures, at least one each: numbers of each."""
    found = []
    for run in dict.fromkeys(runs.tolist()):
        numbers = np.flatnonzero(runs == run)
        found += np.array_split(numbers, max(round(len(numbers) / length), 1))
    return found


def median_intervals(errors: Array, runs: Numbers, length: int) -> dict[str, Any]:
    """Intervals that hold the medians of errors [N, 6] with 95 %, by bootstrap over blocks.

    They are null where there are fewer than FEWEST_BLOCKS blocks.
    """
    parts = blocks(runs, length)
    interval: dict[str, Any] = {
        'blocks': len(parts),
        'median_position_m': None,
        'median_angle_deg': None,
    }
    if len(parts) < FEWEST_BLOCKS:
        return interval
    both = np.column_stack(distances_and_angles(errors))
    rng = np.random.default_rng(SEED)
    medians = np.empty((RESAMPLES, 2))
    for row, chosen in enumerate(rng.integers(len(parts), size=(RESAMPLES, len(parts)))):
        medians[row] = np.median(both[np.concatenate([parts[part] for part in chosen])], axis=0)
    low, high = np.percentile(medians, BOUNDS, axis=0)
    interval['median_position_m'] = [float(low[0]), float(high[0])]
    interval['median_angle_deg'] = [float(low[1]), float(high[1])]
    return interval


def share_interval(inside: NDArray[np.bool_], runs: Numbers, length: int) -> list[float] | None:
    """The interval that holds the share of pictures `inside` [N] with 95 %, found alike."""
    parts = blocks(runs, length)
    if len(parts) < FEWEST_BLOCKS:
        return None
    sizes = np.array(list(map(len, parts)))
    hits = np.array([np.count_nonzero(inside[part]) for part in parts])
    chosen = np.random.default_rng(SEED).integers(len(parts), size=(RESAMPLES, len(parts)))
    shares = hits[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    return [float(bound) for bound in np.percentile(shares, BOUNDS)]


def block_length(errors: Array, runs: Numbers) -> int:
    """Block length for errors [N, 6]: twice what position errors remember (correlation_length)."""
    return 2 * correlation_length(np.log(distances_and_angles(errors)[0] + 1e-6), runs)
