# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The scaling figure redrawn: costs over the number of pictures, errors over their distance."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.scale.figures import RIGHT, Values
from benchmarks.scale.report import NAMES

COLOURS = {
    'posenet': 'tab:blue',
    'posenet_onnx': 'tab:cyan',
    'retrieval': 'tab:orange',
    'sift': 'tab:gray',
    'sift_exhaustive': 'black',
}


def draw(sizes: Mapping[int, Values], spacings: Mapping[float, Values]) -> Figure:
    """Above the costs, below the errors."""
    figure = Figure(figsize=(11.0, 6.8), layout='constrained')
    above, below = figure.subplots(2, 3)
    counts = 'training pictures, 250 a room'
    for axis, key, label in zip(
        above,
        ('ms', 'mb', 'median_m'),
        ('a query [ms]', 'memory [MB]', 'median error [m]'),
        strict=True,
    ):
        _lines(axis, sizes, key)
        axis.set(xscale='log', yscale='log', xlabel=counts, ylabel=label)
        axis.set_xticks(list(sizes), [str(size) for size in sizes], minor=False)
        axis.set_xticks([], minor=True)
    apart = 'metres driven between training pictures'
    for axis, key, label in zip(
        below,
        ('median_m', 'registered', 'right'),
        ('median error [m]', 'registered', f'within {RIGHT[0]} m and {RIGHT[1]:.0f} degrees'),
        strict=True,
    ):
        _lines(axis, spacings, key)
        axis.set(xscale='log', xlabel=apart, ylabel=label)
        axis.set_xticks(list(spacings), [f'{metres:g}' for metres in spacings], minor=False)
        axis.set_xticks([], minor=True)
        if key == 'median_m':
            axis.set_yscale('log')
        else:
            axis.set_ylim(0.0, 1.03)
    handles = above[0].get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc='outside lower center', ncols=len(NAMES))
    return figure


def _lines(axis: Axes, figures: Mapping[int, Values] | Mapping[float, Values], key: str) -> None:
    """One line a method; a value that there is not, or that is infinite, leaves a gap."""
    for method, name in NAMES.items():
        points = [
            (place, values[f'{method}_{key}'])
            for place, values in figures.items()
            if values.get(f'{method}_{key}') is not None
        ]
        if points:
            axis.plot(*zip(*points, strict=True), 'o-', color=COLOURS[method], label=name)
    axis.spines[['top', 'right']].set_visible(False)
