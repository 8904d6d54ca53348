# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room: every training frame is drawn when it is needed and never seen twice."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_training.data.frames import EndlessFrames, Frame, Frames
from simulation.camera import window_camera
from simulation.drive import Floor
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sampling import random_view
from simulation.world import World, advanced

# First number of every generator's seed: none is TRAINING_STREAM.
SPLIT_SEEDS = {'statistics': 1, 'reference': 2, 'validation': 3, 'calibration': 4, 'test': 5}
VIEWS = {'statistics': 400, 'reference': 2000, 'validation': 400}
DRIVES = {'calibration': 20, 'test': 20}
FRAMES_A_DRIVE = 50
SECONDS_BETWEEN_FRAMES = 1.0


class RenderedSource:
    """The room of a seed: trained on independent views, judged on drives of the robot."""

    def __init__(self, room_seed: int) -> None:
        self.name = f'simulated room {room_seed}'
        self.map_frame = 'map'
        self.room = Room.from_seed(room_seed)
        # Drawing begins with the first picture, in each process for itself.
        self.renderer = Renderer(self.room)
        self.camera: Camera | None = self.renderer.camera

    def training(self, seed: int, start: int, reuse: int) -> EndlessFrames:
        return RenderedFrames(self.room, self.renderer.camera, seed, start, reuse)

    def frames(self, split: str) -> Frames:
        rng = np.random.default_rng([SPLIT_SEEDS[split], self.room.seed])
        if split in VIEWS:
            pairs = [draw_view(self.renderer, rng) for _ in range(VIEWS[split])]
        else:
            floor = Floor.of(self.room)
            drives = [draw_drive(self.renderer, floor, rng) for _ in range(DRIVES[split])]
            pairs = [frame for drive in drives for frame in drive]
        images, poses = zip(*pairs, strict=True)
        return Frames(np.stack(images), np.stack(poses))

    def describe(self, split: str) -> str:
        seed = f'generator seed [{SPLIT_SEEDS[split]}, {self.room.seed}]'
        if split in VIEWS:
            return f'{VIEWS[split]} independent views, {seed}'
        return f'{DRIVES[split]} drives of {FRAMES_A_DRIVE} frames, {seed}'


class RenderedFrames(EndlessFrames):
    """Random views of a room; each loader process draws with its own copy of the renderer.

    Only the robot's crop window of each picture is drawn, a third quicker than all of it.
    """

    def __init__(self, room: Room, camera: Camera, seed: int, start: int, reuse: int) -> None:
        super().__init__(seed, start, reuse)
        window = crop_window(camera.width, camera.height)
        self.whole = CropWindow(0, 0, window.side)
        self.renderer = Renderer(room, window_camera(camera, window))

    def draw(self, rng: np.random.Generator) -> Frame:
        T_map_camera, light = random_view(self.renderer.room, rng)
        return crop(self.renderer.render(T_map_camera, light), self.whole), T_map_camera


def draw_view(renderer: Renderer, rng: np.random.Generator) -> Frame:
    """Draw one independent view: crop [224, 224, 3] and T_map_camera [4, 4]."""
    return _frame(renderer, *random_view(renderer.room, rng))


def draw_drive(renderer: Renderer, floor: Floor, rng: np.random.Generator) -> list[Frame]:
    """Drive from a random pose, with mast and light swaying, and draw a frame every second."""
    world = World.begin(floor, rng)
    frames = []
    for _ in range(FRAMES_A_DRIVE):
        world = advanced(world, floor, SECONDS_BETWEEN_FRAMES, rng)
        light = world.light(1.0, int(rng.integers(2**31)))
        frames.append(_frame(renderer, world.T_map_camera, light))
    return frames


def _frame(renderer: Renderer, T_map_camera: NDArray[np.float64], light: Light) -> Frame:
    picture = renderer.render(T_map_camera, light)
    height, width = picture.shape[:2]
    return crop(picture, crop_window(width, height)), T_map_camera
