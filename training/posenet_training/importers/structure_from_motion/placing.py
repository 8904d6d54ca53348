# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From the reconstruction's own frame and unit to the map: known poses, a distance, gravity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import DriveFrame
from posenet_training.importers.structure_from_motion.known_poses import read_known_poses
from posenet_training.importers.structure_from_motion.level import level_rotation
from posenet_training.importers.structure_from_motion.options import PlacingOptions
from posenet_training.importers.structure_from_motion.similarity import (
    Similarity,
    robust_similarity,
    spread,
)

# Known poses agree with the reconstruction within this share of how far they are spread.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Placed:
    """Frames in the map, 'metric' or 'unknown' scale, and how that came about: plain values."""

    frames: list[DriveFrame]
    scale: str
    how: dict[str, Any]


def placed_in_map(
    frames: Sequence[DriveFrame], options: PlacingOptions, complaints: Complaints
) -> Placed:
    """Move frames, whose poses are of one similarity's freedom, into the map.

    Raises SceneError when
    what is known does not fit or names pictures that are not among the frames.
    """
    if options.known_poses:
        return _by_known_poses(list(frames), options.known_poses, complaints)
    scale = _scale_of_distance(frames, *options.distance) if options.distance else 1.0
    similarity, frame = Similarity(scale, np.eye(3), np.zeros(3)), "the reconstruction's own"
    if options.level:
        T = np.stack([f.T_map_camera for f in frames])
        R = level_rotation(T[:, :3, :3])
        similarity = Similarity(scale, R, -scale * R @ T[0, :3, 3])
        frame = 'z up by the cameras, x ahead of the first, origin at the first'
    how = {'frame': frame, 'distance': list(options.distance) if options.distance else None}
    return Placed(_moved(frames, similarity), 'metric' if options.distance else 'unknown', how)


def _by_known_poses(frames: list[DriveFrame], file: Path, complaints: Complaints) -> Placed:
    known = read_known_poses(file, frames, complaints)
    T_sfm = np.stack([frames[row].T_map_camera for row in known.rows])
    positions = known.T_map_camera[:, :3, 3]
    orientations = (T_sfm[:, :3, :3], known.T_map_camera[:, :3, :3]) if known.oriented else ()
    similarity, agreeing = robust_similarity(
        T_sfm[:, :3, 3], positions, TOLERANCE * spread(positions), *orientations
    )
    residuals = np.linalg.norm(similarity.of_points(T_sfm[:, :3, 3]) - positions, axis=1)
    for row in np.flatnonzero(~agreeing):
        name, residual = frames[known.rows[row]].name, residuals[row]
        complaints.add('known pose does not fit the others', f'{name} ({residual:.3f} m off)')
    how = {
        'frame': 'that of the known poses',
        'known_poses': {
            'file': str(file.resolve()),
            'used': int(agreeing.sum()),
            'median_residual_m': float(np.median(residuals[agreeing])),
        },
    }
    return Placed(_moved(frames, similarity), 'metric', how)


def _moved(frames: Sequence[DriveFrame], similarity: Similarity) -> list[DriveFrame]:
    return [replace(f, T_map_camera=similarity.of_pose(f.T_map_camera)) for f in frames]


def _scale_of_distance(
    frames: Sequence[DriveFrame], first: str, second: str, metres: float
) -> float:
    distance = float(np.linalg.norm(_position(frames, first) - _position(frames, second)))
    if distance < 1e-9:
        raise SceneError(f"'{first}' and '{second}' were taken at one place: choose others")
    return metres / distance


def _position(frames: Sequence[DriveFrame], name: str) -> Array:
    for frame in frames:
        if name == frame.name or (isinstance(frame.picture, Path) and name == frame.picture.name):
            return frame.T_map_camera[:3, 3]
    raise SceneError(
        f"--distance names '{name}', which is no picture that could be placed, such as "
        f"'{frames[0].name}'"
    )
