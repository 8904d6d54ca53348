# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of floors, as a table and as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from benchmarks.accuracy_bar.figures import Figures, summary
from benchmarks.experiments.markdown import markdown
from posenet_ros.geometry import Array
from posenet_training.metrics import distances_and_angles

SHOWN = {
    'ours': 'points of the map',
    'plain': 'regression',
    'retrieval_frozen_nn': 'nearest picture',
}
# As trust counts a hand-over as right.
RIGHT = (0.5, 10.0)
COLUMNS = ('m2', 'pictures', '', 'median m', '90 % m', 'median deg', '90 % deg', 'right')


@dataclass(frozen=True)
class Floor:
    """What networks and look-ups make of a floor: figures by method."""

    area_m2: float
    pictures: int
    figures: dict[str, Figures]


def figures_of(errors: Array) -> Figures:
    """Medians and percentiles of errors [N, 6], and the share within RIGHT."""
    metres, degrees = distances_and_angles(errors)
    right = float(np.mean((metres <= RIGHT[0]) & (degrees <= RIGHT[1])))
    return {**summary(errors), 'right': right}


def table(floors: Sequence[Floor]) -> str:
    """As Markdown."""
    rows = []
    for floor in floors:
        for method, name in SHOWN.items():
            figures = floor.figures[method]
            rows.append(
                (
                    f'{floor.area_m2:.0f}',
                    str(floor.pictures),
                    name,
                    f'{figures["median_position_m"]:.3f}',
                    f'{figures["p90_position_m"]:.3f}',
                    f'{figures["median_angle_deg"]:.2f}',
                    f'{figures["p90_angle_deg"]:.2f}',
                    f'{100.0 * figures["right"]:.0f} %',
                )
            )
    return markdown(COLUMNS, rows)


def draw(floors: Sequence[Floor]) -> Figure:
    """Medians, and what is right, over the area."""
    figure = Figure(figsize=(11.0, 3.6), layout='constrained')
    axes = figure.subplots(1, 3)
    areas = [floor.area_m2 for floor in floors]
    parts = {
        'median_position_m': 'median position error [m]',
        'median_angle_deg': 'median angle error [degrees]',
        'right': f'within {RIGHT[0]} m and {RIGHT[1]:.0f} degrees',
    }
    for axis, (key, label) in zip(axes, parts.items(), strict=True):
        for method, name in SHOWN.items():
            axis.plot(areas, [f.figures[method][key] for f in floors], 'o-', label=name)
        axis.set(xscale='log', xlabel='area [m2]', ylabel=label)
        axis.set_yscale('linear' if key == 'right' else 'log')
        axis.spines[['top', 'right']].set_visible(False)
    axes[2].set_ylim(0.0, 1.02)
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc='outside lower center', ncols=len(SHOWN))
    return figure
