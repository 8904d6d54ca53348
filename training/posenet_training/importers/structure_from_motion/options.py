# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What decides a reconstruction and its frame; known before pycolmap is needed."""

import os
from dataclasses import dataclass
from pathlib import Path

from posenet_ros.scene import SceneError


@dataclass(frozen=True)
class MappingOptions:
    """How pictures become a reconstruction.

    step           image motion between pictures that are mapped, a share of the width
    focal_px       the camera's focal length; None where it is to be guessed
    features       at most so many SIFT features a picture
    fine           look for features in a doubled picture as well: slower, three times as many
    overlap        each picture is matched with so many that follow
    loops          and with so many that look alike, further away
    minimum_share  of the pictures, which must be placed for a scene to be made
    threads        of the CPU, 0 for all cores
    """

    step: float = 0.03
    focal_px: float | None = None
    features: int = 2000
    fine: bool = False
    overlap: int = 8
    loops: int = 5
    minimum_share: float = 0.5
    threads: int = 0

    @property
    def cores(self) -> int:
        """How many threads to start."""
        return self.threads or os.cpu_count() or 1


@dataclass(frozen=True)
class PlacingOptions:
    """What is known about the map's frame and unit.

    distance      two pictures by name and the metres between their cameras
    known_poses   table of poses in the map (see known_poses.py); it gives frame and unit
    level         turn z up, assuming that the camera's x axis is level on average
    """

    distance: tuple[str, str, float] | None = None
    known_poses: Path | None = None
    level: bool = True

    def __post_init__(self) -> None:
        if self.distance and self.known_poses:
            raise SceneError('--distance and --known-poses both give the scale: use one of them')
        if self.distance and not self.distance[2] > 0.0:
            raise SceneError(f'--distance is {self.distance[2]} m: it must be positive')


@dataclass(frozen=True)
class Request:
    """What is wanted of structure from motion, and the folder that keeps its steps.

    keep_work   whether the folder stays after the scene is written
    """

    work: Path
    keep_work: bool
    mapping: MappingOptions
    placing: PlacingOptions

    @staticmethod
    def beside(
        scene: Path,
        work: Path | None,
        keep_work: bool,
        mapping: MappingOptions,
        placing: PlacingOptions,
    ) -> 'Request':
        """A request for a scene that must not exist yet; its folder is SCENE.sfm by default."""
        if scene.exists():
            raise SceneError(f"'{scene}' exists: remove it or name another folder")
        folder = work or scene.with_name(f'{scene.name}.sfm')
        return Request(folder, keep_work, mapping, placing)
