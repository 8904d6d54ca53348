# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a transforms.json says of all its frames.

`applied_transform` [3, 4] and then `applied_scale` were applied by nerfstudio to the poses of the
source; both are undone.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posenet_ros.geometry import Array, inverse
from posenet_ros.scene import SceneError
from posenet_training.importers.matrix import Axes, Convention, to_T_map_camera
from posenet_training.scenes.usable import is_rigid

WHOLE = 'transforms.json'
PARTS = {
    'train': 'transforms_train.json',
    'validation': 'transforms_val.json',
    'test': 'transforms_test.json',
}
# nerfstudio's, where the file says nothing.
DEPTH_UNIT_M = 0.001
Json = Mapping[str, Any]


@dataclass(frozen=True)
class TransformsFile:
    """A file, opened.

    content      as the file has it; 'frames' is a list
    split        of all its frames, '' where the file's name prescribes none
    T_file_map   [4, 4], was applied to the source's poses, and then `scale` to their positions
    """

    path: Path
    content: Json
    split: str
    T_file_map: Array
    scale: float

    def T_map_camera(self, matrix: Array) -> Array:
        """Pose [4, 4] of the optical frame, in the unit of the source, by a frame's matrix.

        A matrix that is no rigid transform is given back as it is.
        """
        if not is_rigid(matrix):
            return matrix
        T_file_camera = matrix.copy()
        T_file_camera[:3, 3] /= self.scale
        return to_T_map_camera(
            inverse(self.T_file_map) @ T_file_camera, Convention.c2w, Axes.opengl
        )

    @property
    def depth_unit_m(self) -> float:
        """What a step of a depth picture means in the unit of the source.

        instant-ngp's integer_depth_scale is in the unit of the file, zero or less for none;
        nerfstudio's files say nothing and mean millimetres.
        """
        given = self.content.get('integer_depth_scale', 0.0)
        if not isinstance(given, int | float) or not math.isfinite(given):
            raise SceneError(
                f"'{self.path}' has integer_depth_scale {given!r}: a number is expected; say "
                'what holds with --depth-unit'
            )
        return given / self.scale if given > 0.0 else DEPTH_UNIT_M


def open_files(source: Path) -> list[TransformsFile]:
    """A file, or a folder's transforms.json, else its transforms_train.json, _val and _test.

    Raises SceneError for a file that is missing, no JSON, or without a list of frames.
    """
    if not source.is_dir():
        return [_open(source, '')]
    if (source / WHOLE).is_file():
        return [_open(source / WHOLE, '')]
    files = [
        _open(source / name, split) for split, name in PARTS.items() if (source / name).is_file()
    ]
    if not files:
        raise SceneError(f"'{source}' has neither {WHOLE} nor {', '.join(PARTS.values())}")
    return files


def _open(file: Path, split: str) -> TransformsFile:
    if not file.is_file():
        raise SceneError(f"'{file}' is not there: give a transforms.json or the folder of one")
    try:
        content = json.loads(file.read_text(encoding='utf-8'))
    except ValueError as error:
        raise SceneError(f"'{file}' is no JSON: {error}") from error
    if not (isinstance(content, dict) and isinstance(content.get('frames'), list)):
        raise SceneError(f"'{file}' has no list 'frames'")
    return TransformsFile(file, content, split, *_applied(content, file))


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
