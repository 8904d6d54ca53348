# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Alternative pseudo ground truth of 7-Scenes (Brachmann et al., ICCV 2021).

One line a picture, `file qw qx qy qz tx ty tz f`: the pose maps the world to the camera, f is the
focal length of the published pictures in pixels (README of the repository
tsattler/visloc_pseudo_gt_limitations).  Training and test pictures have a file each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from posenet_ros.geometry import Array, inverse
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.files import read_lines, rows_of
from posenet_training.importers.quaternion_pose import checked_pose


@dataclass(frozen=True)
class PosedLine:
    """Pose [4, 4] and focal length of one picture, and the file that gave them."""

    T_map_camera: Array
    focal_length: float
    file: Path


def read_pseudo_truth(files: Sequence[Path], complaints: Complaints) -> dict[str, PosedLine]:
    """Poses by frame ('seq-01/frame-000000'); SceneError when two lines name one frame."""
    found: dict[str, PosedLine] = {}
    for file in files:
        for where, words in rows_of(file, read_lines(file)):
            posed = _posed(words, file, where, complaints)
            if posed is None:
                continue
            frame = words[0].partition('.')[0]
            if frame in found:
                raise SceneError(
                    f"'{frame}' has a pose in '{found[frame].file}' and again in {where}: give "
                    'the files of one ground truth'
                )
            found[frame] = posed
        if not any(posed.file == file for posed in found.values()):
            raise SceneError(f"'{file}' holds no line 'file qw qx qy qz tx ty tz f'")
    return found


def _posed(
    words: Sequence[str], file: Path, where: str, complaints: Complaints
) -> PosedLine | None:
    try:
        qw, qx, qy, qz, x, y, z, focal_length = (float(word) for word in words[1:])
    except ValueError:
        complaints.add("line is not 'file qw qx qy qz tx ty tz f'", where)
        return None
    T_camera_map = checked_pose((x, y, z), (qx, qy, qz, qw), where, complaints)
    if T_camera_map is None:
        return None
    return PosedLine(inverse(T_camera_map), focal_length, file)
