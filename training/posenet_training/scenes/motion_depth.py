# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth pictures for a scene without, from the drive itself.

Keypoints of training pictures are matched and triangulated with the scene's own poses; a coarse
depth picture takes the depths of the points that are near each of its pixels, and says nothing
where there are none.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from posenet_ros.geometry import Array, inverse
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Scene, SceneError, read_scene, write_header_and_table
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
FOLDER = 'depth'


def add_motion_depth(scene: Scene, progress: Progress) -> Scene:
    """Write depth pictures into a scene for its training pictures, and read it again.

    The table is replaced when all of them are there.  Raises SceneError where some picture has
    depth already, intrinsics are unknown, or the pictures share no points.
    """
    if any(picture.depth for picture in scene.pictures) or (scene.root / FOLDER).exists():
        raise SceneError(
            f"scene '{scene.root}' has depth pictures already: remove them, or import it again "
            'without depth'
        )
    views = view_pictures(scene, 'train', progress, MOST_PICTURES)
    points, observations = triangulate_views(views, progress)
    need_points(scene, views, points)
    files = {}
    with appearing(scene.root / FOLDER, 'folder') as folder:
        for row, picture in enumerate(progress(views.pictures, 'depth pictures')):
            chosen, seen = observations[row]
            steps = _depths(points[seen], picture.T_map_camera) / scene.depth_unit_m
            pixels = views.keypoints[row].pixels[chosen]
            name = f'{row:06d}.png'
            depth = depth_picture(pixels, steps, scene.cameras[picture.camera])
            Image.fromarray(depth).save(folder / name)
            files[picture.file] = f'{FOLDER}/{name}'
    return _with_files(scene, files)


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
    with tempfile.TemporaryDirectory(prefix='.table.', dir=scene.root) as folder:
        write_header_and_table(changed, Path(folder))
        for file in sorted(Path(folder).iterdir()):
            os.replace(file, scene.root / file.name)
    return read_scene(scene.root)
