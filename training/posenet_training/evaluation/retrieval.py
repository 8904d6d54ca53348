# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pose of a picture, looked up: where the training pictures that look like it were taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_training.baselines.classifier import Features, Standard
from posenet_training.evaluation.averaging import mean_pose

NEIGHBOURS = 5
# Weights of the interpolated poses are cosines to this power: lower ones pull in pictures of other
# places where few are alike, higher ones leave the nearest alone.
SHARPNESS = 16


@dataclass(frozen=True)
class Looked:
    """Poses [B, 4, 4] of the pictures that look most alike, and of the five interpolated."""

    nearest: Array
    interpolated: Array


@dataclass(frozen=True)
class Lookup:
    """Training pictures by how they look: unit features [M, F], poses [M, 4, 4]."""

    standard: Standard
    features: Features
    T_map_camera: Array

    @staticmethod
    def of(standard: Standard, features: Features, T_map_camera: Array) -> 'Lookup':
        """Of the features [M, F] and poses [M, 4, 4] of the training pictures."""
        return Lookup(standard, standard.unit(features), T_map_camera)

    def look_up(self, features: Features) -> Looked:
        """Poses for pictures with features [B, F], the nearest by cosine.

        The interpolated pose is the mean of the NEIGHBOURS nearest, weighted by their cosines to
        the power SHARPNESS (cosine similarity weights of Pion et al., 3DV 2020); rotations by
        their chordal mean.
        """
        alike = self.standard.unit(features) @ self.features.T
        count = min(NEIGHBOURS, alike.shape[1])
        rows = np.argsort(-alike, axis=1, kind='stable')[:, :count]
        cosines = np.take_along_axis(alike, rows, axis=1)
        neighbours = self.T_map_camera[rows]
        interpolated = [
            mean_pose(T, _weights(c)) for T, c in zip(neighbours, cosines, strict=True)
        ]
        return Looked(neighbours[:, 0], np.stack(interpolated))


def _weights(cosines: NDArray[np.float32]) -> Array:
    """Weights [K], of which the nearest has 1; one that points away counts nothing."""
    best = max(float(cosines[0]), 1e-6)
    weights = np.clip(cosines.astype(np.float64) / best, 0.0, 1.0) ** SHARPNESS
    weights[0] = 1.0
    return weights
