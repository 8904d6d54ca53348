# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with 4x4 matrices: one file with a row of 16 numbers each, or one file a picture."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from posenet_ros.geometry import Array, inverse
from posenet_ros.scene import SceneError
from posenet_training.check.conventions import T_AXES_OPTICAL
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.files import (
    first_size,
    pictures_of,
    read_numbers,
    read_pose_file,
)
from posenet_training.importers.lists import complain_of_absent, read_split_lists
from posenet_training.importers.numbered import places_by_name
from posenet_training.importers.pinhole import single_camera
from posenet_training.scenes.usable import is_rigid


class Convention(str, Enum):
    """What a matrix maps: camera to world, or world to camera."""

    c2w = 'c2w'
    w2c = 'w2c'


class Axes(str, Enum):
    """The camera's axes.

    opencv   x right, y down, z forward: the optical frame's
    opengl   x right, y up, z backward
    body     x forward, y left, z up, as the bodies of robots have them (REP-103)
    """

    opencv = 'opencv'
    opengl = 'opengl'
    body = 'body'


T_SOURCE_OPTICAL = {
    Axes.opencv: T_AXES_OPTICAL['optical'],
    Axes.opengl: T_AXES_OPTICAL['opengl'],
    Axes.body: T_AXES_OPTICAL['body'],
}


def read_matrix(
    root: Path,
    convention: Convention,
    axes: Axes,
    rate: float,
    complaints: Complaints,
) -> Drive:
    """Open a folder with images/ (sorted by name) and poses.txt, or images/ and poses/*.txt.

    K.txt (3x3), when it is there, holds the intrinsics, and depth/NAME.png the depth pictures
    in millimetres.  The pictures have no stamps: they are taken to be `rate` a second, more apart
    where numbers are missing between their names.
    Raises SceneError for a folder without either layout.
    """
    pictures = pictures_of(root / 'images')
    table = _table(root, len(pictures))
    splits = read_split_lists(root)
    complain_of_absent(splits, (f'images/{picture.name}' for picture in pictures), complaints)
    places = places_by_name([picture.stem for picture in pictures])
    period_ns = 1e9 / rate
    name = root.resolve().name

    def frames() -> Iterator[DriveFrame]:
        for index, picture in enumerate(pictures):
            if table is None:
                matrix = read_pose_file(root / 'poses' / f'{picture.stem}.txt', complaints)
            else:
                matrix = table[index]
            if matrix is None:
                continue
            depth = root / 'depth' / f'{picture.stem}.png'
            yield DriveFrame(
                name=picture.stem,
                picture=picture,
                sequence=name,
                stamp_ns=round(places[index] * period_ns),
                T_map_camera=to_T_map_camera(matrix, convention, axes),
                depth=depth if depth.is_file() else None,
                split=splits.get(f'images/{picture.name}', ''),
            )

    source = {
        'format': 'matrix',
        'path': str(root.resolve()),
        'convention': convention.value,
        'axes': axes.value,
        'stamps': f'counted by the names, {rate} pictures a second',
    }
    cameras = single_camera(root, first_size(pictures), None)
    return Drive(name, frames(), len(pictures), cameras, source)


def to_T_map_camera(matrix: Array, convention: Convention, axes: Axes) -> Array:
    """Turn a source's matrix [4, 4] into the pose of the optical frame in the map."""
    if not is_rigid(matrix):
        return matrix  # The writer names it with the source's own numbers.
    T_map_any = matrix if convention is Convention.c2w else inverse(matrix)
    return T_map_any @ T_SOURCE_OPTICAL[axes]


def _table(root: Path, count: int) -> Array | None:
    """Matrices [count, 4, 4] of poses.txt; None where each picture has a file in poses/."""
    file = root / 'poses.txt'
    if file.is_file():
        rows = read_numbers(file)
        if rows.shape != (count, 16):
            raise SceneError(
                f"'{file}' has {rows.shape[0]} rows of {rows.shape[1]} numbers; "
                f'{count} pictures in images/ need as many rows of 16'
            )
        return rows.reshape(-1, 4, 4)
    if not (root / 'poses').is_dir():
        raise SceneError(f"'{root}' has neither poses.txt nor poses/: there are no poses")
    return None
