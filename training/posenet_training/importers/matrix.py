# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with 4x4 matrices: one file with a row of 16 numbers each, or one file a picture."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import numpy as np

from posenet_ros.geometry import Array, inverse
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError, read_rgb
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.lists import read_split_lists

PICTURE_SUFFIXES = {'.jpg', '.jpeg', '.png', '.bmp', '.ppm', '.tif', '.tiff', '.webp'}
# Turns OpenGL's camera axes (x right, y up, z backward) into the optical frame's.
T_OPENGL_OPTICAL = np.diag([1.0, -1.0, -1.0, 1.0])


class Convention(str, Enum):
    """What a matrix maps: camera to world, or world to camera."""

    c2w = 'c2w'
    w2c = 'w2c'


class Axes(str, Enum):
    """The camera's axes: x right, y down, z forward; or x right, y up, z backward."""

    opencv = 'opencv'
    opengl = 'opengl'


def read_matrix(
    root: Path,
    convention: Convention,
    axes: Axes,
    rate: float,
    complaints: Complaints,
) -> Drive:
    """Open a folder with images/ (sorted by name) and poses.txt, or images/ and poses/*.txt.

    K.txt (3x3), when it is there, holds the intrinsics.  The pictures have no stamps: they are
    taken to be `rate` a second apart.  Raises SceneError for a folder without either layout.
    """
    pictures = pictures_of(root / 'images')
    matrices = _matrices(root, pictures, complaints)
    splits = read_split_lists(root)
    period_ns = round(1e9 / rate)

    def frames() -> Iterator[DriveFrame]:
        for index, picture in enumerate(pictures):
            if picture.name not in matrices:
                continue
            yield DriveFrame(
                name=picture.stem,
                picture=picture,
                sequence=root.name,
                stamp_ns=index * period_ns,
                T_map_camera=to_T_map_camera(matrices[picture.name], convention, axes),
                split=splits.get(f'images/{picture.name}', ''),
            )

    source = {
        'format': 'matrix',
        'path': str(root.resolve()),
        'convention': convention.value,
        'axes': axes.value,
        'stamps': f'counted, {rate} pictures a second',
    }
    return Drive(root.name, frames(), len(pictures), _cameras(root, pictures[0]), source)


def pictures_of(folder: Path) -> list[Path]:
    """Pictures in a folder, sorted by name; SceneError when there are none."""
    if not folder.is_dir():
        raise SceneError(f"'{folder}' is not there: a folder of pictures is expected")
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise SceneError(f"'{folder}' has no pictures ({', '.join(sorted(PICTURE_SUFFIXES))})")
    return pictures


def to_T_map_camera(matrix: Array, convention: Convention, axes: Axes) -> Array:
    """Turn a source's matrix [4, 4] into the pose of the optical frame in the map."""
    if not np.all(np.isfinite(matrix)):
        return matrix
    T_map_any = matrix if convention is Convention.c2w else inverse(matrix)
    return T_map_any if axes is Axes.opencv else T_map_any @ T_OPENGL_OPTICAL


def _matrices(root: Path, pictures: list[Path], complaints: Complaints) -> dict[str, Array]:
    """Matrices [4, 4] by the pictures' file names."""
    table = root / 'poses.txt'
    if table.is_file():
        rows = read_numbers(table)
        if rows.shape != (len(pictures), 16):
            raise SceneError(
                f"'{table}' has {rows.shape[0]} rows of {rows.shape[1]} numbers; "
                f'{len(pictures)} pictures in images/ need as many rows of 16'
            )
        matrices = rows.reshape(-1, 4, 4)
        return {p.name: T for p, T in zip(pictures, matrices, strict=True)}
    if not (root / 'poses').is_dir():
        raise SceneError(f"'{root}' has neither poses.txt nor poses/: there are no poses")
    return _matrices_one_by_one(root / 'poses', pictures, complaints)


def _matrices_one_by_one(
    folder: Path, pictures: list[Path], complaints: Complaints
) -> dict[str, Array]:
    found = {}
    for picture in pictures:
        file = folder / f'{picture.stem}.txt'
        if not file.is_file():
            complaints.add('picture has no pose file', str(file))
            continue
        matrix = read_numbers(file)
        if matrix.size != 16:
            complaints.add('pose file does not hold 16 numbers', str(file))
            continue
        found[picture.name] = matrix.reshape(4, 4)
    return found


def read_numbers(file: Path) -> Array:
    """Numbers of a text file, as rows [N, M]; SceneError when there is anything else."""
    try:
        return np.loadtxt(file, ndmin=2, dtype=np.float64)
    except ValueError as error:
        raise SceneError(
            f"'{file}' does not hold rows of equally many numbers: {error}"
        ) from error


def _cameras(root: Path, picture: Path) -> dict[str, Camera]:
    K_file = root / 'K.txt'
    if not K_file.is_file():
        return {}
    K = read_numbers(K_file)
    if K.shape != (3, 3):
        raise SceneError(f"'{K_file}' must hold the 3x3 intrinsic matrix, not {K.shape}")
    height, width, _ = read_rgb(picture).shape
    fx, fy, cx, cy = (float(K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
    return {'camera': Camera(width, height, fx, fy, cx, cy)}
