# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A SIFT map whose points come from depth pictures, where the scene has them registered.

Every keypoint with depth is a point of its own: such a map needs no matching, but is larger.
"""

import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.scene import Scene, SceneError
from posenet_training.baselines.sift.building import (
    MOST_PICTURES,
    Views,
    map_of,
    view_pictures,
)
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.baselines.sift.triangulation import Rows
from posenet_training.check.depth import at_pixels, read_depth
from posenet_training.check.view import View
from posenet_training.data.depth import NOTHING
from posenet_training.sequences import Progress


def build_map_from_depth(
    scene: Scene, split: str, progress: Progress, most_pictures: int = MOST_PICTURES
) -> SiftMap:
    """Lift the keypoints of a split's pictures, of at most so many, by their depth.

    Raises SceneError for depth of another camera, for depth that cannot be read, and what
    `build_map` raises.
    """
    if str(scene.source.get('depth', '')).startswith('not registered'):
        raise SceneError(
            f"the depth of scene '{scene.root}' is {scene.source['depth']}: triangulate the "
            'points instead'
        )
    return map_from_depth(scene, view_pictures(scene, split, progress, most_pictures))


def map_from_depth(scene: Scene, views: Views) -> SiftMap:
    """Lift the keypoints of pictures that were looked at; raises as `build_map_from_depth`."""
    points: list[Array] = []
    observations: list[tuple[Rows, Rows]] = []
    count = 0
    rows = {picture.file: row for row, picture in enumerate(scene.pictures)}
    for picture, keypoints in zip(views.pictures, views.keypoints, strict=True):
        metres = _depth_at(View(scene), rows[picture.file], keypoints.pixels)
        known = np.flatnonzero(metres)
        points.append(_lifted(picture.T_map_camera, keypoints.points[known], metres[known]))
        observations.append((known, count + np.arange(len(known))))
        count += len(known)
    return map_of(scene, views, np.concatenate(points), observations)


def _depth_at(view: View, row: int, pixels: Array) -> Array:
    """Depth along the optical axis [N] at pixels [N, 2], metres; 0 where there is none."""
    if not view.pictures[row].depth:
        return np.zeros(len(pixels))
    steps = read_depth(view, row)
    if isinstance(steps, str):
        raise SceneError(f"depth picture '{view.pictures[row].depth}' {steps}")
    measured = at_pixels(steps, pixels, view.size(row))
    return np.where(np.isin(measured, NOTHING), 0.0, view.scene.depth_unit_m * measured)


def _lifted(T_map_camera: Array, on_plane: Array, metres: Array) -> Array:
    """Points [N, 3] in the map of points [N, 2] on the plane z = 1 at depths [N]."""
    p_camera = metres[:, None] * np.column_stack([on_plane, np.ones(len(on_plane))])
    return p_camera @ T_map_camera[:3, :3].T + T_map_camera[:3, 3]
