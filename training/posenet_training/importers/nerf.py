# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""transforms.json of instant-ngp and nerfstudio: matrices camera to world with OpenGL axes.

`applied_transform` [3, 4] and then `applied_scale` were applied by nerfstudio to the poses of the
source; both are undone.  file_path may have backslashes, lack its suffix or name nothing.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.files import PICTURE_SUFFIXES, first_size, natural_key
from posenet_training.importers.matrix import Axes, Convention, to_T_map_camera
from posenet_training.importers.nerf_camera import camera_of
from posenet_training.scenes.writing import is_rigid

SPLIT_KEYS = {'train_filenames': 'train', 'val_filenames': 'validation', 'test_filenames': 'test'}
Json = Mapping[str, Any]


class Scale(str, Enum):
    """Whether the positions are metres."""

    metric = 'metric'
    unknown = 'unknown'


@dataclass(frozen=True)
class Entry:
    """A usable frame of the file."""

    name: str
    picture: Path
    depth: Path | None
    matrix: Array
    camera: Camera | None
    split: str


def read_nerf(source: Path, scale: Scale, rate: float, complaints: Complaints) -> Drive:
    """Open a transforms.json, or the folder that holds one.

    scale   most such files come from structure from motion, whose unit is arbitrary
    rate    pictures a second; they are taken in the order of their names, as both programs do

    Intrinsics are scaled to pictures of another size but the same shape.  Raises SceneError for
    a file that is missing or broken and for panoramas; broken frames are complaints.
    """
    file = source / 'transforms.json' if source.is_dir() else source
    content = _content(file)
    T_file_map, file_scale = _applied(content, file)
    T_map_file = np.linalg.inv(T_file_map)
    entries = list(_entries(content, file.parent, complaints))
    names = _camera_names(entries)
    name = file.resolve().parent.name

    def frames() -> Iterator[DriveFrame]:
        for index, entry in enumerate(entries):
            T_file_camera = entry.matrix * [[1.0, 1.0, 1.0, 1.0 / file_scale]]
            T_file_camera[3, 3] = entry.matrix[3, 3]
            yield DriveFrame(
                name=entry.name,
                picture=entry.picture,
                sequence=name,
                stamp_ns=round(index * 1e9 / rate),
                T_map_camera=to_T_map_camera(
                    T_map_file @ T_file_camera, Convention.c2w, Axes.opengl
                ),
                camera=names.get(entry.camera, 'unknown' if names else 'camera'),
                depth=entry.depth,
                split=entry.split,
            )

    origin = {
        'format': 'nerf',
        'path': str(file.resolve()),
        'stamps': f'counted in the order of the names, {rate} pictures a second',
    }
    cameras = {name: camera for camera, name in names.items() if camera}
    return Drive(name, frames(), len(entries), cameras, origin, scale=scale.value)


def _content(file: Path) -> Json:
    if not file.is_file():
        raise SceneError(f"'{file}' is not there: give a transforms.json or the folder of one")
    try:
        content = json.loads(file.read_text(encoding='utf-8'))
    except ValueError as error:
        raise SceneError(f"'{file}' is no JSON: {error}") from error
    if not (isinstance(content, dict) and isinstance(content.get('frames'), list)):
        raise SceneError(f"'{file}' has no list 'frames'")
    return content


def _applied(content: Json, file: Path) -> tuple[Array, float]:
    """Transform [4, 4] and scale that were applied to the source's poses."""
    try:
        T = np.eye(4)
        T[:3] = np.array(content.get('applied_transform', T), dtype=np.float64)[:3]
        scale = float(content.get('applied_scale', 1.0))
    except (TypeError, ValueError, IndexError) as error:
        raise SceneError(f"'{file}' has an applied_transform that is no 3x4: {error}") from error
    if not (is_rigid(T) and 0.0 < scale < math.inf):
        raise SceneError(
            f"'{file}' has applied_transform {T[:3].tolist()} and applied_scale {scale}: a rigid "
            'transform and a positive number are expected'
        )
    return T, scale


def _entries(content: Json, root: Path, complaints: Complaints) -> Iterator[Entry]:
    """Frames that have a picture and a matrix, in the order of their names."""
    splits = _splits(content)
    shared = {key: value for key, value in content.items() if key != 'frames'}
    found = [_entry(frame, shared, root, splits, complaints) for frame in content['frames']]
    entries = [entry for entry in found if entry]
    for name in splits.keys() - {entry.name for entry in entries}:
        complaints.add('picture of a list is not among the frames', name)
    yield from sorted(entries, key=lambda entry: natural_key(entry.name))


def _entry(
    frame: Any, shared: Json, root: Path, splits: Mapping[str, str], complaints: Complaints
) -> Entry | None:
    try:
        path = str(frame['file_path']).replace('\\', '/')
        matrix = np.eye(4)
        rows = np.array(frame['transform_matrix'], dtype=np.float64)
        matrix[: len(rows)] = rows
    except (KeyError, TypeError, ValueError) as error:
        complaints.add('frame has no file_path and 4x4 transform_matrix', f'{error!r}')
        return None
    picture = _picture(root / path)
    if picture is None:
        complaints.add('picture is not there', path)
        return None
    try:
        camera = camera_of({**shared, **frame}, first_size([picture]))
    except ValueError as error:
        complaints.add('intrinsics do not fit the picture', f'{path} ({error})')
        return None
    name = _name(path)
    return Entry(
        name, picture, _depth(frame, root, complaints), matrix, camera, splits.get(name, '')
    )


def _splits(content: Json) -> dict[str, str]:
    """Split by name, as nerfstudio's lists prescribe it."""
    return {
        _name(str(path).replace('\\', '/')): split
        for key, split in SPLIT_KEYS.items()
        for path in content.get(key, [])
    }


def _name(path: str) -> str:
    """Name in the scene: inside it, without the suffix of a picture."""
    parts = [part for part in path.split('/') if part not in ('', '.', '..')]
    name = '/'.join(parts)
    stem, dot, suffix = name.rpartition('.')
    return stem if f'.{suffix.lower()}' in PICTURE_SUFFIXES and dot else name


def _picture(path: Path) -> Path | None:
    """The file of a path whose suffix may be missing."""
    candidates = [path, *(path.with_name(path.name + s) for s in sorted(PICTURE_SUFFIXES))]
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _depth(frame: Json, root: Path, complaints: Complaints) -> Path | None:
    if 'depth_file_path' not in frame:
        return None
    path = root / str(frame['depth_file_path']).replace('\\', '/')
    if path.is_file():
        return path
    complaints.add('depth picture is not there', str(path))
    return None


def _camera_names(entries: list[Entry]) -> dict[Camera | None, str]:
    cameras = list(dict.fromkeys(entry.camera for entry in entries if entry.camera))
    if len(cameras) == 1:
        return {cameras[0]: 'camera'}
    return {camera: f'camera-{number}' for number, camera in enumerate(cameras, 1)}
