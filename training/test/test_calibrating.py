# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibrated covariances and radii hold what they say, on frames that they were not taken from."""

import numpy as np
import pytest

from posenet_ros.uncertainty import Calibration, calibrated, combined, difficulty, radii
from posenet_training.calibrating.conformal import fit_calibration, group_errors, nees
from posenet_training.calibrating.coverage import coverage, sparsification
from posenet_training.errors import CalibrationError

FRAMES = 4000


def frames(
    rng: np.random.Generator, count: int = FRAMES
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors [N, 6], claims [N, 6, 6] that are wrong by a factor, and right in proportion.

    Contradictions [N, 6] know nothing.
    """
    deviations = rng.uniform(0.05, 0.5, (count, 1)) * [0.2, 0.5, 1.0, 0.1, 0.1, 0.3]
    turned = np.linalg.qr(rng.normal(size=(count, 3, 3)))[0]
    axes = np.zeros((count, 6, 6))
    axes[:, :3, :3] = axes[:, 3:, 3:] = turned
    errors = (axes @ (deviations * rng.standard_t(5, (count, 6)))[..., None])[..., 0]
    claims = deviations * np.repeat([3.0, 0.5], 3)
    covariances = axes @ (claims[..., None] ** 2 * np.swapaxes(axes, 1, 2))
    return errors, covariances, 0.1 * rng.normal(size=(count, 6))


def calibration_of(
    sample: tuple[np.ndarray, np.ndarray, np.ndarray], alike: int = 1
) -> Calibration:
    return fit_calibration(*sample, alike, 'learned', 'a sample')


def test_shares_hold_on_other_frames_though_errors_have_heavy_tails():
    calibration = calibration_of(frames(np.random.default_rng(1)))
    values = coverage(*frames(np.random.default_rng(2)), calibration, np.arange(FRAMES), 1)
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
    errors, covariances, contradictions = sample = frames(np.random.default_rng(3), 1000)
    calibration = calibration_of(sample)
    all_radii = [
        radii(covariance, contradiction, calibration)
        for covariance, contradiction in zip(covariances[:200], contradictions, strict=False)
    ]
    at_90 = np.array([[each.position_m[1], each.rotation_rad[1]] for each in all_radii])
    assert np.mean(group_errors(errors[:200]) <= at_90, axis=0) == pytest.approx(0.9, abs=0.07)
    assert at_90.max(axis=0)[0] > 2.0 * at_90.min(axis=0)[0]


def test_published_covariances_are_positive_definite():
    _, covariances, contradictions = sample = frames(np.random.default_rng(4), 1000)
    published = calibrated(covariances, contradictions, calibration_of(sample))
    assert np.allclose(published, np.swapaxes(published, 1, 2))
    assert np.linalg.eigvalsh(published).min() > 0.0


def test_what_is_looked_up_sorts_frames_where_claims_do_not():
    rng = np.random.default_rng(8)
    errors = rng.normal(size=(600, 6)) * rng.choice([0.1, 1.0], (600, 1), p=[0.8, 0.2])
    contradictions = 2.0 * errors + 0.1 * rng.normal(size=(600, 6))
    same = np.tile(0.1 * np.eye(6), (600, 1, 1))
    fitted, knows_nothing = (
        calibration_of((errors, same, apart))
        for apart in (contradictions, rng.permutation(contradictions))
    )
    assert fitted.disagreement[0] > 3.0 * knows_nothing.disagreement[0]
    sorted_by_it = difficulty(combined(same, contradictions, fitted))
    for column, measured in enumerate(group_errors(errors).T):
        assert sparsification(measured, sorted_by_it[:, column]) < 0.5


def test_claims_that_sort_nothing_give_way_to_what_all_frames_have():
    rng = np.random.default_rng(9)
    errors, apart = 0.1 * rng.normal(size=(2, 60, 6))
    at_random = np.exp(rng.normal(size=60))[:, None, None] ** 2 * np.eye(6)
    claimed = difficulty(at_random)
    left = difficulty(combined(at_random, apart, calibration_of((errors, at_random, apart))))
    assert np.log(left).std() < 0.5 * np.log(claimed).std()


def test_frames_that_err_alike_teach_less():
    rng = np.random.default_rng(10)
    errors = 0.1 * rng.normal(size=(60, 6))
    sample = (errors, np.tile(np.eye(6), (60, 1, 1)), 3.0 * errors)
    alone, alike = (calibration_of(sample, count) for count in (1, 30))
    share_alone, share_alike = (each.disagreement[0] / each.scale[0] for each in (alone, alike))
    assert share_alone > 2.0 * share_alike


def test_radii_hold_of_few_frames_no_less_than_they_say():
    rng = np.random.default_rng(11)
    shares = []
    for _ in range(40):
        errors, covariances, contradictions = frames(rng, 400)
        some = slice(0, 39)
        fitted = calibration_of((errors[some], covariances[some], contradictions[some]))
        hard = difficulty(combined(covariances, contradictions, fitted))
        shares.append(np.mean(group_errors(errors) <= fitted.position[1] * hard, axis=0)[0])
    assert np.mean(shares) == pytest.approx(0.9, abs=0.03)


def test_mahalanobis_distance_by_hand():
    assert nees(np.array([[2.0, 3.0]]), np.array([np.diag([4.0, 9.0])])) == pytest.approx([2.0])


def test_sparsification_of_the_best_order_and_of_none():
    errors = np.random.default_rng(5).exponential(size=2000)
    assert sparsification(errors, errors) == pytest.approx(0.0, abs=1e-12)
    shuffled = np.random.default_rng(6).permutation(2000).astype(float)
    assert sparsification(errors, shuffled) == pytest.approx(1.0, abs=0.15)
    assert sparsification(errors, -errors) > 1.5


def test_what_cannot_be_calibrated_is_said():
    errors, covariances, contradictions = frames(np.random.default_rng(7))
    with pytest.raises(CalibrationError, match='5 frames are too few to calibrate with'):
        calibration_of((errors[:5], covariances[:5], contradictions[:5]))
    covariances[5, 2, 2] = -1.0
    with pytest.raises(CalibrationError, match='not positive definite'):
        calibration_of((errors, covariances, contradictions))
