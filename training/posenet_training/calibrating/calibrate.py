# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All that a model file knows of its own errors, from a network and its scene."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.gates import Gates
from posenet_ros.model_spec import Extent
from posenet_ros.reference import Reference
from posenet_ros.uncertainty import Calibration
from posenet_training.calibrating.claims import Claims
from posenet_training.calibrating.conformal import fit_calibration
from posenet_training.calibrating.familiarity import learn_familiarity
from posenet_training.calibrating.gates import gates_of
from posenet_training.calibrating.reference import reference_of
from posenet_training.calibrating.refusal_rate import FALSE_REFUSAL_RATE
from posenet_training.evaluation.intervals import block_length


@dataclass(frozen=True)
class Trust:
    """What the robot needs to doubt a frame, and to say how far off it may be."""

    calibration: Calibration
    gates: Gates
    reference: Reference


def calibrate(
    training: Claims,
    held_out: Claims,
    strangers: NDArray[np.float32],
    uncertainty: str,
    extent: Extent,
    refusal_rate: float = FALSE_REFUSAL_RATE,
) -> Trust:
    """Take calibration and gates from frames that the network never saw.

    training: of the frames that it learned from, to look new ones up among.  strangers: features
    [S, F] of pictures of no place, or of others (strangers.py).  Raises CalibrationError for too
    few held-out frames.
    """
    learned = learn_familiarity(training.features, held_out.features, strangers)
    reference = reference_of(
        training.features, training.pictures.T_map_camera, learned.familiarity
    )
    looked_up = held_out.looked_up(reference)
    errors = held_out.errors
    calibration = fit_calibration(
        errors,
        held_out.covariances,
        held_out.contradictions(looked_up),
        block_length(errors, held_out.pictures.runs),
        uncertainty,
        held_out.pictures.description,
    )
    read: list[Mapping[str, float]] = [
        {**of_frame, 'strangeness': float(strangeness)}
        for of_frame, strangeness in zip(
            held_out.readings(looked_up, extent), learned.strangeness, strict=True
        )
    ]
    return Trust(calibration, gates_of(read, refusal_rate), reference)
