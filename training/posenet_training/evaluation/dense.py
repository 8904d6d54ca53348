# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Many crops of one picture, whose poses are averaged (PoseNet, section 4: 128 crops)."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.preprocess import CropWindow, crop
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.evaluation.predictors import Predictor

# Crops that are in memory at once: 150 kB each.
BATCH = 32


def dense_windows(width: int, height: int, side: int, count: int) -> list[CropWindow]:
    """`count` windows of a side, uniformly spaced over the whole picture.

    They form a grid; of all grids with so many windows, the one whose steps are most alike.
    """
    free = np.array([width - side, height - side], dtype=float)
    grids = [(n, count // n) for n in range(1, count + 1) if count % n == 0]
    columns, rows = min(grids, key=lambda grid: _uneven(free, grid))
    return [
        CropWindow(int(x0), int(y0), side)
        for y0 in _spaced(height - side, rows)
        for x0 in _spaced(width - side, columns)
    ]


def _uneven(free: Array, grid: tuple[int, int]) -> float:
    """How far the steps of a grid are from equal; a single column or row takes half the room."""
    steps = np.maximum(free, 1.0) / np.maximum(np.array(grid) - 1, 0.5)
    return abs(float(np.log(steps[0] / steps[1])))


def _spaced(free: int, count: int) -> NDArray[np.int64]:
    places = np.linspace(0.0, free, count) if count > 1 else np.array([free / 2.0])
    return places.astype(np.int64)


def dense_pose(predict: Predictor, rgb: NDArray[np.uint8], side: int, count: int) -> Array:
    """Mean pose [4, 4] of `count` crops of a picture [H, W, 3], `side` pixels wide.

    Positions by their mean, rotations by their chordal mean: the paper averages quaternions.
    """
    height, width = rgb.shape[:2]
    windows = dense_windows(width, height, side, count)
    poses = []
    for first in range(0, count, BATCH):
        crops = np.stack([crop(rgb, window) for window in windows[first : first + BATCH]])
        poses.append(predict(crops).T_map_camera)
    return mean_pose(np.concatenate(poses))
