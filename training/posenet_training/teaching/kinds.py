# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a source is, by the names of its files."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path

from posenet_ros.scene import HEADER_FILE
from posenet_training.errors import TeachError
from posenet_training.importers.cambridge import LISTS
from posenet_training.importers.colmap_places import model_place
from posenet_training.importers.files import PICTURE_SUFFIXES
from posenet_training.importers.nerf_file import PARTS, WHOLE

# Of ROS 1 too: its importer says how to convert such a bag.
BAG_SUFFIXES = {'.mcap', '.db3', '.bag'}
VIDEO_SUFFIXES = {'.mp4', '.mov', '.m4v', '.avi', '.mkv', '.webm', '.mpg', '.mpeg'}


class Kind(str, Enum):
    """A scene, or a format of `posenet scene import` by its name there."""

    scene = 'scene'
    bag = 'bag'
    seven_scenes = '7scenes'
    cambridge = 'cambridge'
    tum = 'tum'
    colmap = 'colmap'
    nerf = 'nerf'
    matrix = 'matrix'
    video = 'video'
    images = 'images'


def recognise(source: Path) -> Kind:
    """Say what a file or folder is; TeachError when it is nothing known, or several things.

    Pictures that lie in the folder itself only count where nothing tells their poses.
    """
    if not source.exists():
        raise TeachError(f"'{source}' is not there")
    signs = SIGNS_OF_FOLDERS if source.is_dir() else SIGNS_OF_FILES
    kinds = [kind for kind, is_kind in signs.items() if is_kind(source)]
    if not kinds and source.is_dir() and _holds(source, PICTURE_SUFFIXES):
        kinds = [Kind.images]
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        names = ' and '.join(f"'{kind.value}'" for kind in kinds)
        raise TeachError(f"'{source}' looks like {names}: say which it is with --format")
    if source.is_dir() and not any(source.iterdir()):
        raise TeachError(f"'{source}' is empty: name a bag, a video, or a folder of pictures")
    known = ', '.join(kind.value for kind in Kind)
    raise TeachError(
        f"cannot tell what '{source}' is by its files: say it with --format, one of {known}"
    )


def _is_seven_scenes(folder: Path) -> bool:
    return any(re.fullmatch(r'seq-\d+', path.name) and path.is_dir() for path in folder.iterdir())


def _is_matrix(folder: Path) -> bool:
    posed = (folder / 'poses.txt').is_file() or (folder / 'poses').is_dir()
    return posed and (folder / 'images').is_dir()


def _is_bag(folder: Path) -> bool:
    # Without metadata.yaml its recorder was killed: the importer says what to do then.
    return _holds(folder, BAG_SUFFIXES)


def _holds(folder: Path, suffixes: set[str]) -> bool:
    return any(path.suffix.lower() in suffixes for path in folder.iterdir())


def _has(*names: str) -> Callable[[Path], bool]:
    return lambda folder: any((folder / name).is_file() for name in names)


def _ends_in(suffixes: set[str]) -> Callable[[Path], bool]:
    return lambda file: file.suffix.lower() in suffixes


Signs = Mapping[Kind, Callable[[Path], bool]]
SIGNS_OF_FOLDERS: Signs = {
    Kind.scene: _has(HEADER_FILE),
    Kind.bag: _is_bag,
    Kind.seven_scenes: _is_seven_scenes,
    Kind.cambridge: _has(*LISTS.values()),
    Kind.tum: _has('rgb.txt', 'groundtruth.txt'),
    Kind.colmap: lambda folder: model_place(folder) is not None,
    Kind.nerf: _has(WHOLE, *PARTS.values()),
    Kind.matrix: _is_matrix,
}
SIGNS_OF_FILES: Signs = {
    Kind.bag: _ends_in(BAG_SUFFIXES),
    Kind.video: _ends_in(VIDEO_SUFFIXES),
    Kind.nerf: _ends_in({'.json'}),
}
