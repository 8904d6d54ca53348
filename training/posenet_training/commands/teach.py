# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet teach`."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.importing import MapOption
from posenet_training.commands.training import ChangesOption, SeedOption, TrunkWeightsOption
from posenet_training.recipe_files import recipe_names
from posenet_training.teaching.kinds import Kind, recognise
from posenet_training.teaching.request import Request, work_beside


def teach(
    source: Annotated[
        Path,
        typer.Argument(
            help='A bag, a video, a scene, or a folder of pictures with or without poses.'
        ),
    ],
    model: Annotated[Path, typer.Argument(help='Model file (.pt) to write.')],
    kind: Annotated[
        Kind | None,
        typer.Option(
            '--format', help='What the source is, where its files do not tell.', show_default=False
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help=f'{", ".join(recipe_names())}, or a YAML file like theirs; unless given '
            'coordinates where points of the map can be had, else quick.',
            show_default=False,
        ),
    ] = None,
    changes: ChangesOption = None,
    seed: SeedOption = 1,
    trunk_weights: TrunkWeightsOption = None,
    map_yaml: MapOption = None,
    work: Annotated[
        Path | None,
        typer.Option(help='Folder of scene, run and reports; MODEL.teach beside it if not given.'),
    ] = None,
) -> None:
    """Import, check, split, find depth, train, export and evaluate: from a drive to a model.

    Stopped at any time, the same command goes on where it was.  Formats are read by their
    defaults: with options, use `posenet scene import` first, then teach on the scene.
    """
    # Imported here: torch takes seconds, and a wrong source is told at once.
    found = kind or recognise(source)
    from posenet_training.teaching.teach import teach as teach_model

    teach_model(
        Request(
            source,
            found,
            model,
            work or work_beside(model),
            recipe,
            tuple(changes or ()),
            seed,
            # The same file from wherever the command is given the next time.
            trunk_weights and trunk_weights.resolve(),
            map_yaml,
        )
    )
