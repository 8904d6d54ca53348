# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One training of a comparison: its run is kept, and goes on where it was stopped."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from benchmarks.experiments.judging import JudgeRun, Report
from posenet_training.commands.console import note
from posenet_training.commands.training import open_source
from posenet_training.data.frames import Source
from posenet_training.fit import RunOptions
from posenet_training.recipe_files import read_recipe
from posenet_training.run_files import LAST
from posenet_training.training_run import finished_run
from posenet_training.whole_file import whole_file

REPORT = 'report.json'


@dataclass(frozen=True)
class Experiment:
    """A row of a table: a recipe with changes (recipe_files.py) on a scene (open_source)."""

    name: str
    scene: str
    recipe: str
    changes: tuple[str, ...] = ()
    seed: int = 1


def report_of(experiment: Experiment, out: Path, judge: JudgeRun) -> Report:
    """Train, and judge on the validation split, what `out` holds no report of yet.

    The folder out/NAME takes the run and report.json: what the judge says, and the pictures and
    minutes that the training took.
    """
    folder = out / experiment.name
    file = folder / REPORT
    if not file.is_file():
        note(f'{experiment.name}:')
        source = open_source(experiment.scene)
        checkpoint = train(experiment, source, folder)
        values = {**judge(checkpoint, source), **cost(checkpoint)}
        with whole_file(file) as partial:
            partial.write_text(json.dumps({'experiment': asdict(experiment), **values}, indent=1))
    found: Report = json.loads(file.read_text())
    return found


def train(experiment: Experiment, source: Source, folder: Path) -> Path:
    """The checkpoint of the finished run."""
    recipe = read_recipe(experiment.recipe, experiment.changes)
    run = finished_run(experiment.scene, source, recipe, folder, RunOptions(experiment.seed))
    return run / LAST


def cost(checkpoint: Path) -> dict[str, float]:
    """What a training took: pictures shown, and minutes of its steps and validations."""
    values = torch.load(checkpoint, map_location='cpu', weights_only=True)
    return {
        'pictures_shown': values['global_step'] * values['recipe']['batch'],
        'minutes': round(values['callbacks']['Schedule']['seconds'] / 60.0, 1),
    }
