# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What victims work on: small, made anew, but of the real formats."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.parts import part
from posenet_ros.model_file import load_model
from posenet_ros.scene import read_rgb, read_scene
from posenet_ros.trusted_models import default_list
from posenet_training.recipe_files import RunOrigin, write_run

PICTURES = 60


@dataclass(frozen=True)
class Material:
    """A source to import, a scene, a run of it, a recipe and a small model file."""

    folder: Path
    source: Path
    scene: Path
    run: Path
    recipe: Path
    model: Path

    def room_for(self, name: str) -> Path:
        """A folder to work in."""
        room = self.folder / name
        room.mkdir(exist_ok=True)
        return room

    def importing(self, scene: Path) -> list[str]:
        """Arguments of `posenet` that import the source."""
        return ['scene', 'import', 'matrix', str(self.source), str(scene), '--copy']

    def training(self, run: Path) -> list[str]:
        """Arguments of `posenet` that train on the scene."""
        options = ['--recipe', str(self.recipe), '--out', str(run), '--workers', '0']
        return ['train', str(self.scene), *options]

    def exporting(self, model: Path) -> list[str]:
        """Arguments of `posenet` that export the run."""
        return ['export', str(self.run), str(model), '--scene', str(self.scene)]

    def check_scene(self, folder: Path) -> None:
        """Raise when the imported scene is not whole."""
        scene = read_scene(folder)
        if len(scene.pictures) != PICTURES:
            raise ValueError(f'{len(scene.pictures)} pictures')
        for picture in scene.pictures:
            read_rgb(scene.path(picture))

    def check_model(self, file: Path) -> None:
        """Raise when the model file, or the list that it stands in, is not whole."""
        load_model(file)
        for line in default_list().read_text().splitlines():
            if len(line.split('  ')[0]) != 64:
                raise ValueError(f"the list of trusted models has the line '{line}'")


def make_material(folder: Path) -> Material:
    """Make all of it: seconds."""
    samples, files = part('training_samples'), part('model_files')
    checkpoint, source = part('export_samples').short_run(folder / 'made', 'mobilenet_v3_small')
    recipe = dataclasses.replace(samples.RECIPE, steps=6)
    (folder / 'recipe').mkdir()
    write_run(folder / 'recipe', recipe, RunOrigin(str(source.scene.root), 1, '', {}))
    (folder / 'recipe' / 'recipe.yaml').rename(folder / 'small.yaml')
    model = files.write_model(folder / 'colour.pt', files.ColourNet())
    return Material(
        folder=folder,
        source=make_source(folder / 'source'),
        scene=source.scene.root,
        run=checkpoint.parent,
        recipe=folder / 'small.yaml',
        model=model,
    )


def make_source(folder: Path) -> Path:
    """Pictures with matrices, as `posenet scene import matrix` takes them."""
    rng = np.random.default_rng(1)
    (folder / 'images').mkdir(parents=True)
    poses = np.tile(np.eye(4), (PICTURES, 1, 1))
    poses[:, 0, 3] = np.linspace(0.0, 6.0, PICTURES)
    np.savetxt(folder / 'poses.txt', poses.reshape(PICTURES, 16))
    for number in range(PICTURES):
        noise = rng.integers(0, 256, (240, 320, 3), np.uint8)
        Image.fromarray(noise).save(folder / 'images' / f'{number:04d}.png')
    return folder
