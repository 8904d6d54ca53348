# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Folders of pictures with poses, 4x4 camera-to-world, OpenCV axes, metres.

Two layouts: 7-Scenes (seq-XX/frame-NNNNNN.color.png|jpg beside frame-NNNNNN.pose.txt) and
'matrix' (poses.txt with a row of 16 numbers for each picture in the order of the sorted names in
images/).  train.txt and validation.txt name the pictures of each split, one path a line.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_training.data.frames import EndlessFrames, Frame, Frames, SceneError

# Share of the crop's side by which training moves the window at most, as far as pixels reach.
JITTER = 0.06


@dataclass(frozen=True)
class PosedPicture:
    """A picture on disk and the pose [4, 4] of its camera in the map."""

    path: Path
    T_map_camera: NDArray[np.float64]


class FolderSource:
    """Real pictures; the first third of the validation list calibrates, the rest tests."""

    def __init__(self, root: Path) -> None:
        self.name = root.name
        self.camera: Camera | None = None
        self.train = read_list(root, 'train.txt')
        self.validation = read_list(root, 'validation.txt')

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


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Decode a picture to RGB [H, W, 3], uint8."""
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert('RGB'))
    except OSError as error:
        raise SceneError(f"picture '{path}' cannot be read: {error}") from error


def read_list(root: Path, list_name: str) -> list[PosedPicture]:
    """Read the pictures that a list file names, with their poses from either layout.

    Raises SceneError when the folder has no list, a picture no pose, or a pose no rigid 4x4.
    """
    list_file = root / list_name
    if not list_file.is_file():
        raise SceneError(f"scene '{root}' has no {list_name}: list its pictures there, one a line")
    names = [line.strip() for line in list_file.read_text().splitlines() if line.strip()]
    if not names:
        raise SceneError(f"'{list_file}' names no picture: list the scene's pictures, one a line")
    matrix_poses = _matrix_poses(root) if (root / 'poses.txt').is_file() else None
    return [_posed(root, name, matrix_poses) for name in names]


def _posed(
    root: Path, name: str, matrix_poses: dict[str, NDArray[np.float64]] | None
) -> PosedPicture:
    path = root / name
    if not path.is_file():
        raise SceneError(f"scene '{root}' lists '{name}', which is not there")
    if matrix_poses is not None:
        if name not in matrix_poses:
            raise SceneError(f"scene '{root}' has no row in poses.txt for '{name}'")
        pose = matrix_poses[name]
    else:
        pose_file = path.with_name(path.name.split('.')[0] + '.pose.txt')
        if not pose_file.is_file():
            raise SceneError(f"picture '{path}' has no pose: '{pose_file.name}' is not there")
        pose = np.loadtxt(pose_file)
    return PosedPicture(path, _checked(pose, path))


def _matrix_poses(root: Path) -> dict[str, NDArray[np.float64]]:
    rows = np.loadtxt(root / 'poses.txt', ndmin=2)
    names = sorted(f'images/{path.name}' for path in (root / 'images').iterdir())
    if rows.shape != (len(names), 16):
        raise SceneError(
            f"'{root / 'poses.txt'}' has shape {rows.shape}; {len(names)} pictures in images/ "
            f'need {len(names)} rows of 16 numbers'
        )
    return dict(zip(names, rows.reshape(-1, 4, 4), strict=True))


def _checked(pose: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    rotation_ok = (
        pose.shape == (4, 4)
        and np.all(np.isfinite(pose))
        and (
            np.allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-2)
            and np.linalg.det(pose[:3, :3]) > 0.0
        )
    )
    if not rotation_ok:
        raise SceneError(f"the pose of '{path}' is no rigid 4x4 matrix: {pose.tolist()}")
    return pose
