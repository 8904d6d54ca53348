# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet train`."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posenet_training.options import PRESETS

if TYPE_CHECKING:
    from posenet_training.data.frames import Source

# Where other processes share the cores, OpenMP's spinning threads wait on each other for longer
# than they compute; it reads this once, when torch is imported.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

SceneArgument = Annotated[
    str,
    typer.Argument(
        help="'room:SEED' for a simulated room (the demo's is room:11), or the folder of a scene "
        'that `posenet scene import` made.'
    ),
]
RunArgument = Annotated[Path, typer.Argument(help='Folder of the run: checkpoint and logs.')]
ModelArgument = Annotated[Path, typer.Argument(help='Model file (.pt).')]


def open_source(scene: str) -> Source:
    """Open a scene by what the command line says; raises SceneError when there is none."""
    kind, _, seed = scene.partition(':')
    if kind == 'room' and seed.isdigit():
        from posenet_training.data.rendered import RenderedSource

        return RenderedSource(int(seed))
    from posenet_ros.scene import read_scene
    from posenet_training.data.pictures import PictureSource

    return PictureSource(read_scene(Path(scene)))


def train(
    scene: SceneArgument,
    run: RunArgument,
    preset: Annotated[
        str,
        typer.Option(
            help='; '.join(f'{name}: {preset.meaning}' for name, preset in PRESETS.items())
        ),
    ] = 'mobilenet',
    resume: Annotated[
        bool, typer.Option('--resume', help="Go on from the run's checkpoint.")
    ] = False,
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Fit the whole schedule into this time instead of the preset's steps."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help='Processes that make frames.')] = 1,
) -> None:
    """Train a network on a scene; stop it at any time, go on with --resume."""
    if preset not in PRESETS:
        raise typer.BadParameter(f"preset '{preset}' is unknown: use one of {', '.join(PRESETS)}")
    from posenet_training.fit import fit

    # Lightning's own notes are no news to who trains: only its warnings.
    logging.getLogger('pytorch_lightning').setLevel(logging.WARNING)
    checkpoint = fit(open_source(scene), PRESETS[preset].options, run, resume, minutes, workers)
    typer.echo(f'trained: {checkpoint}')
