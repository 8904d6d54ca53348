# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Intrinsics of sources that say little about them: a K.txt, or a focal length and no more."""

from pathlib import Path

from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.files import read_numbers


def centred_camera(width: int, height: int, focal_length: float) -> Camera:
    """A pinhole camera with square pixels and the principal point in the middle."""
    return Camera(width, height, focal_length, focal_length, width / 2, height / 2)


def read_K(file: Path, width: int, height: int) -> Camera:
    """Camera of a text file with the intrinsic matrix [3, 3] for pictures of this size."""
    K = read_numbers(file)
    if K.shape != (3, 3):
        raise SceneError(f"'{file}' must hold the 3x3 intrinsic matrix, not {K.shape}")
    fx, fy, cx, cy = (float(K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
    return Camera(width, height, fx, fy, cx, cy)


def single_camera(
    root: Path, size: tuple[int, int] | None, focal_length: float | None
) -> dict[str, Camera]:
    """The one camera of a source: of this focal length in pixels, else of its K.txt, else none."""
    if size is None:
        return {}
    if focal_length is not None:
        return {'camera': centred_camera(*size, focal_length)}
    if (root / 'K.txt').is_file():
        return {'camera': read_K(root / 'K.txt', *size)}
    return {}
