# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A calibration (posenet_ros/uncertainty.py) from errors and the covariances claimed for them."""

import math
from dataclasses import replace

import numpy as np
from scipy.stats import chi2

from posenet_ros.geometry import Array
from posenet_ros.uncertainty import POSITION, ROTATION, Calibration, combined, difficulty
from posenet_training.calibrating.variances import fit_variances
from posenet_training.errors import CalibrationError

LEVELS = (0.5, 0.9, 0.95)
ELLIPSOID = 0.9
# A covariance of six numbers has no inverse with fewer errors.  Of fewer than 19, the radius at
# 95 % is the largest error seen, which the next frame exceeds more often than that.
FEWEST_FRAMES = 6
# Parts of the frames, each judged by what is fitted to the others.
FOLDS = 5


def fit_calibration(
    errors: Array,
    covariances: Array,
    contradictions: Array,
    alike: int,
    uncertainty: str,
    source: str,
) -> Calibration:
    """Calibrate claims [N, 6, 6] and contradictions [N, 6] of frames with known errors [N, 6].

    What makes up a frame's variance is fitted to all frames (variances.py), of which `alike`
    neighbours err alike.  Radii and the factor of the ellipsoid are conformal quantiles, so that
    about the level's share of the next frames like these lies within.  No frame is judged by a
    fit that knows it: each fifth of them, one after another, is held against a fit to the rest
    (cross-conformal, Vovk 2015).  Raises CalibrationError for fewer frames than FEWEST_FRAMES,
    and for covariances that are none.
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
    bare = Calibration(
        uncertainty=uncertainty,
        scale=(1.0, 1.0),
        disagreement=(0.0, 0.0),
        least=(0.0, 0.0),
        covariance_factor=1.0,
        levels=LEVELS,
        position=(),
        rotation=(),
        frames=len(errors),
        source=source,
    )
    whole = _with_variances(bare, errors, covariances, contradictions, alike)
    judged = np.empty_like(covariances)
    for fold in np.array_split(np.arange(len(errors)), FOLDS):
        rest = np.setdiff1d(np.arange(len(errors)), fold)
        fitted = _with_variances(
            bare, errors[rest], covariances[rest], contradictions[rest], alike
        )
        judged[fold] = combined(covariances[fold], contradictions[fold], fitted)
    ratios = group_errors(errors) / difficulty(judged)
    return replace(
        whole,
        covariance_factor=_quantile(nees(errors, judged), ELLIPSOID)
        / float(chi2.ppf(ELLIPSOID, 6)),
        position=tuple(_quantile(ratios[:, 0], level) for level in LEVELS),
        rotation=tuple(_quantile(ratios[:, 1], level) for level in LEVELS),
    )


def _with_variances(
    calibration: Calibration,
    errors: Array,
    covariances: Array,
    contradictions: Array,
    alike: int,
) -> Calibration:
    position, rotation = (
        fit_variances(
            errors[:, group], covariances[:, group, group], contradictions[:, group], alike
        )
        for group in (POSITION, ROTATION)
    )
    return replace(
        calibration,
        scale=(math.sqrt(position.claimed), math.sqrt(rotation.claimed)),
        disagreement=(math.sqrt(position.contradicted), math.sqrt(rotation.contradicted)),
        least=(math.sqrt(position.always), math.sqrt(rotation.always)),
    )


def nees(errors: Array, covariances: Array) -> Array:
    """Squared Mahalanobis distances [N] of errors [N, D] under covariances [N, D, D]."""
    whitened = np.linalg.solve(covariances, errors[..., None])[..., 0]
    return np.sum(errors * whitened, axis=-1)


def group_errors(errors: Array) -> Array:
    """Metres and radians [N, 2] of errors [N, 6]."""
    return np.stack([np.linalg.norm(errors[:, g], axis=1) for g in (POSITION, ROTATION)], axis=1)


def _quantile(values: Array, level: float) -> float:
    """The conformal quantile: of N + 1 exchangeable values, the last is above it by 1 - level."""
    rank = min(math.ceil((len(values) + 1) * level), len(values))
    return float(np.sort(values)[rank - 1])
