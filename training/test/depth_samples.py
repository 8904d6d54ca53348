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
from simulation.room import Room

SHRUNK = 4  # depth pictures are that much smaller


def depth_from(room: Room, T_map_camera: np.ndarray) -> np.ndarray:
    """Millimetres [H, W] along the optical axis to the room's surfaces, by casting rays."""
    u, v = np.meshgrid(
        (np.arange(CAMERA.width // SHRUNK) + 0.5) * SHRUNK - 0.5,
        (np.arange(CAMERA.height // SHRUNK) + 0.5) * SHRUNK - 0.5,
    )
    rays = np.stack(
        [(u - CAMERA.cx) / CAMERA.fx, (v - CAMERA.cy) / CAMERA.fy, np.ones_like(u)], axis=-1
    )
    rays = rays @ T_map_camera[:3, :3].T
    nearest = np.full(u.shape, np.inf)
    for quad in room.quads:
        from_corner = T_map_camera[:3, 3] - quad.corner
        towards = rays @ quad.normal
        with np.errstate(divide='ignore', invalid='ignore'):
            far = -(from_corner @ quad.normal) / towards
            hit = from_corner + far[..., None] * rays
        edges = np.array([quad.right, quad.up])
        inside = np.linalg.solve(edges @ edges.T, edges @ hit.reshape(-1, 3).T)
        within = np.all((inside >= 0.0) & (inside <= 1.0), axis=0).reshape(far.shape)
        seen = (towards < 0.0) & (far > 0.0) & within & (far < nearest)
        nearest = np.where(seen, far, nearest)
    return np.where(np.isfinite(nearest), 1e3 * nearest, 0.0).round().astype(np.uint16)


def with_depth(scene: Scene, numbers: Iterable[int]) -> Scene:
    """The same scene of room 11 with depth pictures beside these pictures."""
    (scene.root / 'depth').mkdir()
    rows = list(scene.pictures)
    for number in numbers:
        file = f'depth/{number:05d}.png'
        depth = depth_from(Room.from_seed(11), rows[number].T_map_camera)
        Image.fromarray(depth).save(scene.root / file)
        rows[number] = replace(rows[number], depth=file)
    return replace(scene, pictures=tuple(rows))


def drive_with_depth(root: Path, count: int, every: int) -> Scene:
    """Every so many pictures of `count` of a drive at 15 Hz, with depth; splits as they fell."""
    pictures, poses = drawn_drive(count, 8)
    scene = scene_of(root, pictures, poses[::FINE])
    kept = replace(scene, pictures=scene.pictures[::every])
    return with_depth(kept, range(len(kept.pictures)))
