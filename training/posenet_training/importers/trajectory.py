# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A trajectory in a TUM file, and the pose at any stamp within it."""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from posenet_ros.geometry import Array
from posenet_ros.scene import NS, SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.files import read_lines
from posenet_training.importers.quaternion_pose import checked_pose


class Trajectory:
    """Poses [N, 4, 4] of the camera in the map at N >= 1 growing stamps."""

    def __init__(self, stamps_ns: Sequence[int], T_map_camera: Array) -> None:
        self.stamps_ns = list(stamps_ns)
        self.T_map_camera = T_map_camera

    def at(self, stamp_ns: int, max_gap_ns: int) -> Array | None:
        """Pose [4, 4] at a stamp: linear in position, along the shortest turn in orientation.

        None before the first pose, after the last, and between two poses that are farther
        apart than `max_gap_ns`.
        """
        after = bisect_left(self.stamps_ns, stamp_ns)
        if after == len(self.stamps_ns):
            return None
        if self.stamps_ns[after] == stamp_ns:
            return self.T_map_camera[after]
        if after == 0:
            return None
        length_ns = self.stamps_ns[after] - self.stamps_ns[after - 1]
        if length_ns > max_gap_ns:
            return None
        share = (stamp_ns - self.stamps_ns[after - 1]) / length_ns
        return interpolated(self.T_map_camera[after - 1], self.T_map_camera[after], share)


def interpolated(T_map_a: Array, T_map_b: Array, share: float) -> Array:
    """Pose [4, 4] between two: a at share 0, b at share 1."""
    T = np.eye(4)
    T[:3, 3] = (1.0 - share) * T_map_a[:3, 3] + share * T_map_b[:3, 3]
    ends = Rotation.from_matrix(np.stack([T_map_a[:3, :3], T_map_b[:3, :3]]))
    T[:3, :3] = Slerp([0.0, 1.0], ends)(share).as_matrix()
    return T


def read_trajectory(file: Path, complaints: Complaints) -> Trajectory:
    """Read lines `stamp x y z qx qy qz qw`, seconds and metres; # begins a comment.

    Lines that are no pose, or whose stamp does not come after the one before, are complaints.
    Raises SceneError when no pose is left.
    """
    stamps_ns: list[int] = []
    poses: list[Array] = []
    for number, line in enumerate(read_lines(file), 1):
        words = line.partition('#')[0].replace(',', ' ').split()
        if not words:
            continue
        where = f"'{file}' line {number}"
        try:
            stamp_ns = parse_stamp(words[0])
            x, y, z, qx, qy, qz, qw = (float(word) for word in words[1:])
        except ValueError:
            complaints.add("line is not 'stamp x y z qx qy qz qw'", where)
            continue
        pose = checked_pose((x, y, z), (qx, qy, qz, qw), where, complaints)
        if pose is None:
            continue
        if stamps_ns and stamp_ns <= stamps_ns[-1]:
            complaints.add('stamp of a pose does not come after the one before', where)
            continue
        stamps_ns.append(stamp_ns)
        poses.append(pose)
    if not poses:
        raise SceneError(f"'{file}' holds no pose 'stamp x y z qx qy qz qw' that can be used")
    return Trajectory(stamps_ns, np.stack(poses))


def parse_stamp(text: str) -> int:
    """Nanoseconds of a stamp in seconds, or of a whole number of 18 digits and more as it is.

    Raises ValueError for anything else.
    """
    if text.isdecimal() and len(text) >= 18:
        return int(text)
    try:
        seconds = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"'{text}' is no stamp in seconds") from error
    # Beyond what 64 bits count in nanoseconds.
    if not seconds.is_finite() or not 0 <= seconds < 2**63 // NS:
        raise ValueError(f"'{text}' is no stamp in seconds")
    return round(seconds * NS)
