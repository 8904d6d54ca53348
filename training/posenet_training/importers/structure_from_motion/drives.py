# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures or a video without poses, opened as a drive."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from posenet_training.importers.files import natural_key, pictures_of
from posenet_training.importers.structure_from_motion.choice import (
    Choice,
    Chosen,
    choose_from_folder,
    choose_from_video,
)
from posenet_training.importers.structure_from_motion.options import Request
from posenet_training.importers.structure_from_motion.placing import placed_in_map
from posenet_training.importers.structure_from_motion.reconstruction import (
    PICTURES,
    reconstruct,
)
from posenet_training.importers.structure_from_motion.work import Work, digest

Tell = Callable[[str], None]


def open_images(
    folder: Path,
    pattern: str,
    rate: float,
    request: Request,
    complaints: Complaints,
    tell: Tell,
) -> Drive:
    """Reconstruct the poses of a folder's pictures whose names match the pattern.

    They are one drive in the order of their names, `rate` a second.  Raises SceneError when
    structure from motion places too few.
    """
    pictures = [path for path in pictures_of(folder) if path.match(pattern)]
    pictures.sort(key=lambda path: natural_key(path.name))
    if not pictures:
        raise SceneError(f"no picture in '{folder}' has a name like '{pattern}'")
    source = {
        'format': 'images',
        'path': str(folder.resolve()),
        'pattern': pattern,
        'pictures': digest([path.name for path in pictures]),
        'stamps': f'counted, {rate} pictures a second',
    }
    tell(f'looking at {len(pictures)} pictures')
    choose = partial(choose_from_folder, pictures, rate, request.mapping.step)
    return _open(folder.resolve().name, source, choose, request, complaints, tell)


def open_video(
    video: Path,
    request: Request,
    complaints: Complaints,
    tell: Tell,
) -> Drive:
    """Reconstruct the poses of a video's chosen frames, which become the drive.

    Raises SceneError when the video cannot be read or structure from motion places too few.
    """
    if not video.is_file():
        raise SceneError(f"video '{video}' is not there")
    source = {
        'format': 'video',
        'path': str(video.resolve()),
        'bytes': video.stat().st_size,
        'stamps': "the video's",
    }
    tell(f"looking at the frames of '{video}'")
    choose = partial(choose_from_video, video, request.mapping.step)
    return _open(video.stem, source, choose, request, complaints, tell)


def _open(
    name: str,
    source: dict[str, Any],
    choose: Callable[[Path], Choice],
    request: Request,
    complaints: Complaints,
    tell: Tell,
) -> Drive:
    stamps = source['stamps']
    work = Work.begin(request.work, {k: v for k, v in source.items() if k != 'stamps'})
    choice = Choice.of_plain(
        work.once(
            'choice',
            {'step': request.mapping.step, 'stamps': stamps},
            lambda: choose(work.fresh(PICTURES)).plain(),
        )
    )
    for what, which in choice.refused:
        complaints.add(what, which)
    found = reconstruct(work, choice, request.mapping, tell)
    frames = [
        _frame(work, picture, name, found.T_sfm_camera[picture.file])
        for picture in choice.pictures
        if picture.file in found.T_sfm_camera
    ]
    for picture in choice.pictures:
        if picture.file not in found.T_sfm_camera:
            complaints.add('picture could not be placed by its features', picture.name)
    placed = placed_in_map(frames, request.placing, complaints)
    return Drive(
        name=name,
        frames=(_with_content(frame, work) for frame in placed.frames),
        count=len(placed.frames),
        cameras={'camera': found.camera},
        source={**source, **placed.how, 'structure_from_motion': dict(found.figures)},
        scale=placed.scale,
        settled=(lambda: None) if request.keep_work else work.remove,
    )


def _frame(work: Work, picture: Chosen, sequence: str, T_sfm_camera: Array) -> DriveFrame:
    file = work.folder / PICTURES / picture.file
    return DriveFrame(
        name=picture.name,
        # Pictures of a folder are links to where they are, frames of a video are files.
        picture=file.resolve() if file.is_symlink() else file,
        sequence=sequence,
        stamp_ns=picture.stamp_ns,
        T_map_camera=T_sfm_camera,
    )


def _with_content(frame: DriveFrame, work: Work) -> DriveFrame:
    """The frame with a picture that outlives the work folder."""
    file = frame.picture
    if isinstance(file, Path) and file.parent == work.folder / PICTURES:
        return replace(frame, picture=Encoded(file.read_bytes(), file.suffix))
    return frame
