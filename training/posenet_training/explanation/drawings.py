# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The features of all pictures as a plane, coloured by where they were taken; by matplotlib."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.projections.polar import PolarAxes
from numpy.typing import NDArray

from posenet_training.explanation.colours import of_headings, of_positions
from posenet_training.explanation.explain import Explanation
from posenet_training.explanation.spaces import Space
from posenet_training.from_above import FromAbove, seen_from_above
from posenet_training.metrics import headings

Array = NDArray[np.float64]

BLUE, GREY = '#3b6ea5', '#9aa0a6'
MARKED_SHARES = (0.5, 0.9)
SECTOR = 5.0


@dataclass(frozen=True)
class Look:
    """All pictures, training first: where they were, and the colours that say so."""

    above: FromAbove
    headings: Array
    by_position: Array
    by_heading: Array
    training: int


def t_sne_plane(explanation: Explanation) -> Figure:
    """Features by t-SNE; its axes mean nothing, only who is near whom."""
    return _plane(explanation, explanation.tsne, 't-SNE of the localization features', ('', ''))


def pca_plane(explanation: Explanation) -> Figure:
    """Features along their two principal components."""
    shares = [*explanation.shares, 0.0]
    labels = tuple(f'component {i + 1}: {shares[i]:.0%} of the variance' for i in range(2))
    return _plane(
        explanation, explanation.pca, 'PCA of the localization features', (labels[0], labels[1])
    )


def variance(explanation: Explanation) -> Figure:
    """How much of the features' variance the first components hold."""
    figure = Figure(figsize=(9.0, 3.6), layout='constrained')
    axis = figure.subplots()
    held = np.cumsum(explanation.shares)
    numbers = np.arange(1, len(held) + 1)
    axis.bar(numbers, explanation.shares, color=GREY, label='of this component')
    axis.plot(numbers, held, 'o-', color=BLUE, markersize=3, label='of all up to this one')
    for share in MARKED_SHARES:
        axis.axhline(share, color=GREY, linestyle=':', linewidth=1.0)
        reached = np.flatnonzero(held >= share)
        if len(reached):
            number = int(reached[0]) + 1
            text = f'{number} hold {share:.0%}'
            axis.annotate(text, (number, share), (8, -14), textcoords='offset points')
    axis.set_ylim(0.0, 1.05)
    axis.set_xlabel('principal component')
    axis.set_ylabel('share of the variance')
    axis.set_title('How many numbers a feature is', loc='left')
    axis.spines[['top', 'right']].set_visible(False)
    axis.legend(frameon=False, loc='center right')
    return figure


def _plane(explanation: Explanation, space: Space, title: str, labels: tuple[str, str]) -> Figure:
    figure = Figure(figsize=(12.6, 5.6), layout='constrained')
    grid = figure.add_gridspec(2, 3, width_ratios=(1.0, 1.0, 0.55))
    look = _look(explanation)
    figure.suptitle(f'{title}: {explanation.scene}', x=0.01, ha='left')
    for column, (name, colours) in enumerate(
        (('position', look.by_position), ('heading', look.by_heading))
    ):
        axis = figure.add_subplot(grid[:, column])
        _scatter(axis, np.concatenate([space.training, space.judged]), colours, look.training)
        axis.set_title(f'coloured by {name}')
        axis.set_aspect('equal', adjustable='datalim')
        axis.set_xlabel(labels[0])
        axis.set_ylabel(labels[1])
        axis.set_xticks([])
        axis.set_yticks([])
    _floor(figure.add_subplot(grid[0, 2]), look, explanation.unit)
    wheel = figure.add_subplot(grid[1, 2], projection='polar')
    assert isinstance(wheel, PolarAxes)
    _wheel(wheel, look)
    figure.legend(handles=_kinds(), loc='outside lower left', ncols=2, frameon=False)
    return figure


def _look(explanation: Explanation) -> Look:
    training, judged = (seen.gallery for seen in (explanation.training, explanation.judged))
    above = seen_from_above(np.concatenate([training.T_map_camera, judged.T_map_camera]))
    floor, degrees = above.positions, headings(above.T_floor_camera)
    return Look(
        above,
        degrees,
        of_positions(floor, floor.min(axis=0), floor.max(axis=0)),
        of_headings(degrees),
        len(training),
    )


def _scatter(axis: Axes, points: Array, colours: Array, training: int) -> None:
    """Training pictures as dots, judged ones as framed diamonds on top."""
    x, y = points[:, 0], points[:, 1]
    axis.scatter(x[:training], y[:training], s=11, c=colours[:training], linewidths=0)
    framed = axis.scatter(x[training:], y[training:], s=20, c=colours[training:], marker='D')
    framed.set_edgecolor('black')
    framed.set_linewidth(0.45)


def _kinds() -> list[Line2D]:
    return [
        Line2D([], [], color=GREY, marker='o', markersize=4, linewidth=0, label='training'),
        Line2D(
            [],
            [],
            color=GREY,
            marker='D',
            markersize=5,
            markeredgecolor='black',
            linewidth=0,
            label='judged, never trained on',
        ),
    ]


def _floor(axis: Axes, look: Look, unit: str) -> None:
    _scatter(axis, look.above.positions, look.by_position, look.training)
    axis.set_title('position from above')
    axis.set_aspect('equal')
    axis.set_xlabel(f'{look.above.axes[0]} [{unit}]')
    axis.set_ylabel(f'{look.above.axes[1]} [{unit}]')
    axis.spines[['top', 'right']].set_visible(False)


def _wheel(axis: PolarAxes, look: Look) -> None:
    """The colours of all headings, and within them how many pictures look there."""
    degrees = np.arange(-180.0, 180.0, SECTOR)
    middle, width = np.radians(degrees + SECTOR / 2.0), np.radians(SECTOR)
    counts, _ = np.histogram(look.headings, np.append(degrees, 180.0))
    axis.bar(middle, 0.3, 1.05 * width, bottom=0.7, color=list(of_headings(np.degrees(middle))))
    axis.bar(middle, 0.6 * np.sqrt(counts / max(counts.max(), 1)), width, color=GREY)
    axis.set_title('heading from above\n(grey: how many pictures)')
    axis.set_ylim(0.0, 1.0)
    axis.set_yticks([])
    first, second = look.above.axes[0], look.above.axes[1]
    names = [f'+{first}', f'+{second}', f'−{first}', f'−{second}']
    axis.set_xticks(np.radians([0.0, 90.0, 180.0, 270.0]), names)
    axis.grid(False)
    axis.spines['polar'].set_visible(False)
