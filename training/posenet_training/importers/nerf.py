# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""transforms.json of instant-ngp and nerfstudio: matrices camera to world with OpenGL axes.

The first NeRFs' form, a transforms_SPLIT.json each for train, val and test, is read as well.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.counting import counted
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.nerf_file import TransformsFile, open_files
from posenet_training.importers.nerf_frames import Entry, entries_of


class Scale(str, Enum):
    """Whether the positions are metres."""

    metric = 'metric'
    unknown = 'unknown'


def read_nerf(
    source: Path,
    scale: Scale,
    depth_unit_m: float | None,
    rate: float,
    complaints: Complaints,
) -> Drive:
    """Open a transforms.json, or the folder that holds one or transforms_train.json and its kin.

    scale         most such files come from structure from motion, whose unit is arbitrary
    depth_unit_m  what one step of a depth picture means; None takes the file's, else 0.001
    rate          pictures a second; they are taken in the order of their names, as both programs
                  do, and each file is a sequence

    Intrinsics are scaled to pictures of another size but the same shape.  Raises SceneError for
    a file that is missing or broken, for panoramas and for a picture that two frames name; other
    broken frames are complaints.
    """
    files = open_files(source)
    entries = [entry for file in files for entry in entries_of(file, complaints)]
    _check_named_once(entries)
    names = _camera_names(entries)
    folder = files[0].path.resolve().parent

    def frames() -> Iterator[DriveFrame]:
        for stamp_ns, entry in counted(entries, rate, lambda entry: entry.sequence):
            yield DriveFrame(
                name=entry.name,
                picture=entry.picture,
                sequence=entry.sequence or folder.name,
                stamp_ns=stamp_ns,
                T_map_camera=entry.T_map_camera,
                camera=names.get(entry.camera, 'unknown' if names else 'camera'),
                depth=entry.depth,
                split=entry.split,
            )

    origin = {
        'format': 'nerf',
        'path': str(files[0].path.resolve() if len(files) == 1 else folder),
        'stamps': f'counted in the order of the names, {rate} pictures a second',
    }
    return Drive(
        folder.name,
        frames(),
        len(entries),
        {name: camera for camera, name in names.items() if camera},
        origin,
        scale=scale.value,
        depth_unit_m=_depth_unit_m(files) if depth_unit_m is None else depth_unit_m,
    )


def _check_named_once(entries: Sequence[Entry]) -> None:
    found: set[str] = set()
    for entry in entries:
        if entry.name in found:
            raise SceneError(f"two frames name the picture '{entry.name}': leave one of them out")
        found.add(entry.name)


def _camera_names(entries: Sequence[Entry]) -> dict[Camera | None, str]:
    cameras = list(dict.fromkeys(entry.camera for entry in entries if entry.camera))
    if len(cameras) == 1:
        return {cameras[0]: 'camera'}
    return {camera: f'camera-{number}' for number, camera in enumerate(cameras, 1)}


def _depth_unit_m(files: Sequence[TransformsFile]) -> float:
    units = sorted({file.depth_unit_m for file in files})
    if len(units) > 1:
        raise SceneError(
            f"the files in '{files[0].path.parent}' give depth the units "
            f'{", ".join(f"{unit:g}" for unit in units)}: say which holds with --depth-unit'
        )
    return units[0]
