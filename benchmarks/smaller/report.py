# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks of several sizes as a table and as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from benchmarks.accuracy_bar.figures import DIGITS, KEYS, Figures
from benchmarks.experiments.markdown import markdown

COLUMNS = ('', 'median m', '90 % m', 'median deg', '90 % deg', 'MB', 'min')


@dataclass(frozen=True)
class Row:
    """A trunk: errors, milliseconds a picture by engine, megabytes of its file, its training."""

    trunk: str
    figures: Figures
    ms: dict[str, float]
    mb: float
    pictures_shown: int
    minutes: float


def table(rows: Sequence[Row]) -> str:
    """As Markdown."""
    engines = list(rows[0].ms)
    return markdown(
        (*COLUMNS, *(f'ms {engine}' for engine in engines)),
        [
            (
                row.trunk,
                *(f'{row.figures[key]:.{n}f}' for key, n in zip(KEYS, DIGITS, strict=True)),
                f'{row.mb:.1f}',
                f'{row.minutes:.0f}',
                *(f'{row.ms[engine]:.1f}' for engine in engines),
            )
            for row in rows
        ],
    )


def draw(rows: Sequence[Row]) -> Figure:
    """Median errors over time, a point a network and engine, as large as its file."""
    figure = Figure(figsize=(9.0, 3.6), layout='constrained')
    parts = {
        'median_position_m': 'median position error [m]',
        'median_angle_deg': 'median angle error [degrees]',
    }
    for axes, (key, label) in zip(figure.subplots(1, len(parts)), parts.items(), strict=True):
        for engine in rows[0].ms:
            milliseconds = [row.ms[engine] for row in rows]
            errors = [row.figures[key] for row in rows]
            axes.scatter(milliseconds, errors, [10.0 * row.mb for row in rows], label=engine)
        for row in rows:
            middle = sum(row.ms.values()) / len(row.ms)
            axes.annotate(
                f'{row.trunk}, {row.mb:.0f} MB',
                (middle, row.figures[key]),
                xytext=(0, 9),
                textcoords='offset points',
                ha='center',
            )
        axes.margins(0.25)
        axes.set(xlabel='milliseconds a picture', ylabel=label)
        axes.set_xlim(left=0.0)
    figure.legend(*axes.get_legend_handles_labels(), loc='outside upper center', ncols=2)
    return figure
