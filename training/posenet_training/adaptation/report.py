# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Error against the number of pictures: a table over the seeds, and a figure with all of them."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posenet_training.adaptation.results import Case
from posenet_training.evaluation.tables import Words

COLOURS = ('#3b6ea5', '#d9822b', '#8e44ad')
BASELINE_COLOURS = ('#999999', '#444444')
COLUMNS = (
    'trunk or baseline', 'pictures', 'median m', 'seeds', 'median deg', 'seeds', 'runs', 's each'
)  # fmt: skip
# Key of the figures, name, digits behind the point.
MEASURES = (('median_position_m', 'm', 3), ('median_angle_deg', 'degrees', 2))

Runs = Mapping[Case, dict[str, Any]]


def words(title: str, runs: Runs) -> Words:
    """A row a start and size: the middle of the seeds' medians, and the smallest to largest.

    Below the starts of a size stand its baselines, which nobody trained.
    """
    rows: list[tuple[str, ...]] = []
    for size in _sizes(runs):
        trainings, baselines = _parted({c: f for c, f in runs.items() if c.pictures == size})
        for start in _starts(trainings):
            seconds = _values(trainings, start, size, 'seconds')
            spent = (f'{len(seconds)}', f'{median(seconds):.0f}')
            rows.append((*_errors(trainings, start, size), *spent))
        rows += [(*_errors(baselines, name, size), '', '') for name in _starts(baselines)]
    return Words(title, COLUMNS, tuple(rows))


def _errors(runs: Runs, start: str, size: int) -> list[str]:
    cells = [start, f'{size}']
    for key, _, digits in MEASURES:
        values = _values(runs, start, size, key)
        span = f'{min(values):.{digits}f} to {max(values):.{digits}f}'
        cells += [f'{median(values):.{digits}f}', span if len(values) > 1 else '']
    return cells


def figure(title: str, runs: Runs) -> Figure:
    """Metres and degrees over the number of pictures: a dot a seed, a line through the middle.

    The lines of the baselines are dashed.
    """
    sizes = _sizes(runs)
    drawn = Figure(figsize=(9.0, 3.8), layout='constrained')
    for axis, (key, unit, _) in zip(drawn.subplots(1, 2), MEASURES, strict=True):
        _draw(axis, runs, key)
        axis.set_xscale('log', base=2)
        axis.set_xticks(sizes, [f'{size}' for size in sizes])
        axis.set_xlabel('training pictures')
        axis.set_ylabel(f'median error, {unit}')
        axis.set_ylim(bottom=0.0)
        axis.spines[['top', 'right']].set_visible(False)
    drawn.axes[0].legend(frameon=False, fontsize=9)
    drawn.suptitle(title, fontsize=10)
    return drawn


def _draw(axis: Axes, runs: Runs, key: str) -> None:
    trainings, baselines = _parted(runs)
    for colour, start in zip(COLOURS, _starts(trainings), strict=False):
        axis.plot(*_middles(trainings, start, key), '-', color=colour, label=start, linewidth=1.5)
        cases = [case for case in trainings if case.start == start]
        dots = [trainings[case][key] for case in cases]
        axis.plot([case.pictures for case in cases], dots, 'o', color=colour, markersize=4)
    for colour, name in zip(BASELINE_COLOURS, _starts(baselines), strict=False):
        axis.plot(*_middles(baselines, name, key), '--.', color=colour, label=name, linewidth=1.2)


def _parted(runs: Runs) -> tuple[Runs, Runs]:
    """Trainings, then baselines."""
    trainings = {case: figures for case, figures in runs.items() if case.seed is not None}
    return trainings, {c: figures for c, figures in runs.items() if c not in trainings}


def _starts(runs: Runs) -> Sequence[str]:
    return list(dict.fromkeys(case.start for case in runs))


def _sizes(runs: Runs) -> Sequence[int]:
    return sorted({case.pictures for case in runs})


def _middles(runs: Runs, start: str, key: str) -> tuple[Sequence[int], list[float]]:
    """Sizes, and the median over the seeds at each."""
    own = _sizes({case: figures for case, figures in runs.items() if case.start == start})
    return own, [median(_values(runs, start, size, key)) for size in own]


def _values(runs: Runs, start: str, size: int, key: str) -> list[float]:
    return [
        figures[key]
        for case, figures in runs.items()
        if (case.start, case.pictures) == (start, size)
    ]
