# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth pictures for a scene without, from the drive itself.

Keypoints of training pictures are matched and triangulated with the scene's own poses; a coarse
depth picture takes the depths of the points that are near each of its pixels, and says nothing
where there are none.
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from posenet_ros.geometry import Array, inverse
from posenet_ros.model_spec import Camera
from posenet_ros.scene import (
    HEADER_FILE,
    TABLE_FILE,
    Scene,
    SceneError,
    read_scene,
    write_header_and_table,
)
from posenet_training.baselines.sift.building import (
    need_points,
    triangulate_views,
    view_pictures,
)
from posenet_training.scenes.writing import appearing
from posenet_training.sequences import Progress

# Pixels along the shorter side of a depth picture.
SHORTER_SIDE = 30
# A pixel takes the median of so many points at most, which are within its own width.
NEAREST = 3
# Training pictures that are matched at most; the others stay without depth.
MOST_PICTURES = 1500
FARTHEST_STEP = 65534
# Of the depths that there are, all but one in a hundred get a step below this.
USUAL_STEP = 60000
# Nothing else writes a folder of this name.
FOLDER = 'motion_depth'


def add_motion_depth(scene: Scene, progress: Progress) -> Scene:
    """Write depth pictures into a scene for its training pictures, and read it again.

    The table is replaced when all of them are there; a call that was killed is made good by the
    next.  Raises SceneError where some training picture has depth already, intrinsics are
    unknown, the pictures share no points, or the scene cannot be written.
    """
    if any(picture.depth for picture in scene.split('train')):
        raise SceneError(
            f"training pictures of scene '{scene.root}' have depth already: import it again "
            'without depth to triangulate it'
        )
    if not any(picture.depth.startswith(f'{FOLDER}/') for picture in scene.pictures):
        shutil.rmtree(scene.root / FOLDER, ignore_errors=True)
    files = {}
    with appearing(scene.root / FOLDER, 'folder') as folder:
        views = view_pictures(scene, 'train', progress, MOST_PICTURES)
        points, observations = triangulate_views(views, progress)
        need_points(scene, views, points)
        depths = [
            _depths(points[seen], picture.T_map_camera)
            for picture, (_, seen) in zip(views.pictures, observations, strict=True)
        ]
        # Positions may be in any unit: as fine as the farthest point lets it be.
        unit = float(np.percentile(np.concatenate(depths), 99)) / USUAL_STEP
        for row, picture in enumerate(progress(views.pictures, 'depth pictures')):
            pixels = views.keypoints[row].pixels[observations[row][0]]
            name = f'{row:06d}.png'
            depth = depth_picture(pixels, depths[row] / unit, scene.cameras[picture.camera])
            Image.fromarray(depth).save(folder / name)
            files[picture.file] = f'{FOLDER}/{name}'
    return _with_files(replace(scene, depth_unit_m=unit), files)


def depth_picture(pixels: Array, steps: Array, camera: Camera) -> NDArray[np.uint16]:
    """A coarse depth picture [h, w] from depths [K] at pixels [K, 2] of a camera; 0 is nothing."""
    width_px = min(camera.width, camera.height) / SHORTER_SIDE
    height, width = (round(size / width_px) for size in (camera.height, camera.width))
    picture = np.zeros((height, width), np.uint16)
    usable = (steps >= 1.0) & (steps <= FARTHEST_STEP)
    if not usable.any():
        return picture
    x, y = np.meshgrid(
        (np.arange(width) + 0.5) * camera.width / width - 0.5,
        (np.arange(height) + 0.5) * camera.height / height - 0.5,
    )
    middles = np.stack([x.ravel(), y.ravel()], axis=1)
    tree = cKDTree(pixels[usable])
    count = min(NEAREST, int(usable.sum()))
    # A list of ranks, so that one neighbour comes as a column too.
    away, rows = tree.query(middles, k=list(range(1, count + 1)), distance_upper_bound=width_px)
    near = np.where(np.isfinite(away), np.append(steps[usable], np.nan)[rows], np.nan)
    found = np.isfinite(near).any(axis=1)
    picture.reshape(-1)[found] = np.nanmedian(near[found], axis=1).round()
    return picture


def _depths(points: Array, T_map_camera: Array) -> Array:
    T_camera_map = inverse(T_map_camera)
    depths: Array = points @ T_camera_map[2, :3] + T_camera_map[2, 3]
    return depths


def _with_files(scene: Scene, files: dict[str, str]) -> Scene:
    """The scene on disk with depth pictures that have the pixels of its cameras."""
    changed = replace(
        scene,
        pictures=tuple(replace(p, depth=files.get(p.file, '')) for p in scene.pictures),
        source={**scene.source, 'depth': 'triangulated from the drive, coarse'},
        depth_camera=None,
    )
    try:
        with tempfile.TemporaryDirectory(prefix='.table.', dir=scene.root) as folder:
            write_header_and_table(changed, Path(folder))
            # The table last: until then no picture has depth, and the header is right for both.
            for name in (HEADER_FILE, TABLE_FILE):
                os.replace(Path(folder) / name, scene.root / name)
    except OSError as error:
        raise SceneError(f"scene '{scene.root}' cannot be written: {error}") from error
    return read_scene(scene.root)
