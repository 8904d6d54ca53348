# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The frames of a transforms.json.

file_path may have backslashes, lack its suffix or name nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.files import PICTURE_SUFFIXES, first_size, is_file, natural_key
from posenet_training.importers.nerf_camera import FOCAL_KEYS, camera_of
from posenet_training.importers.nerf_file import TransformsFile

SPLIT_KEYS = {'train_filenames': 'train', 'val_filenames': 'validation', 'test_filenames': 'test'}
# nerfstudio's name, and instant-ngp's.
DEPTH_KEYS = ('depth_file_path', 'depth_path')
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A usable frame.

    name          path of the picture in the scene, without suffix
    sequence      '' where the file is the only one
    T_map_camera  [4, 4], or the frame's own matrix where that is no rigid transform
    camera        None where the intrinsics are not known
    """

    name: str
    sequence: str
    picture: Path
    depth: Path | None
    T_map_camera: Array
    camera: Camera | None
    split: str


def entries_of(file: TransformsFile, complaints: Complaints) -> list[Entry]:
    """Frames of a file that have a picture and a matrix, in the order of their names."""
    splits = _splits(file.content)
    found = [_entry(frame, file, splits, complaints) for frame in file.content['frames']]
    entries = [entry for entry in found if entry]
    for name in splits.keys() - {entry.name for entry in entries}:
        complaints.add('picture of a list is not among the frames', name)
    return sorted(entries, key=lambda entry: natural_key(entry.name))


def _entry(
    frame: Any, file: TransformsFile, splits: Mapping[str, str], complaints: Complaints
) -> Entry | None:
    try:
        path = _slashed(frame['file_path'])
        matrix = np.eye(4)
        rows = np.array(frame['transform_matrix'], dtype=np.float64)
        matrix[: len(rows)] = rows
    except (KeyError, TypeError, ValueError) as error:
        complaints.add('frame has no file_path and 4x4 transform_matrix', f'{error!r}')
        return None
    root = file.path.parent
    picture = _picture(root / path)
    if picture is None:
        complaints.add('picture is not there', path)
        return None
    try:
        camera = camera_of(_intrinsics(file.content, frame), first_size([picture]))
    except ValueError as error:
        complaints.add('intrinsics do not fit the picture', f'{path} ({error})')
        return None
    name = _name(path)
    return Entry(
        name=name,
        sequence=file.split,
        picture=picture,
        depth=_depth(frame, root, complaints),
        T_map_camera=file.T_map_camera(matrix),
        camera=camera,
        split=file.split or splits.get(name, ''),
    )


def _intrinsics(content: Json, frame: Json) -> Json:
    """A frame's intrinsics, and the file's where it has none of its own."""
    own_focal = bool(FOCAL_KEYS & frame.keys())
    shared = {k: v for k, v in content.items() if not (own_focal and k in FOCAL_KEYS)}
    return {**shared, **frame}


def _splits(content: Json) -> dict[str, str]:
    """Split by name, as nerfstudio's lists prescribe it."""
    return {
        _name(_slashed(path)): split
        for key, split in SPLIT_KEYS.items()
        for path in content.get(key, [])
    }


def _slashed(path: object) -> str:
    return str(path).replace('\\', '/')


def _name(path: str) -> str:
    """Name in the scene: inside it, without the suffix of a picture."""
    parts = [part for part in path.split('/') if part not in ('', '.', '..')]
    name = '/'.join(parts)
    stem, dot, suffix = name.rpartition('.')
    return stem if f'.{suffix.lower()}' in PICTURE_SUFFIXES and dot else name


def _picture(path: Path) -> Path | None:
    """The file of a path whose suffix may be missing."""
    candidates = [path, *(path.with_name(path.name + s) for s in sorted(PICTURE_SUFFIXES))]
    return next((candidate for candidate in candidates if is_file(candidate)), None)


def _depth(frame: Json, root: Path, complaints: Complaints) -> Path | None:
    """The frame's depth picture; None when it has none, or after a complaint."""
    named = next((frame[key] for key in DEPTH_KEYS if frame.get(key)), None)
    if named is None:
        return None
    path = _picture(root / _slashed(named))
    if path is None:
        complaints.add('depth picture is not there', str(root / _slashed(named)))
    return path
