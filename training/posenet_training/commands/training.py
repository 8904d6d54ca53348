# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet train`, and how commands name scenes, runs and model files."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posenet_training.commands.console import say
from posenet_training.errors import TrainingError
from posenet_training.recipe_files import read_origin, read_recipe, recipe_names
from posenet_training.run_files import LAST

if TYPE_CHECKING:
    from posenet_training.data.frames import Source

# Where other processes share the cores, OpenMP's spinning threads wait on each other for longer
# than they compute; it reads this once, when torch is imported.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

SceneArgument = Annotated[
    str,
    typer.Argument(
        help="'room:SEED' for a simulated room (the demo's is room:11, docs/data.md has others), "
        'or the folder of a scene that `posenet scene import` made.'
    ),
]
RunArgument = Annotated[Path, typer.Argument(help='Folder of the run: checkpoint and logs.')]
ModelArgument = Annotated[Path, typer.Argument(help='Model file (.pt).')]
ChangesOption = Annotated[
    list[str] | None,
    typer.Option('--set', help='Change a value of the recipe: --set loss.weights.beta=10.'),
]
SeedOption = Annotated[int, typer.Option(min=0, help='Of everything random.')]
MinutesOption = Annotated[
    float | None,
    typer.Option(
        min=0.1, help="Fit the whole schedule into this time instead of the recipe's steps."
    ),
]
WorkersOption = Annotated[int, typer.Option(min=0, help='Processes that make samples.')]
TrunkWeightsOption = Annotated[
    Path | None,
    typer.Option(help='File of a classifier with this trunk to begin with: ImageNet, Places.'),
]

DEFAULT_RECIPE = 'pictures'
DEFAULT_SEED = 1


def open_source(scene: str) -> Source:
    """Open a scene by what the command line says; raises SceneError when there is none."""
    from simulation.rooms import RoomName

    if RoomName.is_one(scene):
        from posenet_training.data.rendered import RenderedSource

        return RenderedSource(RoomName.parse(scene))
    from posenet_ros.scene import SceneError, read_scene
    from posenet_training.data.pictures import PictureSource

    if scene.startswith('room:') and not Path(scene).exists():
        raise SceneError(
            f"'{scene}' is no simulated room: give 'room:' and a seed, a whole number, as room:11"
        )
    return PictureSource(read_scene(Path(scene)))


def train(
    scene: SceneArgument,
    out: Annotated[Path, typer.Option(help='Folder of the run: recipe, checkpoints, logs.')],
    recipe: Annotated[
        str | None,
        typer.Option(
            help=f'{", ".join(recipe_names())}; a YAML file like theirs, or the folder of a run '
            f"to repeat; '{DEFAULT_RECIPE}' unless given, the run's own with --resume."
        ),
    ] = None,
    changes: ChangesOption = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=f'Of everything random; {DEFAULT_SEED} unless given, and kept by --resume.',
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option('--resume', help="Go on from the run's last checkpoint.")
    ] = False,
    minutes: MinutesOption = None,
    workers: WorkersOption = 1,
    trunk_weights: TrunkWeightsOption = None,
) -> None:
    """Train a network on a scene; stop it at any time, go on with --resume."""
    start = time.monotonic()
    _check_folder(out, resume)
    if resume:
        origin = read_origin(out)
        if seed not in (None, origin.seed):
            raise TrainingError(
                f"'{out}' is a run with seed {origin.seed}, not {seed}: resume it without --seed, "
                'or begin another with --out'
            )
        seed, trunk_weights = origin.seed, trunk_weights or origin.weights_file
    chosen = read_recipe(recipe or (str(out) if resume else DEFAULT_RECIPE), changes or [])
    from posenet_training.fit import RunOptions
    from posenet_training.training_run import train_run

    options = RunOptions(DEFAULT_SEED if seed is None else seed, minutes, workers, trunk_weights)
    checkpoint = train_run(scene, open_source(scene), chosen, out, options, resume)
    say(f'trained in {time.monotonic() - start:.0f} s: {checkpoint}')


def _check_folder(out: Path, resume: bool) -> None:
    there = (out / LAST).exists()
    if there and not resume:
        raise TrainingError(
            f"'{out}' holds a run already: go on with --resume, or name another folder with --out"
        )
    if resume and not there:
        raise TrainingError(
            f"'{out}' holds no {LAST} to resume: train without --resume, or name the run's folder"
        )
