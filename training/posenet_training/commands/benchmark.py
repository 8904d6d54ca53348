# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet benchmark`."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_training.commands.console import progress, say
from posenet_training.commands.training import (
    ChangesOption,
    MinutesOption,
    SeedOption,
    TrunkWeightsOption,
    WorkersOption,
)
from posenet_training.recipe_files import read_recipe


class Archive(Enum):
    """Data sets with a table in the paper."""

    seven_scenes = '7scenes'
    cambridge = 'cambridge'


def benchmark(
    data_set: Annotated[Archive, typer.Argument(help='Which data set.')],
    root: Annotated[Path, typer.Argument(help='Folder with the unpacked folders of its scenes.')],
    out: Annotated[
        Path, typer.Option(help='Takes a folder a scene: scene, run, model.pt, report.json.')
    ],
    recipe: Annotated[
        str, typer.Option(help='Name of a recipe, or its file; see `posenet train --help`.')
    ] = 'posenet2015-practical',
    changes: ChangesOption = None,
    seed: SeedOption = 1,
    minutes: MinutesOption = None,
    workers: WorkersOption = 1,
    trunk_weights: TrunkWeightsOption = None,
    json_file: Annotated[
        Path | None, typer.Option('--json', help='Write the table here as JSON.')
    ] = None,
) -> None:
    """Train and judge every scene of a data set that is there, and print the paper's table.

    Started again it goes on where it was stopped: finished scenes are not trained again.
    """
    from posenet_training.benchmarking.benchmark import run_benchmark
    from posenet_training.benchmarking.data_sets import DATA_SETS
    from posenet_training.benchmarking.scene_run import Means
    from posenet_training.benchmarking.table import as_values, not_official, words
    from posenet_training.evaluation.output import check_targets
    from posenet_training.evaluation.terminal import table_of
    from posenet_training.fit import RunOptions
    from posenet_training.whole_file import whole_file

    check_targets(json_file)
    chosen = DATA_SETS[data_set.value]
    options = RunOptions(seed, minutes, workers, trunk_weights)
    taught_by = read_recipe(recipe, [*chosen.changes, *(changes or [])])
    reports, failed = run_benchmark(root, out, Means(chosen, taught_by, options, say, progress))
    values = as_values(chosen, reports, failed)
    if reports:
        Console().print(table_of(words(values)))
    if missing := not_official(values):
        say(f'not the official pictures, so nothing is compared: {", ".join(missing)}')
    if json_file:
        with whole_file(json_file) as partial:
            partial.write_text(json.dumps(values, indent=1))
    for name, why in failed.items():
        say(f'{name} failed: {why}')
    if failed:
        raise typer.Exit(1)
