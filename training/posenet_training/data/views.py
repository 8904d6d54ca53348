# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training pictures as samples: which one, seen through which window, from which direction."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop_window, cut, resample
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.augmentation.moved import crop_rotation
from posenet_training.augmentation.photometric import photometric
from posenet_training.augmentation.turning import TurnLimits, draw_rotation, within_picture
from posenet_training.augmentation.view import rotate_view, turned_pose
from posenet_training.data.depth import scene_points
from posenet_training.data.samples import (
    NO_POINTS,
    POINTS,
    TRAINING_STREAM,
    Sample,
    Samples,
    make_sample,
    sample_rng,
)
from posenet_training.errors import RecipeError
from posenet_training.recipe import Recipe, Views

# Share of the crop's side by which a window is `near` the centre, as far as pixels reach.
NEAR = 0.06
# A pair's second picture is at most so many rows of the table away from its first.
REACH = 20
# Bytes of decoded pictures that each loader process keeps.
CACHE = 1_000_000_000


class PictureSamples(Samples):
    """A scene's training pictures, each once an epoch, in an order of the epoch's own.

    With relative poses in the recipe, samples 2 n and 2 n + 1 are a pair: the second is a picture
    near the first in its drive.
    """

    def __init__(
        self, scene: Scene, pictures: Sequence[Picture], recipe: Recipe, seed: int
    ) -> None:
        _check(scene, pictures, recipe.views)
        self.scene = scene
        self.pictures = pictures
        self.views = recipe.views
        self.paired = recipe.loss.relative > 0.0
        self.with_points = recipe.loss.reprojection > 0.0
        self.seed = seed
        self.epoch = len(pictures) * (2 if self.paired else 1)
        self.decoded: dict[str, NDArray[np.uint8]] = {}
        self.room = CACHE

    def __getitem__(self, number: int) -> Sample:
        rng = sample_rng(self.seed, number)
        picture = self.pictures[self._row(number)]
        camera = self.scene.cameras.get(picture.camera)
        rgb = self._rgb(picture)
        window = moved_window(rgb.shape[1], rgb.shape[0], self.views.crop, rng)
        square, R_camera_view = self._turned(rgb, camera, window, rng)
        if self.views.axis == 'corrected':
            assert camera is not None
            R_camera_view = R_camera_view @ crop_rotation(window, camera)
        image = photometric(resample(square), self.views.light, rng)
        T_map_view = turned_pose(picture.T_map_camera, R_camera_view)
        return make_sample(image, T_map_view, self._points(picture, R_camera_view, rng))

    def _turned(
        self,
        rgb: NDArray[np.uint8],
        camera: Camera | None,
        window: CropWindow,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], Array]:
        """The window [side, side, 3] after a random turn of the camera, R_camera_view [3, 3]."""
        if not self.views.turn_deg:
            return cut(rgb, window), np.eye(3)
        assert camera is not None
        limits = TurnLimits(self.views.turn_deg, self.views.turn_deg, self.views.turn_deg)
        R_camera_view = within_picture(draw_rotation(rng, limits), camera, window)
        return rotate_view(rgb, camera, R_camera_view, window), R_camera_view

    def _row(self, number: int) -> int:
        """Row of the picture that a sample shows."""
        place = number // 2 if self.paired else number
        epoch, place = divmod(place, len(self.pictures))
        row = int(_order(self.seed, epoch, len(self.pictures))[place])
        return self._partner(row, number) if self.paired and number % 2 else row

    def _partner(self, row: int, number: int) -> int:
        """Row of a picture of the same drive, at most REACH rows away; its own without one."""
        near = [
            other
            for other in range(max(row - REACH, 0), min(row + REACH + 1, len(self.pictures)))
            if other != row and self.pictures[other].sequence == self.pictures[row].sequence
        ]
        # A generator of its own: the sample's is for how the picture looks.
        rng = np.random.default_rng([TRAINING_STREAM, self.seed, number, 1])
        return near[int(rng.integers(len(near)))] if near else row

    def _points(
        self, picture: Picture, R_camera_view: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        if not self.with_points:
            return NO_POINTS
        return scene_points(self.scene, picture, POINTS, rng) @ R_camera_view

    def _rgb(self, picture: Picture) -> NDArray[np.uint8]:
        kept = self.decoded.get(picture.file)
        if kept is not None:
            return kept
        rgb = read_rgb(self.scene.path(picture))
        if rgb.nbytes <= self.room:
            self.decoded[picture.file] = rgb
            self.room -= rgb.nbytes
        return rgb


def moved_window(width: int, height: int, placing: str, rng: np.random.Generator) -> CropWindow:
    """The crop window at the `centre` of a picture, `near` it, or `anywhere` in it."""
    centred = crop_window(width, height)
    furthest = {'centre': 0, 'near': round(NEAR * centred.side), 'anywhere': max(width, height)}
    reach = furthest[placing]

    def place(centre: int, size: int) -> int:
        low, high = max(centre - reach, 0), min(centre + reach, size - centred.side)
        return int(rng.integers(low, high + 1))

    return CropWindow(place(centred.x0, width), place(centred.y0, height), centred.side)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, pictures: int) -> NDArray[np.int64]:
    """Rows of the pictures in the order in which an epoch shows them."""
    return np.random.default_rng([TRAINING_STREAM, seed, epoch, 2]).permutation(pictures)


def _check(scene: Scene, pictures: Sequence[Picture], views: Views) -> None:
    """Turned views need the camera's intrinsics."""
    if not views.turn_deg and views.axis == 'kept':
        return
    unknown = sorted({picture.camera for picture in pictures} - scene.cameras.keys())
    if unknown:
        raise RecipeError(
            f"scene '{scene.root}' does not know the intrinsics of camera '{unknown[0]}', which "
            'turned views need: import it with its calibration, or train with '
            '--set views.turn_deg=0 --set views.axis=kept'
        )
