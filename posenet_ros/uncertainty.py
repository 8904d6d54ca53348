# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From the covariance that a network claims to one that holds, and to radii that hold the truth.

A calibration is taken from frames that the network never saw (posenet_training/calibrating).
Radii are split-conformal, normalised by the difficulty of the frame (Lei et al., "Distribution-
Free Predictive Inference for Regression", 2018, section 5.2): position and rotation apart, no
Gaussian is assumed.
"""

from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array

POSITION, ROTATION = slice(0, 3), slice(3, 6)


@dataclass(frozen=True)
class Calibration:
    """How the covariance of one network is read.

    uncertainty        where the claimed covariance comes from: 'constant', 'learned', 'dropout'
                       or 'ensemble'
    scale              what multiplies claimed deviations: of the position, of the rotation
    covariance_factor  what multiplies the scaled covariance [6, 6], so that its 90 % ellipsoid
                       (chi-square of 6 degrees of freedom) holds 90 % of the frames
    levels             shares of frames, as 0.5, 0.9, 0.95
    position, rotation at each level, the radius in units of a frame's difficulty
    frames, source     how many frames it was taken from, and which
    """

    uncertainty: str
    scale: tuple[float, float]
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


def scaled(covariance: Array, scale: tuple[float, float]) -> Array:
    """Claimed covariances [..., 6, 6] with the deviations of both axis groups multiplied."""
    per_axis = np.repeat(scale, 3)
    return covariance * per_axis[:, None] * per_axis[None, :]


def difficulty(covariance: Array) -> Array:
    """Mean deviation of position (m) and rotation (rad) [..., 2] of covariances [..., 6, 6]."""
    variances = np.diagonal(covariance, axis1=-2, axis2=-1)
    groups = [variances[..., group].mean(axis=-1) for group in (POSITION, ROTATION)]
    return np.sqrt(np.stack(groups, axis=-1))


def calibrated(covariance: Array, calibration: Calibration) -> Array:
    """Covariances [..., 6, 6] to publish, of claimed ones; symmetric as those are."""
    return calibration.covariance_factor * scaled(covariance, calibration.scale)


def radii(covariance: Array, calibration: Calibration) -> Radii:
    """Radii that hold the truth of one frame, whose claimed covariance is [6, 6]."""
    position, rotation = difficulty(scaled(covariance, calibration.scale))
    return Radii(
        calibration.levels,
        tuple(float(position) * units for units in calibration.position),
        tuple(float(rotation) * units for units in calibration.rotation),
    )
