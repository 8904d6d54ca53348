# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real pictures of a scene on disk as a source of frames."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import crop, crop_window
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.data.frames import Frame, Frames, stacked
from posenet_training.data.picture_cells import PictureCellViews
from posenet_training.data.samples import Samples
from posenet_training.data.views import PictureSamples
from posenet_training.recipe import Coordinates, Recipe
from posenet_training.sequences import ALL, evenly


class PictureSource:
    """A scene's splits.

    Where the scene has no split 'test', the first third of 'validation' calibrates and the rest
    tests; else all of 'validation' calibrates.
    """

    def __init__(self, scene: Scene) -> None:
        self.name = scene.name
        self.map_frame = scene.map_frame
        self.scene = scene
        self.train = scene.split('train')
        self.validation = scene.split('validation')
        self.test = tuple(picture for picture in scene.pictures if picture.split == 'test')
        self.camera: Camera | None = _only_camera(scene, self.train)

    @property
    def has_points(self) -> bool:
        return len(self._with_depth()) == len(self.train)

    @property
    def has_depth(self) -> bool:
        return bool(self._with_depth())

    def training(self, recipe: Recipe, seed: int) -> Samples:
        return PictureSamples(self.scene, self.train, recipe, seed)

    def cell_views(self, options: Coordinates, count: int, seed: int) -> PictureCellViews:
        return PictureCellViews(self.scene, self._with_depth(), options, count, seed)

    def _with_depth(self) -> tuple[Picture, ...]:
        return tuple(
            picture
            for picture in self.train
            if picture.depth and picture.camera in self.scene.cameras
        )

    def each(self, split: str, at_most: int = ALL) -> Iterator[Frame]:
        for picture in evenly(self.pictures(split), at_most):
            yield centre_crop(read_rgb(self.scene.path(picture))), picture.T_map_camera

    def frames(self, split: str) -> Frames:
        return stacked(self.each(split))

    def describe(self, split: str) -> str:
        pictures = self.pictures(split)
        return f'{len(pictures)} pictures, {pictures[0].file} to {pictures[-1].file}'

    def pictures(self, split: str) -> tuple[Picture, ...]:
        """Pictures of one of a source's splits (frames.py)."""
        calibrating = len(self.validation) if self.test else len(self.validation) // 3
        return {
            'statistics': self.train,
            'reference': self.train,
            'validation': self.validation,
            'calibration': self.validation[:calibrating],
            'test': self.test or self.validation[calibrating:],
        }[split]


def _only_camera(scene: Scene, pictures: tuple[Picture, ...]) -> Camera | None:
    """The camera that took all pictures; None when there are several or nobody knows it."""
    names = {picture.camera for picture in pictures}
    return scene.cameras.get(names.pop()) if len(names) == 1 else None


def centre_crop(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop that the robot makes of a picture [H, W, 3]."""
    height, width = rgb.shape[:2]
    return crop(rgb, crop_window(width, height))
