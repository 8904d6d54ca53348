# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the binary files of a COLMAP model are whole.

pycolmap reads on past the end of a truncated file, in some places without ever stopping.
Layouts: https://colmap.github.io/format.html, all little-endian.
"""

import struct
from collections.abc import Callable
from pathlib import Path

import pycolmap

from posenet_ros.scene import SceneError

POSE = 7 * 8


class _Bytes:
    """A cursor over a file's bytes; ValueError behind their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def skip(self, count: int) -> None:
        if self.at + count > len(self.data):
            raise ValueError('it ends too early')
        self.at += count

    def number(self, kind: str) -> int:
        begin = self.at
        self.skip(struct.calcsize('<' + kind))
        return int(struct.unpack_from('<' + kind, self.data, begin)[0])

    def skip_text(self) -> None:
        end = self.data.find(b'\0', self.at)
        self.skip(len(self.data) if end < 0 else end + 1 - self.at)


def check_whole(folder: Path) -> None:
    """Raise SceneError when a binary file of the model in this folder is cut short."""
    for name, skip_one in LAYOUTS.items():
        file = folder / f'{name}.bin'
        if not file.is_file():
            continue
        cursor = _Bytes(file.read_bytes())
        try:
            for _ in range(cursor.number('Q')):
                skip_one(cursor)
        except ValueError as error:
            raise SceneError(
                f"'{file}' is no whole file of a COLMAP model: {error}; copy it again"
            ) from error


def _skip_camera(cursor: _Bytes) -> None:
    cursor.skip(4)
    model = cursor.number('i')
    cursor.skip(2 * 8)
    try:
        parameters = pycolmap.Camera.create_from_model_id(
            0, pycolmap.CameraModelId(model), 1, 1, 1
        )
    except ValueError as error:
        raise ValueError(f'camera model {model} is unknown') from error
    cursor.skip(8 * len(parameters.params))


def _skip_image(cursor: _Bytes) -> None:
    cursor.skip(4 + POSE + 4)
    cursor.skip_text()
    cursor.skip(cursor.number('Q') * (2 * 8 + 8))


def _skip_point(cursor: _Bytes) -> None:
    cursor.skip(8 + 3 * 8 + 3 + 8)
    cursor.skip(cursor.number('Q') * (4 + 4))


def _skip_rig(cursor: _Bytes) -> None:
    cursor.skip(4)
    sensors = cursor.number('I')
    for sensor in range(sensors):
        cursor.skip(4 + 4)
        # All but the first, which is the rig's own frame, may have a pose in it.
        if sensor > 0 and cursor.number('B'):
            cursor.skip(POSE)


def _skip_frame(cursor: _Bytes) -> None:
    cursor.skip(4 + 4 + POSE)
    cursor.skip(cursor.number('I') * (4 + 4 + 8))


LAYOUTS: dict[str, Callable[[_Bytes], None]] = {
    'cameras': _skip_camera,
    'images': _skip_image,
    'points3D': _skip_point,
    'rigs': _skip_rig,
    'frames': _skip_frame,
}
