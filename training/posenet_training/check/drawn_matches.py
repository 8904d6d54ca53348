# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matched pairs of pictures with the epipolar lines that the given poses predict."""

import numpy as np
from matplotlib.figure import Figure

from posenet_ros.geometry import Array
from posenet_training.check.camera_check import CameraCheck
from posenet_training.check.conventions import relative
from posenet_training.check.lens import FARTHEST, focused, projected
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.view import Numbers

POINTS = 12
# Of a point of the left picture, in distances between the two cameras.
DEPTHS = np.geomspace(0.3, 1000.0, 200)


def chosen_pairs(camera: CameraCheck, count: int) -> list[MatchedPair]:
    """Pairs spread over the scene."""
    pairs = camera.pairs
    some = np.linspace(0, len(pairs) - 1, min(count, len(pairs))).round().astype(int)
    return [pairs[index] for index in np.unique(some)]


def matched_pair(camera: CameraCheck, pair: MatchedPair) -> Figure:
    """Points of the left picture, and in the right one where the poses say that they must be."""
    figure = Figure(figsize=(9.0, 3.6), layout='constrained')
    left, right = figure.subplots(1, 2)
    for axis, number in ((left, pair.a), (right, pair.b)):
        axis.imshow(camera.view.grey(number), cmap='gray', vmin=0, vmax=255)
        axis.set_title(camera.view.file(number), fontsize=8)
        axis.set_axis_off()
    some = np.linspace(0, len(pair.pixels[0]) - 1, POINTS).round().astype(int)
    lines = _lines(camera, pair, some)
    bounds = right.get_xlim(), right.get_ylim()
    for number, (point, line) in enumerate(zip(some, lines, strict=True)):
        colour = f'C{number % 10}'
        left.plot(*pair.pixels[0][point], 'o', color=colour, markersize=5)
        right.plot(*pair.pixels[1][point], 'o', color=colour, markersize=5)
        right.plot(*line.T, color=colour, linewidth=0.9)
    right.set_xlim(bounds[0])
    right.set_ylim(bounds[1])
    return figure


def _lines(camera: CameraCheck, pair: MatchedPair, some: Numbers) -> list[Array]:
    """Pixels [DEPTHS, 2] of picture b at which points of picture a may lie, bent as the lens is.

    Those beside the picture or behind the camera are nan.
    """
    T_b_a = relative(camera.view.T_map_camera, np.array([pair.a]), np.array([pair.b]))[0]
    factor = camera.convention.focal_factor
    baseline = max(float(np.linalg.norm(T_b_a[:3, 3])), 1e-9)
    lines = []
    for ray in pair.rays(factor)[0][some]:
        p_b = baseline * DEPTHS[:, None] * ray @ T_b_a[:3, :3].T + T_b_a[:3, 3]
        seen = p_b[:, 2] > np.cos(FARTHEST) * np.linalg.norm(p_b, axis=1)
        line = np.full((len(DEPTHS), 2), np.nan)
        line[seen] = projected(focused(pair.cameras[1], factor), p_b[seen])
        lines.append(line)
    return lines
