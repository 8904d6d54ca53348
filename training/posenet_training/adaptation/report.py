# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Error against the number of pictures: a table over the seeds, and a figure with all of them."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from matplotlib.figure import Figure

from posenet_training.adaptation.results import Case
from posenet_training.evaluation.tables import Words

COLOURS = ('#3b6ea5', '#d9822b', '#8e44ad')
# Key of the figures, name, digits behind the point.
MEASURES = (('median_position_m', 'm', 3), ('median_angle_deg', 'degrees', 2))

Runs = Mapping[Case, dict[str, Any]]


def words(title: str, runs: Runs) -> Words:
    """A row a start and size: the middle of the seeds' medians, and the smallest to largest."""
    rows = []
    for start, size in dict.fromkeys((case.start, case.pictures) for case in runs):
        cells = [start, f'{size}']
        for key, _, digits in MEASURES:
            values = _values(runs, start, size, key)
            span = f'{min(values):.{digits}f} to {max(values):.{digits}f}'
            cells += [f'{median(values):.{digits}f}', span if len(values) > 1 else '']
        seconds = median(_values(runs, start, size, 'seconds'))
        rows.append((*cells, f'{len(values)}', f'{seconds:.0f}'))
    columns = ('trunk', 'pictures', 'median m', 'seeds', 'median deg', 'seeds', 'runs', 's each')
    return Words(title, columns, tuple(rows))


def figure(title: str, runs: Runs) -> Figure:
    """Metres and degrees over the number of pictures: a dot a seed, a line through the middle."""
    drawn = Figure(figsize=(9.0, 3.8), layout='constrained')
    for axis, (key, unit, _) in zip(drawn.subplots(1, 2), MEASURES, strict=True):
        sizes = sorted({case.pictures for case in runs})
        for colour, start in zip(COLOURS, _starts(runs), strict=False):
            own = sorted({case.pictures for case in runs if case.start == start})
            middles = [median(_values(runs, start, size, key)) for size in own]
            axis.plot(own, middles, '-', color=colour, label=start, linewidth=1.5)
            cases = [case for case in runs if case.start == start]
            dots = [runs[case][key] for case in cases]
            axis.plot([case.pictures for case in cases], dots, 'o', color=colour, markersize=4)
        axis.set_xscale('log', base=2)
        axis.set_xticks(sizes, [f'{size}' for size in sizes])
        axis.set_xlabel('training pictures')
        axis.set_ylabel(f'median error, {unit}')
        axis.set_ylim(bottom=0.0)
        axis.spines[['top', 'right']].set_visible(False)
    drawn.axes[0].legend(frameon=False, fontsize=9)
    drawn.suptitle(title, fontsize=10)
    return drawn


def _starts(runs: Runs) -> Sequence[str]:
    return list(dict.fromkeys(case.start for case in runs))


def _values(runs: Runs, start: str, size: int, key: str) -> list[float]:
    return [
        figures[key]
        for case, figures in runs.items()
        if (case.start, case.pictures) == (start, size)
    ]
