# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One scene of a benchmark: imported, trained, exported and judged, each step once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from posenet_ros.scene import Scene, read_scene
from posenet_training.benchmarking.data_sets import DataSet
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import BenchmarkError
from posenet_training.evaluation.model_file import evaluate_file
from posenet_training.exporting.export import export
from posenet_training.fit import RunOptions
from posenet_training.importers.complaints import Complaints
from posenet_training.recipe import Recipe
from posenet_training.run_files import LAST
from posenet_training.scenes.splitting import BlockSplit, with_validation
from posenet_training.scenes.writing import Keeping, write_scene
from posenet_training.sequences import Progress
from posenet_training.training_run import finished_run
from posenet_training.whole_file import whole_file

REPORT = 'report.json'


@dataclass(frozen=True)
class Means:
    """What all scenes of a benchmark share; `tell` prints a sentence."""

    data_set: DataSet
    recipe: Recipe
    options: RunOptions
    tell: Callable[[str], None]
    progress: Progress


def scene_report(archive: Path, folder: Path, means: Means) -> dict[str, Any]:
    """Do what is left to do of a scene, and give its evaluation on the official test pictures.

    `folder` takes scene/, run/, model.pt and report.json, each there when it is whole.  Raises
    BenchmarkError for an archive without test pictures, and what the steps raise.
    """
    report = folder / REPORT
    if not report.is_file():
        source = PictureSource(_scene(archive, folder / 'scene', means))
        if not source.test:
            raise BenchmarkError(
                f"'{archive}' names no test pictures: put its published lists there"
            )
        run = finished_run(str(source.scene.root), source, means.recipe, folder, means.options)
        model = folder / 'model.pt'
        if not model.is_file():
            created = datetime.now(timezone.utc).isoformat(timespec='seconds')
            export(run / LAST, source, model, created)
        _, values = evaluate_file(model, source, 'test', 0, means.progress)
        values['train_pictures'] = len(source.train)
        with whole_file(report) as partial:
            partial.write_text(json.dumps(values, indent=1))
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _scene(archive: Path, target: Path, means: Means) -> Scene:
    if target.is_dir():
        return read_scene(target)
    complaints = Complaints()
    drive = means.data_set.open_drive(archive, complaints)
    scene = write_scene(
        drive,
        target,
        lambda pictures: with_validation(pictures, BlockSplit(), means.tell),
        Keeping.links(),
        complaints,
    )
    for sentence in complaints.sentences():
        means.tell(sentence)
    return scene
