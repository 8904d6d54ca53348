# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training pictures as the cells' teachers: seen as the robot sees them, and from elsewhere."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.preprocess import CropWindow, crop, crop_window, resample
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.augmentation.photometric import photometric
from posenet_training.augmentation.turning import TurnLimits, draw_rotation
from posenet_training.augmentation.view import rotate_view
from posenet_training.coordinates.cells import cell_rays, points_along
from posenet_training.coordinates.views import CellViews, View
from posenet_training.data.depth import read_depth
from posenet_training.data.samples import TRAINING_STREAM
from posenet_training.recipe import Coordinates
from posenet_training.sequences import evenly

# Keeps these views' generators apart from those of the samples.
STREAM = 4


class PictureCellViews(CellViews):
    """`options.looks` looks: at all pictures as the robot sees them, then at all again and again.

    The later looks are turned and zoomed, their light is changed, and where a turn looks past
    the picture no point is known.  Of more pictures than looks, some all over them are seen.
    """

    def __init__(
        self,
        scene: Scene,
        pictures: Sequence[Picture],
        options: Coordinates,
        across: int,
        seed: int,
    ) -> None:
        self.scene = scene
        self.pictures = evenly(pictures, options.looks)
        poses = np.stack([picture.T_map_camera for picture in self.pictures])
        super().__init__(f"scene '{scene.root}'", poses, options, across, seed)

    @property
    def files(self) -> Sequence[Path]:
        """As CellViews."""
        pictures = [self.scene.path(picture) for picture in self.pictures]
        return [*pictures, *(self.scene.root / picture.depth for picture in self.pictures)]

    def __getitem__(self, number: int) -> View:
        look, row = divmod(number, len(self.pictures))
        picture = self.pictures[row]
        rgb = read_rgb(self.scene.path(picture))
        if look == 0:
            window = crop_window(rgb.shape[1], rgb.shape[0])
            return self._view(picture, crop(rgb, window), window, np.eye(3))
        rng = np.random.default_rng([TRAINING_STREAM, self.seed, STREAM, number])
        window = _zoomed(rgb.shape[1], rgb.shape[0], self.options.zoom, rng)
        turn = self.options.turn_deg
        R_camera_view = draw_rotation(rng, TurnLimits(turn, turn, 2.0 * turn))
        camera = self.scene.cameras[picture.camera]
        turned = resample(rotate_view(rgb, camera, R_camera_view, window))
        image = photometric(turned, self.options.light, rng)
        return self._view(picture, image, window, R_camera_view)

    def _view(
        self,
        picture: Picture,
        image: NDArray[np.uint8],
        window: CropWindow,
        R_camera_view: Array,
    ) -> View:
        camera = self.scene.cameras[picture.camera]
        directions = cell_rays(camera, window, self.across) @ R_camera_view.T
        depth = read_depth(self.scene, picture)
        depth_camera = self.scene.camera_of_depth(picture)
        return View(image, *points_along(directions, depth, depth_camera, picture.T_map_camera))


def _zoomed(width: int, height: int, zoom: float, rng: np.random.Generator) -> CropWindow:
    """The centred window of a lens whose focal length is up to `zoom` times longer or shorter."""
    factor = zoom ** rng.uniform(-1.0, 1.0)
    side = round(crop_window(width, height).side / factor)
    return CropWindow((width - side) // 2, (height - side) // 2, side)
