# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A calibration (posenet_ros/uncertainty.py) from errors and the covariances claimed for them."""

import math

import numpy as np
from scipy.stats import chi2

from posenet_ros.geometry import Array
from posenet_ros.uncertainty import POSITION, ROTATION, Calibration, difficulty, scaled
from posenet_training.errors import CalibrationError

LEVELS = (0.5, 0.9, 0.95)
ELLIPSOID = 0.9
# A covariance of six numbers has no inverse with fewer errors.  Of fewer than 19, the radius at
# 95 % is the largest error seen, which the next frame exceeds more often than that.
FEWEST_FRAMES = 6


def fit_calibration(
    errors: Array, covariances: Array, uncertainty: str, source: str
) -> Calibration:
    """Calibrate covariances [N, 6, 6] claimed for frames whose errors [N, 6] are known.

    The scale of an axis group makes its mean squared Mahalanobis distance what it should be, its
    3 axes.  Radii are conformal quantiles of error over difficulty: of the next frame like these,
    at least the level's share lies within.  Raises CalibrationError for fewer frames than
    FEWEST_FRAMES, and for covariances that are none.
    """
    if len(errors) < FEWEST_FRAMES:
        raise CalibrationError(
            f'{len(errors)} frames are too few to calibrate with, {FEWEST_FRAMES} are needed: '
            'hold out more of the scene'
        )
    if not np.linalg.eigvalsh(covariances).min() > 0.0:
        raise CalibrationError(
            'the network claims a covariance that is not positive definite: train it again'
        )
    scale = (_scale(errors, covariances, POSITION), _scale(errors, covariances, ROTATION))
    claimed = scaled(covariances, scale)
    ratios = group_errors(errors) / difficulty(claimed)
    return Calibration(
        uncertainty=uncertainty,
        scale=scale,
        covariance_factor=_quantile(nees(errors, claimed), ELLIPSOID) / chi2.ppf(ELLIPSOID, 6),
        levels=LEVELS,
        position=tuple(_quantile(ratios[:, 0], level) for level in LEVELS),
        rotation=tuple(_quantile(ratios[:, 1], level) for level in LEVELS),
        frames=len(errors),
        source=source,
    )


def nees(errors: Array, covariances: Array) -> Array:
    """Squared Mahalanobis distances [N] of errors [N, D] under covariances [N, D, D]."""
    whitened = np.linalg.solve(covariances, errors[..., None])[..., 0]
    return np.sum(errors * whitened, axis=-1)


def group_errors(errors: Array) -> Array:
    """Metres and radians [N, 2] of errors [N, 6]."""
    return np.stack([np.linalg.norm(errors[:, g], axis=1) for g in (POSITION, ROTATION)], axis=1)


def _scale(errors: Array, covariances: Array, group: slice) -> float:
    return math.sqrt(float(np.mean(nees(errors[:, group], covariances[:, group, group]))) / 3.0)


def _quantile(values: Array, level: float) -> float:
    """The conformal quantile: of N + 1 exchangeable values, the last is above it by 1 - level."""
    rank = min(math.ceil((len(values) + 1) * level), len(values))
    return float(np.sort(values)[rank - 1])
