# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real pictures of a scene on disk as a source of frames."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.data.frames import EndlessFrames, Frame, Frames

# Share of the crop's side by which training moves the window at most, as far as pixels reach.
JITTER = 0.06


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

    def training(self, seed: int, start: int, reuse: int) -> EndlessFrames:
        return PictureFrames(self.scene, self.train, seed, start, reuse)

    def frames(self, split: str) -> Frames:
        pictures = self.pictures(split)
        images = np.stack([centre_crop(read_rgb(self.scene.path(p))) for p in pictures])
        return Frames(images, np.stack([picture.T_map_camera for picture in pictures]))

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


class PictureFrames(EndlessFrames):
    """Training pictures in random order, each through a randomly moved crop window."""

    def __init__(
        self, scene: Scene, pictures: tuple[Picture, ...], seed: int, start: int, reuse: int
    ) -> None:
        super().__init__(seed, start, reuse)
        self.scene = scene
        self.pictures = pictures

    def draw(self, rng: np.random.Generator) -> Frame:
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        rgb = read_rgb(self.scene.path(picture))
        height, width = rgb.shape[:2]
        return crop(rgb, moved_window(width, height, rng)), picture.T_map_camera


def moved_window(width: int, height: int, rng: np.random.Generator) -> CropWindow:
    """The crop window moved at random within the picture."""
    centred = crop_window(width, height)
    reach = round(JITTER * centred.side)
    dx, dy = (int(step) for step in rng.integers(-reach, reach + 1, size=2))
    x0 = min(max(centred.x0 + dx, 0), width - centred.side)
    y0 = min(max(centred.y0 + dy, 0), height - centred.side)
    return CropWindow(x0, y0, centred.side)


def centre_crop(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop that the robot makes of a picture [H, W, 3]."""
    height, width = rgb.shape[:2]
    return crop(rgb, crop_window(width, height))
