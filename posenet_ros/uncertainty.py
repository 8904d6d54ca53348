# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From the covariance that a network claims to one that holds, and to radii that hold the truth.

The variance of a frame has three parts: what the network claims, how far the training frames that
look like it contradict its pose, and what every frame has.  How much of each there is and what
the sum holds is a calibration, taken from frames that the network never saw
(posenet_training/calibrating).  Radii are split-conformal, normalised by the difficulty of the
frame (Lei et al., "Distribution-Free Predictive Inference for Regression", 2018, section 5.2):
position and rotation apart, no Gaussian is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot
from typing import TYPE_CHECKING

import numpy as np

from posenet_ros.geometry import Array

if TYPE_CHECKING:  # They import model_spec.py, which keeps Calibration.
    from posenet_ros.model_file import Prediction
    from posenet_ros.reference import Looked

POSITION, ROTATION = slice(0, 3), slice(3, 6)


@dataclass(frozen=True)
class Calibration:
    """How the covariance of one network is read.

    uncertainty        where the claimed covariance comes from: 'constant', 'learned', 'dropout'
                       or 'ensemble'
    scale              what multiplies claimed deviations: of the position, of the rotation
    disagreement       what multiplies the disagreement with the looked-up pose
    least              m and rad that every frame deviates by along each axis, whatever is claimed
    covariance_factor  what multiplies the whole covariance [6, 6], so that its 90 % ellipsoid
                       (chi-square of 6 degrees of freedom) holds 90 % of the frames
    levels             shares of frames, as 0.5, 0.9, 0.95
    position, rotation at each level, the radius in units of a frame's difficulty
    frames, source     how many frames it was taken from, and which
    """

    uncertainty: str
    scale: tuple[float, float]
    disagreement: tuple[float, float]
    least: tuple[float, float]
    covariance_factor: float
    levels: tuple[float, ...]
    position: tuple[float, ...]
    rotation: tuple[float, ...]
    frames: int
    source: str


@dataclass(frozen=True)
class Radii:
    """At each level, how far the truth is at most: metres, and radians of the rotation vector."""

    levels: tuple[float, ...]
    position_m: tuple[float, ...]
    rotation_rad: tuple[float, ...]


def contradiction(prediction: Prediction, looked: Looked) -> Array:
    """What would be the error [6] of a frame's pose if the looked-up one were true.

    It is geometry.pose_error of both, without the 0.3 ms that matrices take.
    """
    x, y, z, w = prediction.q_xyzw.tolist()
    a, b, c, d = looked.q_xyzw.tolist()
    # The answered quaternion times the inverse of the other.
    cosine = w * d + x * a + y * b + z * c
    i = x * d - w * a - y * c + z * b
    j = y * d - w * b - z * a + x * c
    k = z * d - w * c - x * b + y * a
    sine = hypot(i, j, k)
    # Of both quaternions of a rotation the one that turns by less, by twice the sine if little.
    turn = 2.0 * atan2(sine, abs(cosine)) / sine if sine > 1e-9 else 2.0
    turn = -turn if cosine < 0.0 else turn
    away = (prediction.position - looked.position).tolist()
    return np.array([*away, turn * i, turn * j, turn * k])


def combined(covariances: Array, contradictions: Array, calibration: Calibration) -> Array:
    """Covariances [..., 6, 6] of claimed ones and of contradictions [..., 6].

    Symmetric as the claimed ones, and positive definite where they are: nothing is taken away.
    """
    scale, disagreement, least = (
        np.repeat(pair, 3)
        for pair in (calibration.scale, calibration.disagreement, calibration.least)
    )
    apart = disagreement * contradictions
    return (
        covariances * (scale[:, None] * scale)
        + apart[..., :, None] * apart[..., None, :]
        + np.diag(least * least)
    )


def difficulty(covariances: Array) -> Array:
    """Mean deviation of position (m) and rotation (rad) [..., 2] of covariances [..., 6, 6]."""
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    groups = [variances[..., group].mean(axis=-1) for group in (POSITION, ROTATION)]
    return np.sqrt(np.stack(groups, axis=-1))


def calibrated(covariances: Array, contradictions: Array, calibration: Calibration) -> Array:
    """Covariances [..., 6, 6] to publish, of claimed ones and of contradictions [..., 6]."""
    return calibration.covariance_factor * combined(covariances, contradictions, calibration)


def radii(covariance: Array, contradiction_6: Array, calibration: Calibration) -> Radii:
    """Radii that hold the truth of one frame: its claim is [6, 6], its contradiction [6]."""
    position, rotation = difficulty(combined(covariance, contradiction_6, calibration))
    return Radii(
        calibration.levels,
        tuple(float(position) * units for units in calibration.position),
        tuple(float(rotation) * units for units in calibration.rotation),
    )
