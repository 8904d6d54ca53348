# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a drive to a scene on disk: frame by frame, whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.scene import (
    MapReference,
    Picture,
    Scene,
    SceneError,
    read_scene,
    write_header_and_table,
)
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from posenet_training.scenes.usable import Usable

Split = Callable[[tuple[Picture, ...]], tuple[Picture, ...]]


@dataclass(frozen=True)
class Keeping:
    """How a scene keeps the pictures of its source: as a copy, or as a link to where they are."""

    place: Callable[[Path, Path], None]

    @staticmethod
    def copies() -> 'Keeping':
        return Keeping(_copy)

    @staticmethod
    def links() -> 'Keeping':
        return Keeping(_link)


def write_scene(
    drive: Drive,
    target: Path,
    split: Split,
    keeping: Keeping,
    complaints: Complaints,
    reference: MapReference | None = None,
) -> Scene:
    """Consume a drive and write the scene `target`, which must not exist yet.

    Frames whose picture is no whole picture or not of its camera's size, or whose pose is no
    rigid transform, are complaints; so are broken depth pictures, without which their frames are
    kept.  Everything is written into a folder beside the target, which takes its name at the
    end: a scene is there whole or not at all.  Raises SceneError when the target exists or cannot
    be written, no frame is left, or stamps do not grow within a sequence.
    """
    with appearing(target, 'scene') as folder:
        pictures: list[Picture] = []
        usable = Usable(drive.cameras, complaints)
        for frame in drive.frames:
            if part := usable.part_of(frame):
                pictures.append(_placed(part, folder, keeping))
        if not pictures:
            raise SceneError(
                ' '.join([f"'{drive.name}' gave no usable picture.", *complaints.sentences()])
            )
        _check_stamps(pictures)
        scene = Scene(
            root=folder,
            name=drive.name,
            pictures=split(tuple(pictures)),
            cameras=drive.cameras,
            source={**drive.source, 'skipped': complaints.counts()},
            map_frame=drive.map_frame,
            camera_frame=drive.camera_frame,
            scale=drive.scale,
            depth_unit_m=drive.depth_unit_m,
            map=reference,
            depth_camera=drive.depth_camera,
        )
        write_header_and_table(scene, folder)
    return read_scene(target)


@contextmanager
def appearing(target: Path, what: str) -> Iterator[Path]:
    """Give a new folder that becomes `target` when the block ends well, and vanishes else.

    what: the target is, for people.  Raises SceneError when it exists or cannot be written.
    """
    if target.exists() or target.is_symlink():
        raise SceneError(f"'{target}' exists: remove it or name another folder")
    folder = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f'.{target.name}.', dir=target.parent))
        yield folder
        folder.chmod(0o755)
        folder.rename(target)
    except BaseException as error:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise SceneError(f"{what} '{target}' was not written: {error}") from error
        raise


def _placed(frame: DriveFrame, folder: Path, keeping: Keeping) -> Picture:
    position, q_xyzw = position_and_quaternion(frame.T_map_camera)
    x, y, z = (float(value) for value in position)
    qx, qy, qz, qw = (float(value) for value in q_xyzw)
    return Picture(
        file=_place(frame.picture, folder, f'pictures/{frame.name}', keeping),
        sequence=frame.sequence,
        stamp_ns=frame.stamp_ns,
        position=(x, y, z),
        q_xyzw=(qx, qy, qz, qw),
        camera=frame.camera,
        depth=_place(frame.depth, folder, f'depth/{frame.name}', keeping) if frame.depth else '',
        split=frame.split,
    )


def _place(content: Path | Encoded, folder: Path, name: str, keeping: Keeping) -> str:
    """Put a picture into the folder; return its path there."""
    if Path(name).is_absolute() or '..' in Path(name).parts:
        raise SceneError(f"picture '{name}' would lie outside of the scene")
    file = folder / f'{name}{content.suffix}'
    file.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(file):
        raise SceneError(f"two pictures of the source would become '{name}{content.suffix}'")
    if isinstance(content, Encoded):
        file.write_bytes(content.data)
    else:
        keeping.place(content, file)
    return file.relative_to(folder).as_posix()


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _link(source: Path, target: Path) -> None:
    target.symlink_to(source.resolve())


def _check_stamps(pictures: list[Picture]) -> None:
    ended: set[str] = set()
    for before, after in pairwise(pictures):
        if before.sequence != after.sequence:
            ended.add(before.sequence)
            if after.sequence in ended:
                raise SceneError(
                    f"sequence '{after.sequence}' comes in several pieces: '{after.file}'"
                )
        elif after.stamp_ns <= before.stamp_ns:
            raise SceneError(
                f"stamps do not grow in sequence '{after.sequence}': '{after.file}' at "
                f"{after.stamp_ns} ns follows '{before.file}' at {before.stamp_ns} ns"
            )
