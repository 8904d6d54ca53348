# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth pictures of simulated rooms, exact, by casting rays."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from check_samples import CAMERA, FINE, drawn_drive, scene_of
from PIL import Image

from posenet_ros.scene import Scene
from posenet_training.importers.room import depth_picture
from simulation.ray_casting import RayCaster
from simulation.room import Room


def depth_from(T_map_camera: np.ndarray) -> np.ndarray:
    """Depths of room 11, as those that its import draws."""
    return depth_picture(RayCaster(Room.from_seed(11).quads), CAMERA, T_map_camera)


def with_depth(scene: Scene, numbers: Iterable[int]) -> Scene:
    """The same scene of room 11 with depth pictures beside these pictures."""
    (scene.root / 'depth').mkdir()
    rows = list(scene.pictures)
    for number in numbers:
        file = f'depth/{number:05d}.png'
        depth = depth_from(rows[number].T_map_camera)
        Image.fromarray(depth).save(scene.root / file)
        rows[number] = replace(rows[number], depth=file)
    return replace(scene, pictures=tuple(rows))


def drive_with_depth(root: Path, count: int, every: int) -> Scene:
    """Every so many pictures of `count` of a drive at 15 Hz, with depth; splits as they fell."""
    pictures, poses = drawn_drive(count, 8)
    scene = scene_of(root, pictures, poses[::FINE])
    kept = replace(scene, pictures=scene.pictures[::every])
    return with_depth(kept, range(len(kept.pictures)))
