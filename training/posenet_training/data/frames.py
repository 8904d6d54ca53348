# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with camera poses, as all sources give them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import INPUT_SIZE
from posenet_training.coordinates.views import CellViews
from posenet_training.data.samples import Samples
from posenet_training.network import SceneStatistics
from posenet_training.recipe import Coordinates, Recipe
from posenet_training.sequences import ALL

Frame = tuple[NDArray[np.uint8], NDArray[np.float64]]


@dataclass(frozen=True)
class Frames:
    """Frames in memory: uint8 RGB crops [N, 224, 224, 3] and T_map_camera [N, 4, 4]."""

    images: NDArray[np.uint8]
    T_map_camera: NDArray[np.float64]

    @property
    def positions(self) -> NDArray[np.float64]:
        """Camera positions [N, 3] in the map, metres."""
        return self.T_map_camera[:, :3, 3]

    def labels(self) -> tuple[Tensor, Tensor]:
        """Positions [N, 3] and unit quaternions x, y, z, w [N, 4], float32."""
        pairs = [position_and_quaternion(T_map_camera) for T_map_camera in self.T_map_camera]
        positions, quaternions = (np.stack(part) for part in zip(*pairs, strict=True))
        return torch.from_numpy(positions).float(), torch.from_numpy(quaternions).float()


class Source(Protocol):
    """One scene: samples to train on, and fixed frames to judge by.

    Splits: 'statistics' (frames like those of training, for the scene's mean image and extent),
    'reference' (the same, for the extent in the model file and to look pictures up in),
    'validation' (watched in training), 'calibration' (gives the held-out errors in the model
    file) and 'test' (gives the reported figures).
    """

    name: str
    map_frame: str
    camera: Camera | None

    @property
    def has_points(self) -> bool:
        """Whether samples can carry points of the scene."""
        ...

    @property
    def has_depth(self) -> bool:
        """Whether it is known, of some training pictures at least, which points cells show."""
        ...

    def training(self, recipe: Recipe, seed: int) -> Samples:
        """Samples to train on by their numbers; never frames of a judging split."""
        ...

    def cell_views(self, options: Coordinates, count: int, seed: int) -> CellViews:
        """Looks at training pictures, with the points that count x count cells show."""
        ...

    def each(self, split: str, at_most: int = ALL) -> Iterator[Frame]:
        """The fixed frames of a split, one at a time; where there are more, some all over it."""
        ...

    def frames(self, split: str) -> Frames:
        """The fixed frames of a split, all in memory."""
        ...

    def describe(self, split: str) -> str:
        """Say in a few words which frames a split holds."""
        ...


def stacked(frames: Iterable[Frame]) -> Frames:
    """Hold frames in memory."""
    images, poses = zip(*frames, strict=True)
    return Frames(np.stack(images), np.stack(poses))


def statistics_of(frames: Iterable[Frame]) -> SceneStatistics:
    """Mean image, spread of the pixels, centre and extent of a scene, in one pass."""
    total = np.zeros((INPUT_SIZE, INPUT_SIZE, 3))
    squares = 0.0
    positions = []
    for image, T_map_camera in frames:
        pixels = image.astype(np.float64)
        total += pixels
        squares += float(np.mean(pixels * pixels))
        positions.append(T_map_camera[:3, 3])
    mean_image = total / len(positions)
    variance = squares / len(positions) - float(np.mean(mean_image**2))
    centre = np.mean(positions, axis=0)
    scale = np.sqrt(np.mean(np.sum((np.stack(positions) - centre) ** 2, axis=1)))
    return SceneStatistics(
        mean_image=torch.from_numpy(mean_image).float(),
        pixel_scale=float(max(np.sqrt(max(variance, 0.0)), 1.0)),
        centre=torch.from_numpy(centre).float(),
        scale=float(max(scale, 1e-3)),
    )
