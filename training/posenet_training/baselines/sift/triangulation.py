# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From matches between pictures with known poses to points: COLMAP's triangulation."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pycolmap
from numpy.typing import NDArray

from posenet_ros.geometry import Array, inverse
from posenet_training.importers.structure_from_motion.mapping import quieten

# Points [N, 2] of the plane z = 1 become pixels of one camera of this size and focal length, so
# that COLMAP's limits in pixels mean the same for every lens: 4 px are half a degree.
SIDE = 2000
FOCAL_PX = 500.0
SEED = 0

Rows = NDArray[np.int64]
Matches = Mapping[tuple[int, int], NDArray[np.int64]]


def triangulate(
    points: Sequence[Array], T_map_camera: Array, matches: Matches
) -> tuple[Array, list[tuple[Rows, Rows]]]:
    """Triangulate what at least three of M pictures saw.

    points [M] of [N, 2] on the planes z = 1, poses [M, 4, 4], and matches {(i, j): rows [K, 2]}.
    Returns points [P, 3] in the map and, for each picture, (keypoints, their points' rows).
    The poses stay as they are.
    """
    quieten()
    model = _posed_pictures(points, T_map_camera)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / 'matches.db'
        _write_database(database, model, points, matches)
        options = pycolmap.IncrementalPipelineOptions()
        options.random_seed = SEED
        options.triangulation.random_seed = SEED
        # Pictures at camera rate are close to each other.
        options.triangulation.min_angle = 1.0
        model = pycolmap.triangulate_points(model, database, folder, folder, options=options)
    return _tracks(model, len(points))


def _posed_pictures(points: Sequence[Array], T_map_camera: Array) -> pycolmap.Reconstruction:
    model = pycolmap.Reconstruction()
    middle = 0.5 * SIDE
    camera = pycolmap.Camera(
        camera_id=1,
        model='PINHOLE',
        width=SIDE,
        height=SIDE,
        params=[FOCAL_PX, FOCAL_PX, middle, middle],
    )
    model.add_camera_with_trivial_rig(camera)
    for number, (keypoints, T_camera_map) in enumerate(
        zip(points, inverse(T_map_camera), strict=True), 1
    ):
        image = pycolmap.Image(
            name=str(number), keypoints=_pixels(keypoints), camera_id=1, image_id=number
        )
        model.add_image_with_trivial_frame(image, pycolmap.Rigid3d(T_camera_map[:3]))
    return model


def _pixels(points: Array) -> Array:
    return FOCAL_PX * points + 0.5 * SIDE


def _write_database(
    file: Path, model: pycolmap.Reconstruction, points: Sequence[Array], matches: Matches
) -> None:
    """Write what COLMAP reads matches from; pictures are numbered from 1 there."""
    with pycolmap.Database.open(file) as database:
        database.write_camera(model.cameras[1], use_camera_id=True)
        database.write_rig(model.rigs[1], use_rig_id=True)
        for number, keypoints in enumerate(points, 1):
            image = pycolmap.Image(name=str(number), camera_id=1, image_id=number)
            database.write_image(image, use_image_id=True)
            database.write_frame(model.frames[number], use_frame_id=True)
            database.write_keypoints(number, _pixels(keypoints).astype(np.float32))
        for (i, j), rows in matches.items():
            geometry = pycolmap.TwoViewGeometry()
            geometry.config = pycolmap.TwoViewGeometryConfiguration.CALIBRATED
            geometry.inlier_matches = rows.astype(np.uint32)
            database.write_matches(i + 1, j + 1, rows.astype(np.uint32))
            database.write_two_view_geometry(i + 1, j + 1, geometry)


def _tracks(
    model: pycolmap.Reconstruction, pictures: int
) -> tuple[Array, list[tuple[Rows, Rows]]]:
    row = {point_id: row for row, point_id in enumerate(model.points3D)}
    points = np.array([point.xyz for point in model.points3D.values()]).reshape(-1, 3)
    observations = []
    for number in range(1, pictures + 1):
        pairs = [
            (keypoint, row[point2D.point3D_id])
            for keypoint, point2D in enumerate(model.images[number].points2D)
            if point2D.has_point3D()
        ]
        keypoints, rows = np.array(pairs, np.int64).reshape(-1, 2).T
        observations.append((keypoints, rows))
    return points, observations
