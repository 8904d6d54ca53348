# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a model file says about its run: the parts of its JSON."""

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Extent, HeldOutErrors, ModelSpec, Network
from posenet_training.calibrating.calibrate import Trust
from posenet_training.data.frames import Source
from posenet_training.errors import ExportError
from posenet_training.metrics import second_moment
from posenet_training.network import FEATURE_SIZE, PoseNet
from posenet_training.recipe import Recipe
from posenet_training.sequences import evenly
from posenet_training.versions import versions

COVERAGE_POINTS = 500

Point = tuple[float, float, float]
# As load_network gives it.
Run = tuple[PoseNet, Recipe, dict[str, Any]]


def spec_of(
    run: Run,
    source: Source,
    extent: Extent,
    positions: NDArray[np.float64],
    errors: HeldOutErrors,
    trust: Trust,
) -> ModelSpec:
    """All that a run and its scene say; metrics, digest and time are still open.

    positions: those of the training pictures [N, 3].
    """
    network, recipe, checkpoint = run
    return ModelSpec(
        scene=source.name,
        frame_id=source.map_frame,
        camera=source.camera,
        extent=extent,
        coverage=tuple(map(_point, evenly(list(positions), COVERAGE_POINTS))),
        held_out_errors=errors,
        calibration=trust.calibration,
        gates=trust.gates,
        network=Network(
            recipe.network.trunk,
            recipe.network.rotation,
            FEATURE_SIZE,
            network.trunk.pretrained,
        ),
        recipe=_recipe(recipe, checkpoint),
        metrics={},
        versions=versions(),
        weights_sha256='',
        created='',
    )


def held_out_errors(errors: NDArray[np.float64], source: str) -> HeldOutErrors:
    """Second moment of errors [N, 6]; raises ExportError where they are too few for one."""
    covariance = second_moment(errors)
    if not np.linalg.eigvalsh(covariance)[0] > 0.0:
        raise ExportError(
            f'{len(errors)} calibration frames do not make a covariance: hold out at least 10, '
            'from all over the scene'
        )
    rows = tuple(tuple(row) for row in covariance.tolist())
    return HeldOutErrors(rows, len(errors), source)


def extent_of(positions: NDArray[np.float64]) -> Extent:
    """The box of positions [N, 3]."""
    return Extent(_point(positions.min(axis=0)), _point(positions.max(axis=0)))


def _point(position: NDArray[np.float64]) -> Point:
    x, y, z = (round(float(value), 4) for value in position)
    return x, y, z


def _recipe(recipe: Recipe, checkpoint: dict[str, Any]) -> dict[str, Any]:
    schedule = checkpoint['callbacks'].get('Schedule', {})
    return {
        **asdict(recipe),
        'seed': int(checkpoint['seed']),
        'steps_done': int(checkpoint['global_step']),
        'minutes': round(schedule.get('seconds', 0.0) / 60.0, 1),
    }
