# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Views of a simulated room as the cells' teachers, drawn when they are needed."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_training.augmentation.photometric import photometric
from posenet_training.coordinates.cells import cell_rays
from posenet_training.coordinates.views import CellViews, View
from posenet_training.data.samples import TRAINING_STREAM
from posenet_training.recipe import Coordinates
from simulation.camera import window_camera
from simulation.light import Light
from simulation.ray_casting import RayCaster
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sampling import random_view

# Keeps these views' generators apart from those of the samples.
STREAM = 5
# Looks that are as the robot sees them; the light of the others is changed.
PLAIN = 1000


class RenderedCellViews(CellViews):
    """Independent views of a room; nothing needs turning, every view is from elsewhere."""

    def __init__(
        self, room: Room, camera: Camera, options: Coordinates, across: int, seed: int
    ) -> None:
        window = crop_window(camera.width, camera.height)
        self.room = room
        self.whole = CropWindow(0, 0, window.side)
        self.renderer = Renderer(room, window_camera(camera, window))
        self.caster = RayCaster(room.quads)
        self.directions = cell_rays(camera, window, across)
        plain = range(min(PLAIN, options.looks))
        poses = np.stack([_pose_and_light(room, seed, number)[0] for number in plain])
        super().__init__(f'room {room.seed}', poses, options, across, seed)

    def __getitem__(self, number: int) -> View:
        T_map_camera, light = _pose_and_light(self.room, self.seed, number)
        image = crop(self.renderer.render(T_map_camera, light), self.whole)
        if number >= len(self.T_map_camera):
            rng = np.random.default_rng([TRAINING_STREAM, self.seed, STREAM, number, 1])
            image = photometric(image, self.options.light, rng)
        return View(image, *points_of(self.caster, T_map_camera, self.directions))


def points_of(
    caster: RayCaster, T_map_camera: Array, directions: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Points [N, 3] of the map along a camera's directions [N, 3], and which there are [N]."""
    in_map = directions @ T_map_camera[:3, :3].T
    away = caster.distances(T_map_camera[:3, 3], in_map)
    known = np.isfinite(away)
    points = T_map_camera[:3, 3] + np.where(known, away, 0.0)[:, None] * in_map
    return points, known


def _pose_and_light(room: Room, seed: int, number: int) -> tuple[Array, Light]:
    rng = np.random.default_rng([TRAINING_STREAM, seed, STREAM, number])
    return random_view(room, rng)
