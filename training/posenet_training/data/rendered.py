# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room: every training frame is drawn when it is needed."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_training.augmentation.photometric import photometric
from posenet_training.coordinates.views import CellViews
from posenet_training.data.frames import Frame, Frames, stacked
from posenet_training.data.samples import (
    TRAINING_STREAM,
    Sample,
    Samples,
    make_sample,
    sample_rng,
)
from posenet_training.errors import RecipeError
from posenet_training.recipe import Coordinates, Recipe
from posenet_training.sequences import ALL, evenly
from simulation.camera import window_camera
from simulation.drive import Floor
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.rooms import RoomName
from simulation.sampling import random_view
from simulation.world import World, advanced

# T_map_camera [4, 4] and the light, of which a picture is drawn.
View = tuple[NDArray[np.float64], Light]

# First number of every generator's seed: none is TRAINING_STREAM.
SPLIT_SEEDS = {'statistics': 1, 'reference': 2, 'validation': 3, 'calibration': 4, 'test': 5}
VIEWS = {'statistics': 400, 'reference': 2000, 'validation': 400}
DRIVES = {'calibration': 60, 'test': 20}
FRAMES_A_DRIVE = 50
SECONDS_BETWEEN_FRAMES = 1.0
# Views that each loader process keeps for reuse: 150 kB each.
POOL_SIZE = 6000
# Keeps the views' generators apart from the samples'.
VIEW_STREAM = 1


class RenderedSource:
    """A simulated room: trained on independent views, judged on drives of the robot."""

    def __init__(self, name: RoomName) -> None:
        self.name = f'simulated {name.title}'
        self.map_frame = 'map'
        self.room = name.room()
        # Drawing begins with the first picture, in each process for itself.
        self.renderer = Renderer(self.room)
        self.camera: Camera | None = self.renderer.camera

    @property
    def has_points(self) -> bool:
        return False

    @property
    def has_depth(self) -> bool:
        return False

    def training(self, recipe: Recipe, seed: int) -> Samples:
        return RenderedSamples(self.room, self.renderer.camera, recipe, seed)

    def cell_views(self, options: Coordinates, count: int, seed: int) -> CellViews:
        raise RecipeError(
            f"'{self.name}' is drawn without depth, which coordinates are learned from: make a "
            'scene of it by `posenet scene import room`'
        )

    def each(self, split: str, at_most: int = ALL) -> Iterator[Frame]:
        chosen = evenly(range(self._size(split)), at_most)
        views = enumerate(islice(self._views(split), chosen[-1] + 1))
        kept = set(chosen)
        yield from (_frame(self.renderer, *view) for number, view in views if number in kept)

    def _size(self, split: str) -> int:
        return VIEWS.get(split) or DRIVES[split] * FRAMES_A_DRIVE

    def _views(self, split: str) -> Iterator[View]:
        rng = np.random.default_rng([SPLIT_SEEDS[split], self.room.seed])
        if split in VIEWS:
            yield from (random_view(self.room, rng) for _ in range(VIEWS[split]))
        else:
            floor = Floor.of(self.room)
            for _ in range(DRIVES[split]):
                yield from drive_views(floor, rng)

    def frames(self, split: str) -> Frames:
        return stacked(self.each(split))

    def describe(self, split: str) -> str:
        seed = f'generator seed [{SPLIT_SEEDS[split]}, {self.room.seed}]'
        if split in VIEWS:
            return f'{VIEWS[split]} independent views, {seed}'
        return f'{DRIVES[split]} drives of {FRAMES_A_DRIVE} frames, {seed}'


class RenderedSamples(Samples):
    """Random views of a room; each loader process draws with its own copy of the renderer.

    Only the robot's crop window of each picture is drawn, a third quicker than all of it.  Views
    are numbered too: sample n shows one of the POOL_SIZE latest views before view n / reuse,
    which are kept, so that each view is shown `reuse` times on average, at random distances.
    """

    def __init__(self, room: Room, camera: Camera, recipe: Recipe, seed: int) -> None:
        if recipe.views.crop != 'centre' or recipe.views.turn_deg or recipe.loss.relative:
            raise RecipeError(
                'a simulated room draws every view anew: its recipe needs views.crop=centre, '
                'views.turn_deg=0 and loss.relative=0'
            )
        window = crop_window(camera.width, camera.height)
        self.whole = CropWindow(0, 0, window.side)
        self.renderer = Renderer(room, window_camera(camera, window))
        self.views = recipe.views
        self.seed = seed
        self.drawn: dict[int, Frame] = {}
        self.oldest = 0

    def __getitem__(self, number: int) -> Sample:
        rng = sample_rng(self.seed, number)
        newest = number // self.views.reuse
        oldest = max(newest - POOL_SIZE, 0) if self.views.reuse > 1 else newest
        image, T_map_camera = self._view(int(rng.integers(oldest, newest + 1)))
        for view in range(self.oldest, oldest):
            self.drawn.pop(view, None)
        self.oldest = max(self.oldest, oldest)
        return make_sample(photometric(image, self.views.light, rng), T_map_camera)

    def _view(self, view: int) -> Frame:
        if view not in self.drawn:
            rng = np.random.default_rng([TRAINING_STREAM, self.seed, VIEW_STREAM, view])
            T_map_camera, light = random_view(self.renderer.room, rng)
            picture = self.renderer.render(T_map_camera, light)
            self.drawn[view] = crop(picture, self.whole), T_map_camera
        return self.drawn[view]


def drive_views(
    floor: Floor, rng: np.random.Generator, frames: int = FRAMES_A_DRIVE
) -> Iterator[View]:
    """Drive from a random pose, with mast and light swaying, and look around every second."""
    world = World.begin(floor, rng)
    for _ in range(frames):
        world = advanced(world, floor, SECONDS_BETWEEN_FRAMES, rng)
        yield world.T_map_camera, world.light(1.0, int(rng.integers(2**31)))


def _frame(renderer: Renderer, T_map_camera: NDArray[np.float64], light: Light) -> Frame:
    picture = renderer.render(T_map_camera, light)
    height, width = picture.shape[:2]
    return crop(picture, crop_window(width, height)), T_map_camera
