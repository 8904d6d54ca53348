# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What every importer gives: the frames of a drive, one after another, and their cameras."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera


@dataclass(frozen=True)
class Encoded:
    """A picture's or depth picture's bytes as a file of this suffix ('.png') would hold them."""

    data: bytes
    suffix: str


@dataclass(frozen=True)
class DriveFrame:
    """A picture with the pose of its camera.

    name           path of the picture in the scene, without suffix: 'seq-01/frame-000000'
    picture        a file of the source, to be linked or copied, or bytes to be written
    sequence       name of the uninterrupted drive that it belongs to
    stamp_ns       nanoseconds, growing within a sequence
    T_map_camera   [4, 4], camera's optical frame (x right, y down, z forward) in the map, metres
    camera         name of its camera among the drive's
    depth          like picture, None where there is none
    split          as the source prescribes it, '' where it does not
    """

    name: str
    picture: Path | Encoded
    sequence: str
    stamp_ns: int
    T_map_camera: Array
    camera: str = 'camera'
    depth: Path | Encoded | None = None
    split: str = ''


@dataclass(frozen=True)
class Drive:
    """A source, opened: its frames are read one by one while they are consumed, once.

    name        of the scene, unless the user gives another
    frames      in the order of the scene's table: sequence after sequence, each by stamp
    count       how many frames there are at most, for progress bars; None when nobody knows
    cameras     by name; a camera whose intrinsics the source does not know is absent
    source      the format and what a reader of scene.yaml should know: plain values only
    scale       'metric' or 'unknown'
    depth_camera  of depth pictures that are not registered to the others (posenet_ros.scene)
    settled     called once after the scene was written: gives back what the import needed
    """

    name: str
    frames: Iterator[DriveFrame]
    count: int | None
    cameras: Mapping[str, Camera]
    source: Mapping[str, Any] = field(default_factory=dict)
    map_frame: str = 'map'
    camera_frame: str = 'camera_optical_frame'
    scale: str = 'metric'
    depth_unit_m: float = 0.001
    depth_camera: Camera | None = None
    settled: Callable[[], None] = lambda: None
