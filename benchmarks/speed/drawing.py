# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""speed.png: engines, and where the time of a frame goes."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.speed.figures import ENGINE_MS_ALLOWED

PARTS = {'transport': 'tab:gray', 'slot': 'tab:orange', 'node': 'tab:blue'}


def draw(figures: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draw the figures of each network."""
    figure = Figure(figsize=(11, 4.5), layout='constrained')
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _engines(left, figures)
    # Only where the node was watched too.
    _frames(right, {name: each for name, each in figures.items() if 'node_ms' in each})
    return figure


def _engines(axes: Axes, figures: Mapping[str, Mapping[str, Any]]) -> None:
    height = 0.8 / len(figures)
    for number, (network, each) in enumerate(figures.items()):
        names = list(each['engine_ms'])
        places = [row + number * height for row in range(len(names))]
        axes.barh(places, [each['engine_ms'][name] for name in names], height, label=network)
        axes.set_yticks(range(len(names)), names)
    axes.axvline(ENGINE_MS_ALLOWED, color='tab:red', linestyle='--', label='bar of GoogLeNet')
    axes.invert_yaxis()
    axes.set(title='One picture, one engine after the other', xlabel='milliseconds')
    axes.legend(loc='lower right')


def _frames(axes: Axes, figures: Mapping[str, Mapping[str, Any]]) -> None:
    begun = [0.0] * len(figures)
    for part, colour in PARTS.items():
        medians = [each[f'{part}_ms'][0] for each in figures.values()]
        axes.barh(list(figures), medians, 0.5, left=begun, color=colour, label=part)
        begun = [a + b for a, b in zip(begun, medians, strict=True)]
    axes.set(title='From stamp to publish, 640x480 at 30 Hz', xlabel='milliseconds')
    if figures:
        axes.legend(loc='upper right')
