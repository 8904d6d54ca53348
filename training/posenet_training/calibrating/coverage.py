# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does a calibration hold?  Judged on frames that neither network nor calibration saw."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from posenet_ros.geometry import Array
from posenet_ros.uncertainty import Calibration, calibrated, combined, difficulty
from posenet_training.calibrating.calibrate import Trust
from posenet_training.calibrating.claims import Claims
from posenet_training.calibrating.conformal import ELLIPSOID, group_errors, nees
from posenet_training.evaluation.intervals import Numbers, block_length, share_interval

GROUPS = ('position', 'rotation')
QUARTERS = 4


def coverage(
    errors: Array,
    covariances: Array,
    contradictions: Array,
    calibration: Calibration,
    runs: Numbers,
    block: int,
) -> dict[str, Any]:
    """What calibrated radii hold of errors [N, 6], of claims [N, 6, 6], contradictions [N, 6].

    Shares of frames within each radius, with intervals that hold them with 95 % by bootstrap over
    blocks of neighbouring frames (runs [N] and `block` as in evaluation/intervals.py); the same by
    quarters of difficulty, the easiest first; the mean squared Mahalanobis distance (NEES, 6 where
    claims are Gaussian and true); the area under the sparsification error, as a share of what
    sorting at random has.
    """
    whole = combined(covariances, contradictions, calibration)
    measured, hard = group_errors(errors), difficulty(whole)
    distances = nees(errors, calibrated(covariances, contradictions, calibration))
    values: dict[str, Any] = {
        'frames': len(errors),
        'nees': float(np.mean(distances)),
        'ellipsoid_90': float(np.mean(distances <= chi2.ppf(ELLIPSOID, 6))),
    }
    for column, name in enumerate(GROUPS):
        units = calibration.position if name == 'position' else calibration.rotation
        values[name] = {
            'levels': {
                f'{level:g}': _share(measured[:, column] <= unit * hard[:, column], runs, block)
                for level, unit in zip(calibration.levels, units, strict=True)
            },
            'quarters_90': _by_quarter(measured[:, column], hard[:, column], units[1]),
            'sparsification': sparsification(measured[:, column], hard[:, column]),
        }
    return values


def coverage_of(claims: Claims, trust: Trust) -> dict[str, Any]:
    """The same of what a network claims of pictures."""
    errors, runs = claims.errors, claims.pictures.runs
    return coverage(
        errors,
        claims.covariances,
        claims.contradictions(claims.looked_up(trust.reference)),
        trust.calibration,
        runs,
        block_length(errors, runs),
    )


def sparsification(errors: Array, difficulties: Array) -> float:
    """Area between the errors that are left and the least that could be, as a share of random's.

    Frames [N] are dropped one after another, the most difficult first; the best order is by the
    errors themselves (Ilg et al., ECCV 2018).  0 is that order, 1 knows nothing.
    """
    by_claim = _left(errors[np.argsort(difficulties, kind='stable')])
    at_best = _left(np.sort(errors))
    at_random = errors.mean()
    return float(np.mean(by_claim - at_best) / np.mean(at_random - at_best))


def _left(errors: Array) -> Array:
    """Mean error [N] of the first 1, 2, ... N frames."""
    return np.cumsum(errors) / np.arange(1, len(errors) + 1)


def _share(inside: NDArray[np.bool_], runs: Numbers, block: int) -> dict[str, Any]:
    return {'share': float(inside.mean()), 'interval': share_interval(inside, runs, block)}


def _by_quarter(errors: Array, difficulties: Array, unit: float) -> list[float]:
    order = np.argsort(difficulties, kind='stable')
    inside = (errors <= unit * difficulties)[order]
    return [float(part.mean()) for part in np.array_split(inside, QUARTERS)]
