# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Folders of pictures with poses, 4x4 camera-to-world, OpenCV axes, metres.

Two layouts: 7-Scenes (seq-XX/frame-NNNNNN.color.png|jpg beside frame-NNNNNN.pose.txt) and
'matrix' (poses.txt with a row of 16 numbers for each picture in the order of the sorted names in
images/).  List files in the folder name the pictures of each split, one path a line.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError, read_rgb


@dataclass(frozen=True)
class PosedPicture:
    """A picture on disk and the pose [4, 4] of its camera's optical frame in the map."""

    path: Path
    T_map_camera: Array


def read_camera(root: Path, picture: PosedPicture, focal_length: float) -> Camera | None:
    """Camera of the scene: from its K.txt (3x3), or a centred one of this focal length in pixels.

    `picture` gives the size.  None when there is no K.txt and the focal length is 0.
    """
    height, width, _ = read_rgb(picture.path).shape
    if (root / 'K.txt').is_file():
        K = np.loadtxt(root / 'K.txt')
        fx, fy, cx, cy = (float(K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
        return Camera(width, height, fx, fy, cx, cy)
    if focal_length > 0.0:
        return Camera(width, height, focal_length, focal_length, width / 2, height / 2)
    return None


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


def _posed(root: Path, name: str, matrix_poses: dict[str, Array] | None) -> PosedPicture:
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


def _matrix_poses(root: Path) -> dict[str, Array]:
    rows = np.loadtxt(root / 'poses.txt', ndmin=2)
    names = sorted(f'images/{path.name}' for path in (root / 'images').iterdir())
    if rows.shape != (len(names), 16):
        raise SceneError(
            f"'{root / 'poses.txt'}' has shape {rows.shape}; {len(names)} pictures in images/ "
            f'need {len(names)} rows of 16 numbers'
        )
    return dict(zip(names, rows.reshape(-1, 4, 4), strict=True))


def _checked(pose: Array, path: Path) -> Array:
    rigid = (
        pose.shape == (4, 4)
        and bool(np.all(np.isfinite(pose)))
        and np.allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-2)
        and np.linalg.det(pose[:3, :3]) > 0.0
    )
    if not rigid:
        raise SceneError(f"the pose of '{path}' is no rigid 4x4 matrix: {pose.tolist()}")
    return pose
