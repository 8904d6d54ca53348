# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Folders of pictures with poses (posenet_ros.posed_pictures) as a source of frames.

train.txt and validation.txt name the pictures of each split, one path a line.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.posed_pictures import PosedPicture, read_camera, read_list, read_rgb
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_training.data.frames import EndlessFrames, Frame, Frames

# Share of the crop's side by which training moves the window at most, as far as pixels reach.
JITTER = 0.06


class FolderSource:
    """Real pictures; the first third of the validation list calibrates, the rest tests."""

    def __init__(self, root: Path) -> None:
        self.name = root.name
        self.train = read_list(root, 'train.txt')
        self.validation = read_list(root, 'validation.txt')
        self.camera: Camera | None = read_camera(root, self.train[0], focal_length=0.0)

    def training(self, seed: int, start: int, reuse: int) -> EndlessFrames:
        return FolderFrames(self.train, seed, start, reuse)

    def frames(self, split: str) -> Frames:
        pictures = self._pictures(split)
        images = np.stack([centre_crop(read_rgb(picture.path)) for picture in pictures])
        return Frames(images, np.stack([picture.T_map_camera for picture in pictures]))

    def describe(self, split: str) -> str:
        pictures = self._pictures(split)
        return f'{len(pictures)} pictures, {pictures[0].path.name} to {pictures[-1].path.name}'

    def _pictures(self, split: str) -> list[PosedPicture]:
        third = len(self.validation) // 3
        return {
            'statistics': self.train,
            'reference': self.train,
            'validation': self.validation,
            'calibration': self.validation[:third],
            'test': self.validation[third:],
        }[split]


class FolderFrames(EndlessFrames):
    """Training pictures in random order, each through a randomly moved crop window."""

    def __init__(self, pictures: list[PosedPicture], seed: int, start: int, reuse: int) -> None:
        super().__init__(seed, start, reuse)
        self.pictures = pictures

    def draw(self, rng: np.random.Generator) -> Frame:
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        rgb = read_rgb(picture.path)
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
