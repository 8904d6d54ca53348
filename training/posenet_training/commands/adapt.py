# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet adapt`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_training.commands.console import say
from posenet_training.commands.training import (
    ChangesOption,
    SceneArgument,
    TrunkWeightsOption,
    WorkersOption,
    open_source,
)
from posenet_training.recipe_files import read_recipe


def adapt(
    model: Annotated[
        Path, typer.Argument(help='Folder of the run whose trunk goes on in the new scene.')
    ],
    new_scene: SceneArgument,
    out: Annotated[Path, typer.Option(help='Takes adaptation.json and adaptation.png.')],
    images: Annotated[
        str, typer.Option(help='How many training pictures, evenly spread along the drive.')
    ] = '16,32,64,128',
    seeds: Annotated[str, typer.Option(help='A training each.')] = '0,1,2',
    recipe: Annotated[
        str, typer.Option(help='Name of a recipe, or its file; see `posenet train --help`.')
    ] = 'quick',
    changes: ChangesOption = None,
    steps: Annotated[int, typer.Option(min=1, help='Of every training.')] = 300,
    batch: Annotated[int, typer.Option(min=1, help='Pictures a step, of every training.')] = 32,
    workers: WorkersOption = 1,
    trunk_weights: TrunkWeightsOption = None,
) -> None:
    """How few pictures of a new scene are enough: from poses, from a classifier, from scratch.

    Trains networks with the trunk of a run, with a classifier's and with none, on the same
    pictures for the same number of steps, and judges them on the scene's validation pictures.
    Started again it goes on where it was stopped, with more sizes or seeds if you like.
    """
    sizes, drawn = _numbers(images, '--images', 1), _numbers(seeds, '--seeds', 0)
    from posenet_training.adaptation.adapt import FIGURE, Asked, title
    from posenet_training.adaptation.adapt import adapt as adapt_to
    from posenet_training.adaptation.report import words
    from posenet_training.evaluation.terminal import table_of

    taught_by = read_recipe(recipe, changes or [])
    asked = Asked(sizes, drawn, taught_by, steps, batch, trunk_weights, workers)
    results = adapt_to(model, open_source(new_scene), asked, out, say)
    Console().print(table_of(words(title(results), results.runs)))
    say(f'figure: {out / FIGURE}')


def _numbers(text: str, option: str, least: int) -> list[int]:
    words = [word.strip() for word in text.split(',')]
    if not all(word.isdecimal() and int(word) >= least for word in words):
        raise typer.BadParameter(
            f"{option} '{text}' is no list of whole numbers from {least} on: write 16,32,64"
        )
    return [int(word) for word in words]
