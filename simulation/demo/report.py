# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the demo leaves behind: report.png and summary.json."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib

matplotlib.use('Agg')

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from posenet_ros.stamps import seconds_between
from simulation.demo.score import Estimate, Kidnap, Summary, Truth, find_kidnaps, judged
from simulation.room import Room


def write_summary(path: Path, summary: Summary) -> None:
    """Write summary.json atomically."""
    temporary = path.with_suffix('.tmp')
    temporary.write_text(json.dumps(summary.as_dict(), indent=2) + '\n')
    os.replace(temporary, path)


def write_report(
    path: Path,
    room: Room,
    truths: Sequence[Truth],
    estimates: Sequence[Estimate],
    summary: Summary,
) -> None:
    """Draw paths from above and errors over time, and write them atomically."""
    figure = pyplot.figure(figsize=(14, 6.5), layout='constrained')
    left, right = figure.subfigures(1, 2, width_ratios=(1.15, 1.0))
    kidnaps = find_kidnaps(truths)
    _from_above(left.subplots(), room, truths, estimates, kidnaps)
    metres, degrees = right.subplots(2, 1, sharex=True)
    _over_time(metres, degrees, truths, estimates, kidnaps)
    figure.suptitle(
        f'median {summary.median_position_m:.3f} m, {summary.median_angle_deg:.2f}°;  '
        f'95 %: {summary.p95_position_m:.2f} m, {summary.p95_angle_deg:.1f}°;  '
        f'a pose {summary.latency_ms_p50:.0f} ms after its picture;  {summary.kidnaps} kidnaps'
    )
    temporary = path.with_suffix('.tmp')
    figure.savefig(temporary, format='png', dpi=90)
    pyplot.close(figure)
    os.replace(temporary, path)


def _from_above(
    axes: Axes,
    room: Room,
    truths: Sequence[Truth],
    estimates: Sequence[Estimate],
    kidnaps: Sequence[Kidnap],
) -> None:
    grid = room.occupancy()
    rows, columns = grid.occupied.shape
    x, y = grid.origin
    extent = (x, x + columns * grid.resolution, y, y + rows * grid.resolution)
    axes.imshow(grid.occupied, origin='lower', extent=extent, cmap='Greys', alpha=0.5)
    jumps = {kidnap.after_ns for kidnap in kidnaps}
    way = np.array([truth.T_map_base[:2, 3] for truth in truths])
    starts = [0, *(i for i, truth in enumerate(truths) if truth.stamp_ns in jumps), len(truths)]
    for index, (first, last) in enumerate(pairwise(starts)):
        label = 'true path' if index == 0 else None
        axes.plot(*way[first:last].T, color='tab:green', linewidth=2.5, alpha=0.7, label=label)
        if index > 0:
            axes.plot(*way[first], 'v', color='tab:red', label='kidnapped' if index == 1 else None)
    found = np.array([estimate.T_map_base[:2, 3] for estimate in estimates])
    axes.plot(*found.T, '.', color='tab:blue', markersize=3, label='estimated')
    axes.set(xlabel='x in map, m', ylabel='y in map, m', xlim=extent[:2], ylim=extent[2:])
    axes.set_aspect('equal')
    axes.legend(loc='upper center', bbox_to_anchor=(0.5, -0.12), ncols=3, frameon=False)


def _over_time(
    metres: Axes,
    degrees: Axes,
    truths: Sequence[Truth],
    estimates: Sequence[Estimate],
    kidnaps: Sequence[Kidnap],
) -> None:
    judgements = judged(truths, estimates)
    start_ns = judgements[0].stamp_ns
    times = [seconds_between(start_ns, j.stamp_ns) for j in judgements]
    for axes, values, label in (
        (metres, [j.position_m for j in judgements], 'position error, m'),
        (degrees, [j.angle_deg for j in judgements], 'angle error, degrees'),
    ):
        axes.semilogy(times, np.maximum(values, 1e-4), '.', markersize=3, color='tab:blue')
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axes.yaxis.set_major_formatter(StrMethodFormatter('{x:g}'))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel(label)
        axes.grid(visible=True, which='major', alpha=0.4)
        for index, kidnap in enumerate(kidnaps):
            label_once = 'kidnap' if index == 0 else None
            when = seconds_between(start_ns, kidnap.after_ns)
            axes.axvline(when, color='tab:red', linestyle='--', label=label_once)
    if kidnaps:
        metres.legend(loc='upper right')
    degrees.set_xlabel('time, s')
