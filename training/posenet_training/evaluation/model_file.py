# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A model file on a scene, as the robot would run it, with all that is said about it."""

from pathlib import Path
from typing import Any

from posenet_ros.model_file import load_model
from posenet_training.baselines.classifier import classifier_features, frozen_trunk
from posenet_training.data.frames import Source
from posenet_training.errors import TrunkError
from posenet_training.evaluation.cost import TimedRegressor, cost
from posenet_training.evaluation.evaluate import Evaluation, Judge, evaluate
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.evaluation.predictors import file_predictor
from posenet_training.evaluation.published import published_beside
from posenet_training.evaluation.report import as_values
from posenet_training.evaluation.warnings import model_warnings
from posenet_training.sequences import Progress


def evaluate_file(
    model_file: Path, source: Source, split: str, dense: int, progress: Progress
) -> tuple[Evaluation, dict[str, Any]]:
    """Judge a model file on a split; give all poses, and the report as plain values.

    dense: crops a picture that are averaged beside the centre crop, 0 for none.  Raises
    ModelFileError, SceneError and EvaluationError (judged_pictures.py, evaluate.py).
    """
    # First, so that a wrong file is said before a room is drawn.
    regressor = TimedRegressor(load_model(model_file))
    trained = regressor.spec.camera
    samples = judged_pictures(source, split, trained)
    reference = judged_pictures(source, 'train', trained)
    missing = _why_no_classifier()
    judge = Judge(None if missing else classifier_features, dense, progress)
    judged = evaluate(file_predictor(regressor), source.name, samples, reference, judge)
    report = {
        'model': str(model_file),
        'pretrained': regressor.spec.network.pretrained,
        'warnings': [*model_warnings(regressor.spec, source), *missing],
        **as_values(judged),
        'dense_crops': dense,
        'published': published_beside(source, samples),
        'cost': cost(regressor),
    }
    return judged, report


def _why_no_classifier() -> list[str]:
    """A sentence where pictures cannot be looked up by a classifier's feature."""
    try:
        frozen_trunk()
    except TrunkError as error:
        return [f"pictures are not looked up by a classifier's feature: {error}"]
    return []
