# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One network taught on few pictures, and how far it is off on the scene's validation split."""

import shutil
import time
from pathlib import Path
from typing import Any

from posenet_ros.geometry import pose_error
from posenet_training.adaptation.starts import Start
from posenet_training.data.frames import Frames, Source
from posenet_training.evaluation.predictors import network_predictor
from posenet_training.fit import RunOptions
from posenet_training.metrics import error_summary
from posenet_training.module import load_network
from posenet_training.training_run import train_run


def measured(
    start: Start, source: Source, judged: Frames, seed: int, workers: int, folder: Path
) -> dict[str, Any]:
    """Medians and 95th percentiles on frames, and the seconds that training took.

    `folder` is the run's, and is removed: a curve of many runs would fill a disk.
    """
    shutil.rmtree(folder, ignore_errors=True)
    options = RunOptions(seed, None, workers, start.trunk_weights)
    begin = time.monotonic()
    checkpoint = train_run(source.name, source, start.recipe, folder, options)
    seconds = time.monotonic() - begin
    network = load_network(checkpoint)[0]
    answers = network_predictor(network)(judged.images)
    shutil.rmtree(folder)
    errors = pose_error(answers.T_map_camera, judged.T_map_camera)
    return {**error_summary(errors), 'seconds': seconds}
