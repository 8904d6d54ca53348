# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Known poses of a few pictures, from a table that names each by its file or by its stamp."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posenet_ros.geometry import Array, transform
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import DriveFrame
from posenet_training.importers.files import read_lines
from posenet_training.importers.quaternion_pose import checked_pose
from posenet_training.importers.trajectory import parse_stamp

# A stamp names the picture that was taken no further from it than this.
NEAR_NS = 20_000_000


@dataclass(frozen=True)
class KnownPoses:
    """Where pictures were taken: rows of the frames, T_map_camera [N, 4, 4].

    oriented   whether the orientations are known too; else the rotations are the identity
    """

    rows: list[int]
    T_map_camera: Array
    oriented: bool


def read_known_poses(file: Path, frames: list[DriveFrame], complaints: Complaints) -> KnownPoses:
    """Read lines `picture x y z` or `picture x y z qx qy qz qw` for some of the frames.

    Values are parted by spaces or commas; # begins a comment.  The picture is its name, with or
    without suffix, or its stamp in seconds, as in a TUM file.  Lines of pictures that are not
    among the frames and broken poses are complaints.  Raises SceneError when no line is left,
    or when some have orientations and some have not.
    """
    names = _rows_by_name(frames)
    stamps = np.array([frame.stamp_ns for frame in frames])
    rows: list[int] = []
    poses: list[Array] = []
    widths: set[int] = set()
    for number, line in enumerate(read_lines(file), 1):
        words = line.partition('#')[0].replace(',', ' ').split()
        if not words or words[:2] == ['file', 'x']:
            continue
        where = f"'{file}' line {number}"
        if len(words) not in (4, 8):
            complaints.add('known pose is not x y z or x y z qx qy qz qw', where)
            continue
        row = names.get(words[0], _row_by_stamp(words[0], stamps))
        if row is None or row in rows:
            complaints.add('known pose is of no picture that was placed, or named twice', where)
            continue
        pose = _pose(words[1:], where, complaints)
        if pose is not None:
            rows.append(row)
            poses.append(pose)
            widths.add(len(words))
    if not poses:
        raise SceneError(
            ' '.join([f"'{file}' has no known pose that can be used.", *complaints.sentences()])
        )
    if len(widths) > 1:
        raise SceneError(f"'{file}' has poses with and without orientation: give one kind only")
    return KnownPoses(rows, np.stack(poses), oriented=widths == {8})


def _rows_by_name(frames: list[DriveFrame]) -> dict[str, int]:
    rows = {frame.name: row for row, frame in enumerate(frames)}
    for row, frame in enumerate(frames):
        if isinstance(frame.picture, Path):
            rows.setdefault(frame.picture.name, row)
    return rows


def _row_by_stamp(word: str, stamps_ns: np.ndarray) -> int | None:
    try:
        stamp_ns = parse_stamp(word)
    except ValueError:
        return None
    row = int(np.argmin(np.abs(stamps_ns - stamp_ns)))
    return row if abs(int(stamps_ns[row]) - stamp_ns) <= NEAR_NS else None


def _pose(words: list[str], where: str, complaints: Complaints) -> Array | None:
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        complaints.add('known pose does not hold numbers', f'{where} ({error})')
        return None
    if len(numbers) == 7:
        return checked_pose(numbers[:3], numbers[3:], where, complaints)
    if not all(map(math.isfinite, numbers)):
        complaints.add('pose is not finite', where)
        return None
    return transform(numbers, (0.0, 0.0, 0.0, 1.0))
