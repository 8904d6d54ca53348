# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An evaluation as plain values, for model files and --json; its keys stay."""

from typing import Any

import numpy as np

from posenet_training.evaluation.evaluate import THIS_NETWORK, Evaluation
from posenet_training.evaluation.intervals import block_length, median_intervals
from posenet_training.evaluation.strata import DEGREES, METRES, strata
from posenet_training.metrics import (
    axis_errors,
    by_heading,
    distances_and_angles,
    full_summary,
)

# Predictors beside the network in the order in which they are shown, with their names for people.
BESIDE = {
    'dense': 'this network, dense crops',
    'nearest_training_picture': 'nearest, own feature',
    'nearest_5_interpolated': '5 nearest, own feature',
    'classifier_nearest': 'nearest, classifier',
    'classifier_5_interpolated': '5 nearest, classifier',
    'mean_training_pose': 'mean training pose',
}


def as_values(evaluation: Evaluation) -> dict[str, Any]:
    """Summaries of all predictors, and of the network's errors by where they happened."""
    samples, errors = evaluation.samples, evaluation.errors()
    length = block_length(errors, samples.runs)
    looked_up = evaluation.errors(looking_up(evaluation))
    nearest = evaluation.nearest
    return {
        'scene': evaluation.scene,
        'split': samples.split,
        'frames': len(samples),
        'source': samples.description,
        **full_summary(errors),
        'axis_errors': axis_errors(errors),
        'by_heading': by_heading(errors, samples.T_map_camera),
        **{
            name: full_summary(evaluation.errors(name))
            for name in BESIDE
            if name in evaluation.T_hat
        },
        'interval': {'block_frames': length, **median_intervals(errors, samples.runs, length)},
        'sequences': _by_sequence(evaluation, length),
        'by_distance': strata(nearest.metres, METRES, 'm', errors, looked_up),
        'by_angle': strata(nearest.degrees, DEGREES, 'deg', errors, looked_up),
    }


def looking_up(evaluation: Evaluation) -> str:
    """The predictor that stands for looking pictures up: a classifier's, which saw no pose."""
    known = 'classifier_nearest' in evaluation.T_hat
    return 'classifier_nearest' if known else 'nearest_training_picture'


def _by_sequence(evaluation: Evaluation, length: int) -> list[dict[str, Any]]:
    samples, errors = evaluation.samples, evaluation.errors()
    names = np.array(samples.sequences)
    rows = []
    for name in dict.fromkeys(samples.sequences):
        inside = names == name
        rows.append(
            {
                'sequence': name,
                'frames': int(inside.sum()),
                **full_summary(errors[inside]),
                'interval': median_intervals(errors[inside], samples.runs[inside], length),
            }
        )
    return rows


def picture_values(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Every picture: errors of network and look-up, and how far training was."""
    nearest = evaluation.nearest
    columns = {
        'position_m': distances_and_angles(evaluation.errors(THIS_NETWORK))[0],
        'angle_deg': distances_and_angles(evaluation.errors(THIS_NETWORK))[1],
        'looked_up_position_m': distances_and_angles(evaluation.errors(looking_up(evaluation)))[0],
        'looked_up_angle_deg': distances_and_angles(evaluation.errors(looking_up(evaluation)))[1],
        'nearest_training_m': nearest.metres,
        'nearest_training_deg': nearest.degrees,
    }
    return [
        {'picture': name, **{key: float(values[row]) for key, values in columns.items()}}
        for row, name in enumerate(evaluation.samples.names)
    ]
