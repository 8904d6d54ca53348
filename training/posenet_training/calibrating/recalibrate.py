# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibrate a model file anew: its network stays, what it knows of its errors is replaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from posenet_ros.model_archive import ONNX_SUFFIX
from posenet_ros.model_file import load_model, load_module
from posenet_ros.model_spec import ModelSpec
from posenet_ros.reference import Reference
from posenet_training.calibrating.calibrate import calibrate
from posenet_training.calibrating.claims import Answering, claims_of
from posenet_training.calibrating.coverage import coverage_of
from posenet_training.calibrating.strangers import described, stranger_features
from posenet_training.data.frames import Source
from posenet_training.evaluation.evaluate import evaluate_answers
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.evaluation.report import as_values
from posenet_training.exporting import facts
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.onnx_extra import need_onnx
from posenet_training.exporting.torchscript import save_model
from posenet_training.sequences import Progress
from posenet_training.whole_file import whole_file


@dataclass(frozen=True)
class Recalibrated:
    """What a model file is to say of itself; coverage: as `recalibrate` gives it."""

    spec: ModelSpec
    reference: Reference
    coverage: dict[str, Any]


def recalibrate(
    model_file: Path,
    source: Source,
    foreign: Sequence[Source],
    refusal_rate: float,
    progress: Progress,
) -> dict[str, Any]:
    """Replace calibration, gates and training frames of a model file, atomically.

    foreign: other places, whose pictures it is to doubt.  Gives the coverage (coverage.py) on the
    scene's test pictures, which also goes into the file.  Raises ModelFileError, SceneError and
    CalibrationError; then the file stays as it was.
    """
    if model_file.suffix == ONNX_SUFFIX:
        need_onnx()
    regressor = load_model(model_file)
    again = recalibrated(
        regressor.answers, regressor.spec, source, foreign, refusal_rate, progress
    )
    with whole_file(model_file) as partial:
        _save_again(model_file, again, partial)
        list_as_trusted(partial, model_file)
    return again.coverage


def recalibrated(
    answer: Answering,
    spec: ModelSpec,
    source: Source,
    foreign: Sequence[Source],
    refusal_rate: float,
    progress: Progress,
) -> Recalibrated:
    """How a network that answers so is judged on a scene, by itself too; else as `recalibrate`."""
    training, held_out, test = (
        claims_of(answer, judged_pictures(source, split, spec.camera), progress)
        for split in ('train', 'calibration', 'test')
    )
    strangers = stranger_features(answer, training.pictures, foreign, progress)
    uncertainty = spec.calibration.uncertainty
    trust = calibrate(training, held_out, strangers, uncertainty, spec.extent, refusal_rate)
    coverage = coverage_of(test, trust)
    judged = evaluate_answers(
        test.answers, source.name, test.pictures, training.answers, training.pictures
    )
    spec = replace(
        spec,
        held_out_errors=facts.held_out_errors(held_out.errors, held_out.pictures.description),
        calibration=trust.calibration,
        gates=trust.gates,
        metrics={
            **spec.metrics,
            **as_values(judged),
            'calibration': coverage,
            'strangers': described(training.pictures, foreign),
        },
    )
    return Recalibrated(spec, trust.reference, coverage)


def _save_again(model_file: Path, again: Recalibrated, partial: Path) -> None:
    if model_file.suffix == ONNX_SUFFIX:
        from posenet_training.exporting.onnx_file import read_graph, save_onnx

        save_onnx(read_graph(model_file), again.spec, again.reference, partial)
    else:
        save_model(load_module(model_file), again.spec, again.reference, partial)
