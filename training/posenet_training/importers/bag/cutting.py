# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a drive is cut into sequences, and which of its pictures are too alike to keep.

Live localization corrects itself by jumps of map -> odom: the poses on either side do not belong
to one motion.  Where the transforms have a gap, or jump themselves, nobody knows what happened.
And a robot that stands still takes the same picture again and again.
"""

import math
from dataclasses import dataclass

from posenet_ros.geometry import Array, distance


@dataclass(frozen=True)
class CameraPose:
    """Where the camera was: a correction, the continuous motion, the gaps that came before.

    T_map_odom     [4, 4], held between its jumps; the identity where nothing jumps
    T_odom_camera  [4, 4], optical frame, continuous
    gaps           how many gaps of the transforms ended before
    """

    T_map_odom: Array
    T_odom_camera: Array
    gaps: int = 0

    @property
    def T_map_camera(self) -> Array:
        """Pose [4, 4] of the camera's optical frame in the map."""
        return self.T_map_odom @ self.T_odom_camera


@dataclass(frozen=True)
class CuttingRules:
    """Limits in metres and radians.

    jump_*   a correction that moves the camera by more cuts the drive
    least_*  a picture is kept when the camera moved or turned this much since the last one kept
    """

    jump_m: float = 0.05
    jump_rad: float = math.radians(1.0)
    least_m: float = 0.02
    least_rad: float = math.radians(1.0)


class Cutter:
    """Decides on the pictures of a drive, one after another."""

    def __init__(self, rules: CuttingRules) -> None:
        self._rules = rules
        self._sequence = 1
        self._cut = False
        self._latest: CameraPose | None = None
        self._kept: CameraPose | None = None

    def place(self, pose: CameraPose) -> int | None:
        """Number of the sequence that a picture belongs to, from 1; None for one too alike.

        A number is only used up by a picture that is kept, so that no sequence is empty.
        """
        if self._latest is not None and self._is_cut(self._latest, pose):
            self._cut = True
        self._latest = pose
        if self._kept is not None and not self._has_moved(self._kept, pose):
            return None
        if self._cut and self._kept is not None:
            self._sequence += 1
        self._cut = False
        self._kept = pose
        return self._sequence

    def _is_cut(self, before: CameraPose, now: CameraPose) -> bool:
        # Measured at the camera: far from odom's origin a tiny turn of map -> odom moves it far,
        # and a large change of its position may only undo that.
        jump_m, jump_rad = distance(now.T_map_camera, before.T_map_odom @ now.T_odom_camera)
        return (
            now.gaps != before.gaps
            or jump_m > self._rules.jump_m
            or jump_rad > self._rules.jump_rad
        )

    def _has_moved(self, kept: CameraPose, now: CameraPose) -> bool:
        # In odom, so that a correction of a robot that stands still is no motion.
        moved_m, turned_rad = distance(now.T_odom_camera, kept.T_odom_camera)
        return moved_m >= self._rules.least_m or turned_rad >= self._rules.least_rad
