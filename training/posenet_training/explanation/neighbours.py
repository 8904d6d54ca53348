# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Are neighbours among the features neighbours in the scene?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from sklearn.neighbors import NearestNeighbors

from posenet_ros.geometry import rotation_angle
from posenet_training.explanation.spaces import Space

Array = NDArray[np.float64]

# Training pictures that are asked where they were taken.
NEAREST = 5
# Training pictures that are shown beside a judged one.
SHOWN = 3


@dataclass(frozen=True)
class Apart:
    """How far M judged pictures are from N training pictures: [M, N], in map units and degrees."""

    distance: Array
    degrees: Array

    @staticmethod
    def of(judged: Array, training: Array) -> 'Apart':
        """Of poses T_map_camera [M, 4, 4] and [N, 4, 4]."""
        gap = judged[:, None, :3, 3] - training[None, :, :3, 3]
        q_judged, q_training = (
            Rotation.from_matrix(poses[:, :3, :3]).as_quat() for poses in (judged, training)
        )
        angle = rotation_angle(q_judged[:, None], q_training[None])
        return Apart(np.linalg.norm(gap, axis=-1), np.degrees(angle))


@dataclass(frozen=True)
class Agreement:
    """Mean distance and angle from judged pictures to NEAREST training pictures each."""

    distance: float
    degrees: float


@dataclass(frozen=True)
class Neighbours:
    """The SHOWN training pictures whose features are nearest to a judged picture's.

    judged, training  numbers of the pictures
    features          distances of the features, in units of the feature space
    distance, degrees of the poses
    """

    judged: int
    training: tuple[int, ...]
    features: tuple[float, ...]
    distance: tuple[float, ...]
    degrees: tuple[float, ...]


def agreement(space: Space, apart: Apart) -> Agreement:
    """Of the training pictures that are nearest in a space."""
    _, numbers = _nearest(space, space.judged, NEAREST)
    return Agreement(
        float(np.take_along_axis(apart.distance, numbers, axis=1).mean()),
        float(np.take_along_axis(apart.degrees, numbers, axis=1).mean()),
    )


def at_random(apart: Apart) -> Agreement:
    """What drawing training pictures at random expects."""
    return Agreement(float(apart.distance.mean()), float(apart.degrees.mean()))


def at_best(apart: Apart) -> Agreement:
    """Of the training pictures that are nearest in the scene itself, by either measure."""
    return Agreement(
        float(np.sort(apart.distance, axis=1)[:, :NEAREST].mean()),
        float(np.sort(apart.degrees, axis=1)[:, :NEAREST].mean()),
    )


def look_up(space: Space, apart: Apart, judged: list[int]) -> tuple[Neighbours, ...]:
    """The nearest training pictures of some judged ones."""
    gaps, numbers = _nearest(space, space.judged[judged], SHOWN)
    return tuple(
        Neighbours(
            number,
            tuple(row.tolist()),
            tuple(gap.tolist()),
            tuple(apart.distance[number, row].tolist()),
            tuple(apart.degrees[number, row].tolist()),
        )
        for number, row, gap in zip(judged, numbers, gaps, strict=True)
    )


def _nearest(space: Space, points: Array, count: int) -> tuple[Array, NDArray[np.int64]]:
    """Distances and numbers [K, count] of the training points nearest to points [K, D]."""
    index = NearestNeighbors(n_neighbors=count).fit(space.training)
    distances, numbers = index.kneighbors(points)
    return distances, numbers
