# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibrated covariances and radii hold what they say, on frames that they were not taken from."""

import numpy as np
import pytest

from posenet_ros.uncertainty import calibrated, radii
from posenet_training.calibrating.conformal import fit_calibration, group_errors, nees
from posenet_training.calibrating.coverage import coverage, sparsification
from posenet_training.errors import CalibrationError

FRAMES = 4000


def frames(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Errors [N, 6] and claims [N, 6, 6] that are wrong by a factor, and right in proportion."""
    deviations = rng.uniform(0.05, 0.5, (FRAMES, 1)) * [0.2, 0.5, 1.0, 0.1, 0.1, 0.3]
    turned = np.linalg.qr(rng.normal(size=(FRAMES, 3, 3)))[0]
    axes = np.zeros((FRAMES, 6, 6))
    axes[:, :3, :3] = axes[:, 3:, 3:] = turned
    errors = (axes @ (deviations * rng.standard_t(5, (FRAMES, 6)))[..., None])[..., 0]
    claims = deviations * np.repeat([3.0, 0.5], 3)
    return errors, axes @ (claims[..., None] ** 2 * np.swapaxes(axes, 1, 2))


def test_shares_hold_on_other_frames_though_errors_have_heavy_tails():
    calibration = fit_calibration(*frames(np.random.default_rng(1)), 'learned', 'a sample')
    errors, covariances = frames(np.random.default_rng(2))
    runs = np.arange(FRAMES)
    values = coverage(errors, covariances, calibration, runs, 1)
    for group in ('position', 'rotation'):
        for level, share in values[group]['levels'].items():
            assert share['share'] == pytest.approx(float(level), abs=0.02)
            low, high = share['interval']
            assert low < share['share'] < high
        assert values[group]['quarters_90'] == pytest.approx([0.9] * 4, abs=0.04)
        assert values[group]['sparsification'] < 0.6
    assert values['ellipsoid_90'] == pytest.approx(0.9, abs=0.02)
    assert calibration.scale[0] / calibration.scale[1] == pytest.approx(0.5 / 3.0, rel=0.1)


def test_radii_are_those_of_the_frame():
    errors, covariances = frames(np.random.default_rng(3))
    calibration = fit_calibration(errors, covariances, 'learned', 'a sample')
    all_radii = [radii(covariance, calibration) for covariance in covariances[:200]]
    at_90 = np.array([[each.position_m[1], each.rotation_rad[1]] for each in all_radii])
    assert np.mean(group_errors(errors[:200]) <= at_90, axis=0) == pytest.approx(0.9, abs=0.07)
    assert at_90.max(axis=0)[0] > 2.0 * at_90.min(axis=0)[0]


def test_published_covariances_are_positive_definite():
    errors, covariances = frames(np.random.default_rng(4))
    published = calibrated(covariances, fit_calibration(errors, covariances, 'constant', ''))
    assert np.allclose(published, np.swapaxes(published, 1, 2))
    assert np.linalg.eigvalsh(published).min() > 0.0


def test_conformal_quantiles_by_hand():
    errors = np.zeros((39, 6))
    errors[:, 0] = np.arange(1.0, 40.0)
    errors[:, 3:] = 1.0
    calibration = fit_calibration(errors, np.tile(np.eye(6), (39, 1, 1)), 'constant', '')
    # Of 40 exchangeable frames, 20, 36 and 38 lie within the 20th, 36th and 38th error.
    units = np.array(calibration.position) * calibration.scale[0]
    assert units == pytest.approx([20.0, 36.0, 38.0])


def test_mahalanobis_distance_by_hand():
    assert nees(np.array([[2.0, 3.0]]), np.array([np.diag([4.0, 9.0])])) == pytest.approx([2.0])


def test_sparsification_of_the_best_order_and_of_none():
    errors = np.random.default_rng(5).exponential(size=2000)
    assert sparsification(errors, errors) == pytest.approx(0.0, abs=1e-12)
    shuffled = np.random.default_rng(6).permutation(2000).astype(float)
    assert sparsification(errors, shuffled) == pytest.approx(1.0, abs=0.15)
    assert sparsification(errors, -errors) > 1.5


def test_what_cannot_be_calibrated_is_said():
    errors, covariances = frames(np.random.default_rng(7))
    with pytest.raises(CalibrationError, match='5 frames are too few to calibrate with'):
        fit_calibration(errors[:5], covariances[:5], 'learned', '')
    covariances[5, 2, 2] = -1.0
    with pytest.raises(CalibrationError, match='not positive definite'):
        fit_calibration(errors, covariances, 'learned', '')
