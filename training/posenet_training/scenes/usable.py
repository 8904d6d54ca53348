# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a frame must be to enter a scene: a rigid pose, a whole picture, a depth picture that fits.

Decoding everything once is what finds a file that was cut short while it was copied.
"""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import DriveFrame, Encoded

# How far from orthonormal a rotation may be before it is no rounding any more.
ROTATION_TOLERANCE = 1e-2
# Pillow's modes of one whole number a pixel.
DEPTH_MODES = ('I;16', 'I;16B', 'I', 'L')
UNREADABLE = (OSError, SyntaxError, ValueError)

Size = tuple[int, int]


class Usable:
    """Looks at the frames of a drive, one after another, and complains of what cannot be used."""

    def __init__(self, cameras: Mapping[str, Camera], complaints: Complaints) -> None:
        self._cameras = cameras
        self._complaints = complaints
        # The first depth picture of each camera says what size the others have.
        self._depth_sizes: dict[str, Size] = {}

    def part_of(self, frame: DriveFrame) -> DriveFrame | None:
        """The frame, without a depth picture that does not fit; None when it cannot be used."""
        size = self._size(frame) if self._is_posed(frame) else None
        if size is None:
            return None
        return frame if self._has_good_depth(frame, size) else replace(frame, depth=None)

    def _is_posed(self, frame: DriveFrame) -> bool:
        if not is_rigid(frame.T_map_camera):
            self._complaints.add('pose is no rigid transform', f'{frame.name} {_numbers(frame)}')
            return False
        return True

    def _size(self, frame: DriveFrame) -> Size | None:
        """Width and height of the picture; None after a complaint."""
        try:
            size, _ = _decoded(frame.picture)
        except UNREADABLE as error:
            self._complaints.add('picture cannot be read', f'{frame.name} ({error})')
            return None
        camera = self._cameras.get(frame.camera)
        if camera and size != (camera.width, camera.height):
            self._complaints.add(
                'picture has another size than its camera',
                f'{frame.name} ({_text(size)}, not {_text((camera.width, camera.height))})',
            )
            return None
        return size

    def _has_good_depth(self, frame: DriveFrame, size: Size) -> bool:
        if frame.depth is None:
            return True
        try:
            found, mode = _decoded(frame.depth)
        except UNREADABLE as error:
            self._complaints.add('depth picture cannot be read', f'{frame.name} ({error})')
            return False
        if mode not in DEPTH_MODES:
            what = 'depth picture does not hold one whole number a pixel'
            self._complaints.add(what, f'{frame.name} (mode {mode})')
            return False
        if not same_shape(found, size):
            what = 'depth picture has another shape than its picture'
            self._complaints.add(what, f'{frame.name} ({_text(found)} for {_text(size)})')
            return False
        first = self._depth_sizes.setdefault(frame.camera, found)
        if found != first:
            what = 'depth picture has another size than those before'
            self._complaints.add(what, f'{frame.name} ({_text(found)}, not {_text(first)})')
            return False
        return True


def is_rigid(T: Array) -> bool:
    """Whether a matrix [4, 4] is finite, its rotation orthonormal and right-handed.

    The last row must be 0 0 0 1: in a matrix written by columns it is not.
    """
    R = T[:3, :3]
    return bool(
        np.all(np.isfinite(T))
        and np.allclose(R @ R.T, np.eye(3), atol=ROTATION_TOLERANCE)
        and np.linalg.det(R) > 0.0
        and np.allclose(T[3], [0.0, 0.0, 0.0, 1.0])
    )


def _decoded(picture: Path | Encoded) -> tuple[Size, str]:
    """Size and mode of a picture that decodes to its end."""
    file = BytesIO(picture.data) if isinstance(picture, Encoded) else picture
    with Image.open(file) as image:
        image.load()
        return image.size, image.mode


def same_shape(depth: Size, picture: Size) -> bool:
    """Whether a depth picture, which may be smaller, has the picture's shape up to a pixel."""
    scale = picture[0] / depth[0]
    return abs(depth[1] - picture[1] / scale) < 1.0


def _numbers(frame: DriveFrame) -> str:
    return np.array2string(frame.T_map_camera, precision=4, separator=',').replace('\n', '')


def _text(size: Size) -> str:
    return f'{size[0]}x{size[1]}'
