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
from posenet_ros.scene import Picture, Scene, SceneError, read_scene, write_header_and_table
from posenet_training.baselines.classifier import Standard
from posenet_training.baselines.sift.building import match_views, view_pictures
from posenet_training.baselines.sift.pairing import pairs_to_match
from posenet_training.baselines.sift.triangulation import triangulate
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
    pairs = pairs_to_match(Standard.of(views.features).unit(views.features))
    matches = match_views(views, pairs, progress)
    keypoints = [seen.points for seen in views.keypoints]
    points, observations = triangulate(keypoints, views.T_map_camera, matches)
    if not len(points):
        raise SceneError(
            f"the {len(views.pictures)} training pictures of scene '{scene.root}' share no point "
            'that SIFT finds: look at them and at their poses with `posenet scene check`'
        )
    partial = Path(tempfile.mkdtemp(prefix=f'.{FOLDER}.', dir=scene.root))
    files = {}
    for row, picture in enumerate(progress(views.pictures, 'depth pictures')):
        chosen, seen = observations[row]
        z = _depths(points[seen], picture.T_map_camera)
        camera = scene.cameras[picture.camera]
        steps = depth_picture(views.keypoints[row].pixels[chosen], z / scene.depth_unit_m, camera)
        name = f'{row:06d}.png'
        Image.fromarray(steps).save(partial / name)
        files[picture.file] = f'{FOLDER}/{name}'
    return _with_files(scene, partial, files)


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


def _with_files(scene: Scene, partial: Path, files: dict[str, str]) -> Scene:
    """The scene on disk with its new depth pictures."""
    pictures = tuple(_with_depth(picture, files) for picture in scene.pictures)
    source = {**scene.source, 'depth': 'triangulated from the drive, coarse'}
    told = Path(tempfile.mkdtemp(prefix='.table.', dir=scene.root))
    try:
        write_header_and_table(replace(scene, pictures=pictures, source=source), told)
        partial.chmod(0o755)
        partial.rename(scene.root / FOLDER)
        for file in sorted(told.iterdir()):
            os.replace(file, scene.root / file.name)
    finally:
        shutil.rmtree(told, ignore_errors=True)
    return read_scene(scene.root)


def _with_depth(picture: Picture, files: dict[str, str]) -> Picture:
    return replace(picture, depth=files.get(picture.file, ''))
