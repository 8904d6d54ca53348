# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Make models/demo.pt from nothing: train in the demo's room, export, judge the file."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.calibrate import calibrate
from posenet_training.commands.evaluate import evaluate
from posenet_training.commands.export import export
from posenet_training.commands.training import train
from simulation.room import DEMO_SEED

SCENE = f'room:{DEMO_SEED}'
# Places to be doubted, of seeds that benchmarks/trust does not draw.
FOREIGN = [
    *(f'rearranged:{seed}' for seed in range(200_001, 200_025)),
    *(f'room:{seed}' for seed in range(200_001, 200_007)),
]


def demo_model(
    recipe: Annotated[str, typer.Option(help='Recipe of `posenet train`.')] = 'room-lite0',
    resume: Annotated[bool, typer.Option('--resume', help='Go on with a stopped run.')] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help='Fit the training into this time.')
    ] = None,
    model: Annotated[Path, typer.Option(help='File to write.')] = Path('models/demo.pt'),
) -> None:
    """Train on the demo's room only, export the model file, show it other rooms, and judge it on
    unseen drives.
    """
    run = Path('runs') / f'demo-{recipe}'
    train(SCENE, run, None if resume else recipe, resume=resume, minutes=minutes)
    export(run, model, SCENE)
    calibrate(model, SCENE, foreign=FOREIGN)
    evaluate(model, SCENE, json_file=run / 'evaluation.json')


if __name__ == '__main__':
    typer.run(demo_model)
