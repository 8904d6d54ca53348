# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibrate a model file anew: its network stays, what it knows of its errors is replaced."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from posenet_ros.model_file import load_model, load_module
from posenet_training.calibrating.calibrate import calibrate
from posenet_training.calibrating.claims import claims_of
from posenet_training.calibrating.coverage import coverage_of
from posenet_training.calibrating.strangers import described, stranger_features
from posenet_training.data.frames import Source
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting import facts
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.torchscript import save_model
from posenet_training.sequences import Progress
from posenet_training.whole_file import whole_file


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
    regressor = load_model(model_file)
    spec = regressor.spec
    training, held_out, test = (
        claims_of(regressor.answers, judged_pictures(source, split, spec.camera), progress)
        for split in ('train', 'calibration', 'test')
    )
    strangers = stranger_features(regressor.answers, training.pictures, foreign, progress)
    uncertainty = spec.calibration.uncertainty
    trust = calibrate(training, held_out, strangers, uncertainty, spec.extent, refusal_rate)
    coverage = coverage_of(test, trust)
    spec = replace(
        spec,
        held_out_errors=facts.held_out_errors(held_out.errors, held_out.pictures.description),
        calibration=trust.calibration,
        gates=trust.gates,
        metrics={
            **spec.metrics,
            'calibration': coverage,
            'strangers': described(training.pictures, foreign),
        },
    )
    stored = load_module(model_file)
    with whole_file(model_file) as partial:
        save_model(stored, spec, trust.reference, partial)
        list_as_trusted(partial, model_file)
    return coverage
