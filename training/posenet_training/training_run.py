# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a recipe and a scene to a run that says what it is made of."""

import logging
from pathlib import Path

from pytorch_lightning.utilities.exceptions import SIGTERMException

from posenet_ros.scene import SceneError
from posenet_training.data.frames import Source
from posenet_training.errors import StoppedError
from posenet_training.failures import full_disk_or_memory
from posenet_training.fit import RunOptions, fit
from posenet_training.memory import keep_freed_memory
from posenet_training.recipe import Recipe
from posenet_training.recipe_files import RunOrigin, write_run
from posenet_training.run_files import LAST
from posenet_training.versions import versions


def train_run(
    scene: str,
    source: Source,
    recipe: Recipe,
    run: Path,
    options: RunOptions,
    resume: bool = False,
) -> Path:
    """Train, with the recipe and its origin in the folder of the run; return the checkpoint.

    scene: what the command line calls the source.  Raises what `fit` raises, TrainingError where
    disk or memory are full, and StoppedError on SIGTERM and Ctrl-C.
    """
    # Lightning's own notes are no news to who trains: only its warnings.
    logging.getLogger('pytorch_lightning').setLevel(logging.WARNING)
    keep_freed_memory()
    origin = RunOrigin(scene, options.seed, str(options.trunk_weights or ''), versions())
    with full_disk_or_memory():
        run.mkdir(parents=True, exist_ok=True)
        write_run(run, recipe, origin)
        try:
            return fit(source, recipe, run, options, resume)
        except SceneError as error:
            # Of another process it comes with a traceback before it.
            raise SceneError(str(error).rstrip().rpartition('SceneError: ')[2]) from error
        except SIGTERMException as stop:
            raise StoppedError(f"stopped by SIGTERM: '{run}' goes on with --resume") from stop
        # Lightning ends the process itself, without a word, where it trains.
        except (KeyboardInterrupt, SystemExit) as stop:
            raise StoppedError(f"interrupted: '{run}' goes on with --resume") from stop


def finished_run(
    scene: str, source: Source, recipe: Recipe, folder: Path, options: RunOptions
) -> Path:
    """The run `folder`/run, trained if it is not there; one that was stopped goes on.

    Raises what `train_run` raises.
    """
    finished, unfinished = folder / 'run', folder / 'unfinished_run'
    if not finished.is_dir():
        resume = (unfinished / LAST).is_file()
        train_run(scene, source, recipe, unfinished, options, resume)
        unfinished.rename(finished)
    return finished
