# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The plots of an evaluation, by matplotlib."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from posenet_ros.geometry import Array
from posenet_training.evaluation.evaluate import THIS_NETWORK, Evaluation
from posenet_training.evaluation.report import BESIDE, looking_up
from posenet_training.from_above import seen_from_above
from posenet_training.metrics import distances_and_angles

NETWORK, LOOKED_UP, GREY = '#3b6ea5', '#d9822b', '#9aa0a6'
COLOURS = {
    THIS_NETWORK: NETWORK,
    'dense': '#17a2b8',
    'nearest_training_picture': '#8e44ad',
    'nearest_5_interpolated': '#c39bd3',
    'classifier_nearest': LOOKED_UP,
    'classifier_5_interpolated': '#f0b27a',
    'mean_training_pose': GREY,
}
NAMES = {THIS_NETWORK: 'this network', **BESIDE}
WORST = 8
# Pictures that lie between two of them at least: neighbours are nearly the same.
APART = 10
# Points that a running median is taken over, and places where it is drawn.
RUNNING, PLACES = 25, 40


def error_shares(evaluation: Evaluation) -> Figure:
    """Share of the pictures whose error is below, for all predictors."""
    figure = Figure(figsize=(9.0, 4.4), layout='constrained')
    axes = figure.subplots(1, 2, sharey=True)
    for name in [name for name in NAMES if name in evaluation.T_hat]:
        both = distances_and_angles(evaluation.errors(name))
        for axis, values in zip(axes, both, strict=True):
            width = 2.4 if name == THIS_NETWORK else 1.2
            share = np.arange(1, len(values) + 1) / len(values)
            axis.step(
                np.sort(values), share, color=COLOURS[name], linewidth=width, label=NAMES[name]
            )
    for axis, label in zip(axes, ('position error [m]', 'angle error [degrees]'), strict=True):
        axis.set_xscale('log')
        axis.set_xlabel(label)
        axis.set_ylim(0.0, 1.0)
        axis.grid(alpha=0.3)
        axis.spines[['top', 'right']].set_visible(False)
    axes[0].set_ylabel('share of the pictures')
    figure.legend(
        *axes[0].get_legend_handles_labels(), frameon=False, loc='outside lower center', ncols=3
    )
    return figure


def from_above(evaluation: Evaluation) -> Figure:
    """Training positions, true positions by error, and lines to the estimates."""
    figure = Figure(figsize=(9.0, 6.0), layout='constrained')
    axis = figure.subplots()
    poses = evaluation.samples.T_map_camera, evaluation.T_hat[THIS_NETWORK]
    above = seen_from_above(np.concatenate([evaluation.T_reference, *poses]))
    training = len(evaluation.T_reference)
    seen, true, hat = np.split(above.positions, [training, training + len(poses[0])])
    metres = distances_and_angles(evaluation.errors())[0]
    axis.scatter(seen[:, 0], seen[:, 1], s=4, color='#d5d8dc', label=f'training ({training})')
    lines = LineCollection(list(np.stack([true, hat], axis=1)), colors='#b0b0b0', linewidths=0.6)
    axis.add_collection(lines)
    points = axis.scatter(
        true[:, 0],
        true[:, 1],
        s=16,
        c=metres,
        cmap='viridis',
        vmin=0.0,
        vmax=float(np.percentile(metres, 95)),
        label=f'true positions ({len(true)}), line to the estimate',
    )
    figure.colorbar(points, ax=axis, label='position error [m]', extend='max', shrink=0.7)
    axis.set_xlabel(f'{above.axes[0]} [m]')
    axis.set_ylabel(f'{above.axes[1]} [m]')
    axis.set_aspect('equal', adjustable='datalim')
    axis.legend(frameon=False, loc='upper left', fontsize=8)
    axis.spines[['top', 'right']].set_visible(False)
    return figure


def away_from_training(evaluation: Evaluation) -> Figure:
    """Errors over distance and angle to the nearest training pose, beside looking up."""
    figure = Figure(figsize=(9.0, 6.4), layout='constrained')
    axes = figure.subplots(2, 2)
    nearest = evaluation.nearest
    rivals = ((THIS_NETWORK, NETWORK), (looking_up(evaluation), LOOKED_UP))
    for row, label in enumerate(('position error [m]', 'angle error [degrees]')):
        for column, (values, unit) in enumerate(((nearest.metres, 'm'), (nearest.degrees, 'deg'))):
            axis = axes[row, column]
            for name, colour in rivals:
                errors = distances_and_angles(evaluation.errors(name))[row]
                cloud(axis, values, errors, colour, NAMES[name])
            axis.set_yscale('log')
            axis.set_xlim(left=0.0)
            axis.set_xlabel(f'to the nearest training pose [{unit}]')
            axis.set_ylabel(label)
            axis.spines[['top', 'right']].set_visible(False)
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), frameon=False, loc='outside lower center', ncols=2
    )
    return figure


def cloud(axis: Axes, values: Array, errors: Array, colour: str, label: str) -> None:
    """Points, and their running median where there are enough of them."""
    axis.scatter(values, errors, s=6, color=colour, alpha=0.35, linewidths=0)
    order = np.argsort(values)
    width = min(RUNNING, len(order))
    firsts = np.unique(np.linspace(0, len(order) - width, PLACES).astype(int))
    middles = [np.median(values[order[first : first + width]]) for first in firsts]
    medians = [np.median(errors[order[first : first + width]]) for first in firsts]
    axis.plot(middles, medians, color=colour, linewidth=2.0, label=f'{label}, running median')


def _worst(metres: Array) -> list[int]:
    """Numbers of the WORST pictures, the largest error first, none just beside another."""
    chosen: list[int] = []
    for number in np.argsort(-metres, kind='stable').tolist():
        if all(abs(number - other) >= APART for other in chosen):
            chosen.append(number)
    return chosen[:WORST]


def worst_pictures(evaluation: Evaluation) -> Figure:
    """The pictures with the largest position errors, as the network saw them."""
    samples = evaluation.samples
    metres, degrees = distances_and_angles(evaluation.errors())
    looked_up = distances_and_angles(evaluation.errors(looking_up(evaluation)))
    worst = _worst(metres)
    rows = (len(worst) + 3) // 4
    figure = Figure(figsize=(9.0, 3.0 * rows), layout='constrained')
    axes = figure.subplots(rows, 4, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, number in zip(axes, worst, strict=False):
        axis.imshow(samples.seen(number))
        axis.set_title(
            f'{samples.names[number]}\n'
            f'error {metres[number]:.2f} m, {degrees[number]:.1f}°\n'
            f'looked up {looked_up[0][number]:.2f} m, {looked_up[1][number]:.1f}°\n'
            f'training {evaluation.nearest.metres[number]:.2f} m, '
            f'{evaluation.nearest.degrees[number]:.1f}° away',
            fontsize=7,
        )
    return figure
