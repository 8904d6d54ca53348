# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room: every training frame is drawn when it is needed and never seen twice."""

from dataclasses import asdict

import numpy as np

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import crop, crop_window
from posenet_training.data.frames import EndlessFrames, Frame, Frames
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sampling import random_view

# First number of every generator's seed: none is TRAINING_STREAM.
SPLIT_SEEDS = {'statistics': 1, 'reference': 2, 'validation': 3, 'calibration': 4, 'test': 5}
SPLIT_SIZES = {
    'statistics': 400,
    'reference': 2000,
    'validation': 400,
    'calibration': 1000,
    'test': 1000,
}


class RenderedSource:
    """The room of a seed, seen from independent views over its free floor."""

    def __init__(self, room_seed: int) -> None:
        self.name = f'simulated room {room_seed}'
        self.room = Room.from_seed(room_seed)
        camera = Renderer(self.room).camera
        self.camera: Camera | None = Camera(**asdict(camera))

    def training(self, seed: int, start: int, reuse: int) -> EndlessFrames:
        return RenderedFrames(self.room, seed, start, reuse)

    def frames(self, split: str) -> Frames:
        rng = np.random.default_rng([SPLIT_SEEDS[split], self.room.seed])
        with Renderer(self.room) as renderer:
            pairs = [draw_frame(renderer, rng) for _ in range(SPLIT_SIZES[split])]
        images, poses = zip(*pairs, strict=True)
        return Frames(np.stack(images), np.stack(poses))

    def describe(self, split: str) -> str:
        return (
            f'{SPLIT_SIZES[split]} independent views, generator seed '
            f'[{SPLIT_SEEDS[split]}, {self.room.seed}]'
        )


class RenderedFrames(EndlessFrames):
    """Random views of a room; each loader process has its own renderer."""

    def __init__(self, room: Room, seed: int, start: int, reuse: int) -> None:
        super().__init__(seed, start, reuse)
        self.renderer = Renderer(room)

    def draw(self, rng: np.random.Generator) -> Frame:
        return draw_frame(self.renderer, rng)


def draw_frame(renderer: Renderer, rng: np.random.Generator) -> Frame:
    """Draw one random view: crop [224, 224, 3] and T_map_camera [4, 4]."""
    T_map_camera, light = random_view(renderer.room, rng)
    picture = renderer.render(T_map_camera, light)
    height, width = picture.shape[:2]
    return crop(picture, crop_window(width, height)), T_map_camera
