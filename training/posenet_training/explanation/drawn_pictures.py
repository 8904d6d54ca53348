# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with their saliency, and pictures beside those that the model takes for alike."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from posenet_training.explanation.explain import Explanation, Looked
from posenet_training.explanation.hiding import smooth
from posenet_training.explanation.neighbours import SHOWN, Neighbours

Array = NDArray[np.float64]

# Each of the two kinds has one scale for all pictures; this share of all pixels is within it.
WITHIN = 99.8
# The square lets the picture through where little depends on it.
STEPS = np.linspace(0.0, 1.0, 256)
HEAT = ListedColormap(np.column_stack([colormaps['plasma'](STEPS)[:, :3], 0.95 * STEPS**2]))
INCH = 2.1


def saliency_pictures(explanation: Explanation) -> Figure:
    """Two judged pictures a row: as it is, what moves its position, what moves its rotation."""
    looked = explanation.looked
    rows = (len(looked) + 1) // 2
    figure = Figure(figsize=(6.0 * INCH, (INCH + 0.35) * rows + 1.1), layout='constrained')
    figure.suptitle(f'Which pixels move the answer: {explanation.scene}', x=0.01, ha='left')
    axes = figure.subplots(rows, 6, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    kinds = (
        ('position', [smooth(picture.saliency.position) for picture in looked]),
        ('rotation', [smooth(picture.saliency.rotation) for picture in looked]),
    )
    for number, picture in enumerate(looked):
        _picture(axes[number // 2, 3 * (number % 2)], picture, explanation)
    for column, (kind, maps) in enumerate(kinds, start=1):
        top = float(np.percentile(maps, WITHIN)) or 1.0
        for number, picture in enumerate(looked):
            axis = axes[number // 2, 3 * (number % 2) + column]
            _heat(axis, picture.crop, maps[number] / top, kind)
        half = axes[-1, 3 * column - 3 : 3 * column]
        _scale(figure, list(half), top, kind, explanation.unit)
    return figure


def neighbour_pictures(explanation: Explanation) -> Figure:
    """Each judged picture in a row with the training pictures of the nearest features."""
    rows = len(explanation.neighbours)
    figure = Figure(figsize=(9.0, 2.45 * rows + 0.5), layout='constrained')
    figure.suptitle(
        f'Training pictures whose features are nearest: {explanation.scene}', x=0.01, ha='left'
    )
    axes = figure.subplots(rows, 1 + SHOWN, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for row, picture, neighbours in zip(
        axes, explanation.looked, explanation.neighbours, strict=True
    ):
        _picture(row[0], picture, explanation)
        _row(row[1:], neighbours, explanation)
    return figure


def _picture(axis: Axes, picture: Looked, explanation: Explanation) -> None:
    axis.imshow(picture.crop)
    name = explanation.judged.gallery.name(picture.judged)
    error = f'{picture.distance:.2f} {explanation.unit}, {picture.degrees:.1f}°'
    axis.set_title(f'{name}\nerror {error}', fontsize=8)


def _row(axes: Sequence[Axes], neighbours: Neighbours, explanation: Explanation) -> None:
    gallery = explanation.training.gallery
    for axis, number, gap, distance, degrees in zip(
        axes,
        neighbours.training,
        neighbours.features,
        neighbours.distance,
        neighbours.degrees,
        strict=True,
    ):
        axis.imshow(gallery.crop(number))
        apart = f'{distance:.2f} {explanation.unit}, {degrees:.1f}° away'
        axis.set_title(f'{gallery.name(number)}\nfeature {gap:.2f}; {apart}', fontsize=8)


def _heat(axis: Axes, crop: NDArray[np.uint8], share: Array, title: str) -> None:
    """The picture in grey, and over it what is salient, the clearer the more it is."""
    axis.imshow(crop.mean(axis=2), cmap='gray', vmin=0, vmax=255)
    axis.imshow(share, cmap=HEAT, vmin=0.0, vmax=1.0)
    axis.set_title(f'\n{title}', fontsize=8)


def _scale(figure: Figure, axes: list[Axes], top: float, kind: str, unit: str) -> None:
    """A bar for one kind of map; a single pixel moves the answer by millionths."""
    small = {'position': 'µm' if unit == 'm' else 'millionths of a unit', 'rotation': 'µ°'}[kind]
    colours = ScalarMappable(Normalize(0.0, 1e6 * top), HEAT)
    bar = figure.colorbar(colours, ax=axes, location='bottom', shrink=0.6, aspect=40)
    bar.set_label(f'{small} of {kind} per grey level of one pixel', fontsize=8)
    bar.ax.tick_params(labelsize=8)
