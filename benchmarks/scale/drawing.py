# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The scaling figure redrawn: costs over the number of pictures, errors over their distance."""

from collections.abc import Mapping, Sequence

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
    """Above the costs; below the errors, where spacings were measured."""
    count = 2 if spacings else 1
    figure = Figure(figsize=(11.0, 3.2 * count + 0.4), layout='constrained')
    rows = figure.subplots(count, 3, squeeze=False)
    _costs(rows[0], sizes)
    if spacings:
        _errors(rows[1], spacings)
    handles = rows[0, 0].get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc='outside lower center', ncols=len(NAMES))
    return figure


def _costs(row: Sequence[Axes], sizes: Mapping[int, Values]) -> None:
    labels = {'ms': 'a query [ms]', 'mb': 'memory [MB]', 'median_m': 'median error [m]'}
    for axis, (key, label) in zip(row, labels.items(), strict=True):
        _lines(axis, sizes, key)
        axis.set(xscale='log', yscale='log', xlabel='training pictures', ylabel=label)
        axis.set_xticks(list(sizes), [str(size) for size in sizes])
        axis.set_xticks([], minor=True)


def _errors(row: Sequence[Axes], spacings: Mapping[float, Values]) -> None:
    labels = {
        'median_m': 'median error [m]',
        'registered': 'registered',
        'right': f'within {RIGHT[0]} m and {RIGHT[1]:.0f} degrees',
    }
    for axis, (key, label) in zip(row, labels.items(), strict=True):
        _lines(axis, spacings, key)
        axis.set(xscale='log', xlabel='metres between training pictures', ylabel=label)
        axis.set_xticks(list(spacings), [f'{metres:g}' for metres in spacings])
        axis.set_xticks([], minor=True)
        if key == 'median_m':
            axis.set_yscale('log')
        else:
            axis.set_ylim(0.0, 1.03)


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
