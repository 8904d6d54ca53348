# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Medians and percentiles of methods, and by how much one is nearer than another."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from benchmarks.experiments.markdown import markdown
from posenet_ros.geometry import Array
from posenet_training.evaluation.intervals import BOUNDS, RESAMPLES, SEED, block_length, blocks
from posenet_training.metrics import distances_and_angles

Figures = dict[str, float]
KEYS = ('median_position_m', 'p90_position_m', 'median_angle_deg', 'p90_angle_deg')
COLUMNS = ('', 'median m', '90 % m', 'median deg', '90 % deg', 'ms', 'MB', 'min')
DIGITS = (3, 3, 2, 2)
COSTS = ('query_ms', 'file_mb', 'train_minutes')


def summary(errors: Array) -> Figures:
    """The four figures of errors [N, 6]; pictures without an answer are infinitely far off."""
    both = np.column_stack(distances_and_angles(errors))
    # Nothing lies between a distance and an infinite one.
    method: Literal['linear', 'lower'] = 'linear' if np.isfinite(both).all() else 'lower'
    median, p90 = np.percentile(both, (50, 90), axis=0, method=method)
    values = (median[0], p90[0], median[1], p90[1])
    return dict(zip(KEYS, map(float, values), strict=True))


def averaged(each: Sequence[Figures]) -> Figures:
    """Means over seeds."""
    return {key: float(np.mean([figures[key] for figures in each])) for key in each[0]}


def differences(ours: Sequence[Array], rival: Array, runs: Array) -> dict[str, list[float]]:
    """Intervals that hold our figures, averaged over seeds, less the rival's with 95 %.

    Both are resampled alike, in blocks of neighbouring pictures.
    """
    parts = blocks(runs.astype(np.int64), block_length(rival, runs.astype(np.int64)))
    rng = np.random.default_rng(SEED)
    rows = []
    for chosen in rng.integers(len(parts), size=(RESAMPLES, len(parts))):
        numbers = np.concatenate([parts[part] for part in chosen])
        mine = averaged([summary(errors[numbers]) for errors in ours])
        theirs = summary(rival[numbers])
        rows.append([mine[key] - theirs[key] for key in KEYS])
    low, high = np.percentile(rows, BOUNDS, axis=0)
    return {key: [float(low[i]), float(high[i])] for i, key in enumerate(KEYS)}


def without_infinity(values: Any) -> Any:
    """The same for JSON, which knows no infinity: null, where a share has no answer."""
    if isinstance(values, dict):
        return {key: without_infinity(value) for key, value in values.items()}
    return None if values == float('inf') else values


def table(methods: Mapping[str, Figures]) -> str:
    """Methods as a Markdown table; what a method does not say stays empty."""
    rows = []
    for name, figures in methods.items():
        said = [f'{figures[key]:.{digits}f}' for key, digits in zip(KEYS, DIGITS, strict=True)]
        costs = [f'{figures[key]:.3g}' if key in figures else '' for key in COSTS]
        rows.append((name, *said, *costs))
    return markdown(COLUMNS, rows)
