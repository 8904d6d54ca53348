# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matched pairs of pictures with the epipolar lines that the given poses predict."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posenet_ros.geometry import Array
from posenet_training.check.check import Check
from posenet_training.check.conventions import relative
from posenet_training.check.pairs import MatchedPair

POINTS = 12


def chosen_pairs(check: Check, count: int) -> list[MatchedPair]:
    """Pairs spread over the scene."""
    some = np.linspace(0, len(check.pairs) - 1, min(count, len(check.pairs))).round().astype(int)
    return [check.pairs[index] for index in np.unique(some)]


def matched_pair(check: Check, pair: MatchedPair) -> Figure:
    """Points of the left picture, and in the right one where the poses say that they must be."""
    figure = Figure(figsize=(9.0, 3.6), layout='constrained')
    left, right = figure.subplots(1, 2)
    for axis, number in ((left, pair.a), (right, pair.b)):
        axis.imshow(check.view.grey(number), cmap='gray', vmin=0, vmax=255)
        axis.set_title(check.view.file(number), fontsize=8)
        axis.set_axis_off()
    some = np.linspace(0, len(pair.points_a) - 1, POINTS).round().astype(int)
    colours = [f'C{number % 10}' for number in range(POINTS)]
    F = _fundamental(check, pair)
    bounds = right.get_xlim(), right.get_ylim()
    for point, colour in zip(some, colours, strict=True):
        left.plot(*pair.pixels[0][point], 'o', color=colour, markersize=5)
        right.plot(*pair.pixels[1][point], 'o', color=colour, markersize=5)
        _draw_line(right, F @ [*pair.pixels[0][point], 1.0], colour)
    right.set_xlim(bounds[0])
    right.set_ylim(bounds[1])
    return figure


def _draw_line(axis: Axes, line: Array, colour: str) -> None:
    """Draw a x + b y + c = 0 across the picture."""
    a, b, c = line
    x = np.array([-1e4, 1e4])
    if abs(b) > abs(a):
        axis.plot(x, -(a * x + c) / b, color=colour, linewidth=0.9)
    elif a:
        axis.plot(-(b * x + c) / a, x, color=colour, linewidth=0.9)


def _fundamental(check: Check, pair: MatchedPair) -> Array:
    """F with x_b^T F x_a = 0, for pixels as they are: distortion is left out of the drawing."""
    T = relative(check.view.T_map_camera, np.array([pair.a]), np.array([pair.b]))[0]
    x, y, z = T[:3, 3]
    E = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]) @ T[:3, :3]
    to_plane = _pixels_to_plane(pair, check.convention.focal_factor)
    return np.asarray(to_plane[1].T @ E @ to_plane[0])


def _pixels_to_plane(pair: MatchedPair, focal_factor: float) -> tuple[Array, Array]:
    """Affine maps [3, 3] from the pixels of either picture to the plane z = 1, fitted."""
    maps = []
    for pixels, points in zip(pair.pixels, (pair.points_a, pair.points_b), strict=True):
        ones = np.column_stack([pixels, np.ones(len(pixels))])
        rows, *_ = np.linalg.lstsq(ones, points / focal_factor, rcond=None)
        maps.append(np.vstack([rows.T, [0.0, 0.0, 1.0]]))
    return maps[0], maps[1]
