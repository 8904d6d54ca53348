# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Make models/demo.pt from nothing: train in the demo's room, export, judge the file."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.evaluate import evaluate
from posenet_training.commands.export import export
from posenet_training.commands.training import train
from simulation.room import DEMO_SEED

SCENE = f'room:{DEMO_SEED}'


def demo_model(
    recipe: Annotated[str, typer.Option(help='Recipe of `posenet train`.')] = 'room-lite0',
    resume: Annotated[bool, typer.Option('--resume', help='Go on with a stopped run.')] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help='Fit the training into this time.')
    ] = None,
    model: Annotated[Path, typer.Option(help='File to write.')] = Path('models/demo.pt'),
) -> None:
    """Train on the demo's room only, export the model file and judge it on unseen drives."""
    run = Path('runs') / f'demo-{recipe}'
    train(SCENE, run, None if resume else recipe, resume=resume, minutes=minutes)
    export(run, model, SCENE)
    evaluate(model, SCENE, json_file=run / 'evaluation.json')


if __name__ == '__main__':
    typer.run(demo_model)
