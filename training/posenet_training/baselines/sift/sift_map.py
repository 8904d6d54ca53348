# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A map of points with SIFT descriptors and of the pictures that saw them."""

import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError
from posenet_training.baselines.classifier import Features, Standard
from posenet_training.keypoints import Descriptors
from posenet_training.whole_file import whole_file

# RootSIFT values are stored as bytes in these steps; hardly one in a thousand is above a half.
STEPS = 512.0


@dataclass(frozen=True)
class SiftMap:
    """P points of a scene, M pictures, O observations.

    points           [P, 3] in the map frame, metres
    codes            [P, 128] uint8: the mean RootSIFT descriptor of each point
    seen             [O] which points each picture saw, picture after picture
    seen_until       [M] where each picture's observations end in `seen`
    files            [M] names of the pictures in the scene
    T_map_camera     [M, 4, 4] their poses
    features         [M, F] float16: what they look like to a classifier, standardised, unit length
    feature_mean     [F], and
    feature_deviation [F] what the classifier's features were standardised by
    """

    points: Array
    codes: NDArray[np.uint8]
    seen: NDArray[np.int32]
    seen_until: NDArray[np.int64]
    files: NDArray[np.str_]
    T_map_camera: Array
    features: NDArray[np.float16]
    feature_mean: Features
    feature_deviation: Features

    @property
    def standard(self) -> Standard:
        """What the features were standardised by."""
        return Standard(self.feature_mean, self.feature_deviation)

    def seen_in(self, pictures: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the points that any of these pictures saw, each once."""
        begin = np.concatenate([[0], self.seen_until[:-1]])
        parts = [self.seen[begin[picture] : self.seen_until[picture]] for picture in pictures]
        return np.unique(np.concatenate([*parts, np.zeros(0, np.int32)])).astype(np.int64)

    def descriptors(self, rows: NDArray[np.int64]) -> Descriptors:
        """Unit descriptors [K, 128] of points."""
        values = self.codes[rows].astype(np.float32)
        return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9)

    def save(self, file: Path) -> None:
        """Write an .npz, whole or not at all; SceneError when it cannot be written."""
        try:
            with whole_file(file) as partial, partial.open('wb') as target:
                np.savez(target, allow_pickle=False, **asdict(self))
        except OSError as error:
            raise SceneError(f"SIFT map '{file}' was not written: {error}") from error

    @staticmethod
    def load(file: Path) -> 'SiftMap':
        """Read what `save` wrote; SceneError for a file that is missing or something else."""
        try:
            with np.load(file, allow_pickle=False) as stored:
                return SiftMap(**{field.name: stored[field.name] for field in fields(SiftMap)})
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise SceneError(f"'{file}' is no SIFT map ({error}): build it again") from error


def mean_codes(
    descriptors: Descriptors, point: NDArray[np.int64], count: int
) -> NDArray[np.uint8]:
    """Codes [count, 128] of points: the means of the descriptors [O, 128] that saw `point` [O]."""
    total = np.zeros((count, descriptors.shape[1]), np.float32)
    np.add.at(total, point, descriptors)
    unit = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
    return np.minimum(np.round(STEPS * unit), 255.0).astype(np.uint8)
