# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a finished run is judged on the validation pictures of its scene."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from posenet_ros.geometry import pose_error
from posenet_training.baselines.classifier import classifier_features
from posenet_training.commands.console import progress
from posenet_training.data.frames import Source
from posenet_training.evaluation.evaluate import BATCH, Evaluation, Judge, evaluate
from posenet_training.evaluation.judged_pictures import JudgedPictures, judged_pictures
from posenet_training.evaluation.predictors import Answers, network_predictor
from posenet_training.evaluation.report import as_values
from posenet_training.metrics import full_summary
from posenet_training.module import load_network
from posenet_training.network import Pose

Report = dict[str, Any]
JudgeRun = Callable[[Path, Source], Report]


def beside_lookups(checkpoint: Path, source: Source) -> Report:
    """Errors of a run's network beside those of looking pictures up: as_values of a report."""
    return as_values(evaluated(load_network(checkpoint)[0], source))


def evaluated(network: Callable[[Tensor], Pose], source: Source) -> Evaluation:
    """A network's poses of the validation pictures, and those of looking them up."""
    return evaluate(
        network_predictor(network),
        source.name,
        judged_pictures(source, 'validation'),
        judged_pictures(source, 'train'),
        Judge(classifier_features, 0, progress),
    )


def alone(checkpoint: Path, source: Source) -> Report:
    """Errors of a run's network: full_summary."""
    pictures = judged_pictures(source, 'validation')
    answers = answers_for(load_network(checkpoint)[0], pictures)
    return full_summary(pose_error(answers.T_map_camera, pictures.T_map_camera))


def answers_for(network: Callable[[Tensor], Pose], pictures: JudgedPictures) -> Answers:
    """Poses and features of all pictures."""
    predict = network_predictor(network)
    return Answers.joined(
        [
            predict(np.stack([pictures.seen(number) for number in numbers]))
            for numbers in progress(pictures.batches(BATCH), 'looking')
        ]
    )
