# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibrated covariances and radii of a frame, at the camera and at the base."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_files import CALIBRATION
from scipy.spatial.transform import Rotation
from scipy.stats import chi2

from posenet_ros.geometry import inverse, pose_error, transform
from posenet_ros.localization import base_pose
from posenet_ros.model_file import Prediction
from posenet_ros.reference import Looked
from posenet_ros.uncertainty import calibrated, contradiction, difficulty, radii

LOOKS_FURTHER = replace(
    CALIBRATION,
    scale=(2.0, 0.5),
    disagreement=(0.5, 0.25),
    least=(0.1, 0.02),
    covariance_factor=1.5,
)
seeds = st.integers(0, 2**32 - 1)


def claim(rng: np.random.Generator) -> np.ndarray:
    """A covariance of a network, with axes from 1 mm to 1 m."""
    deviations = 10.0 ** rng.uniform(-3.0, 0.0, 6)
    axes = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    return axes @ np.diag(deviations**2) @ axes.T


def pose(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(-5.0, 5.0, 3), Rotation.random(rng=rng).as_quat()


def test_the_parts_add_up_by_hand() -> None:
    apart = np.array([0.4, 0.0, 0.0, 0.0, 0.0, 0.8])
    found = calibrated(np.diag([1.0, 4.0, 9.0, 1.0, 4.0, 9.0]), apart, LOOKS_FURTHER)
    claimed = [4.0, 16.0, 36.0, 0.25, 1.0, 2.25]
    added = [0.01 + 0.04, 0.01, 0.01, 0.0004, 0.0004, 0.0004 + 0.04]
    expected = np.diag(np.add(claimed, added))
    expected[0, 5] = expected[5, 0] = 0.2 * 0.2
    np.testing.assert_allclose(found, 1.5 * expected)


def test_radii_are_multiples_of_the_difficulty() -> None:
    apart = np.zeros(6)
    found = radii(np.diag([0.04, 0.04, 0.04, 0.16, 0.16, 0.16]), apart, CALIBRATION)
    assert found.levels == CALIBRATION.levels
    assert found.position_m == pytest.approx([0.2, 0.4, 0.6])
    assert found.rotation_rad == pytest.approx([0.4, 0.8, 1.2])


@settings(deadline=None)
@given(seed=seeds, metres=st.floats(0.0, 1e3), angle=st.floats(0.0, np.pi))
def test_what_is_published_is_always_a_covariance(seed: int, metres: float, angle: float) -> None:
    rng = np.random.default_rng(seed)
    (position, q_xyzw), (arm, q_arm) = pose(rng), pose(rng)
    way, axis = (unit / np.linalg.norm(unit) for unit in rng.normal(size=(2, 3)))
    looked = Looked(
        strangeness=0.1,
        novelty=0.1,
        position=position + metres * way,
        q_xyzw=(Rotation.from_rotvec(angle * axis) * Rotation.from_quat(q_xyzw)).as_quat(),
        apart_m=1.0,
        apart_rad=1.0,
    )
    prediction = Prediction(position, q_xyzw, claim(rng), np.zeros(8))
    found = base_pose(prediction, looked, LOOKS_FURTHER, transform(arm, q_arm)).covariance
    assert np.array_equal(found, found.T)
    np.linalg.cholesky(found)


@settings(deadline=None)
@given(seed=seeds, more=st.floats(1.0, 100.0))
def test_more_contradiction_is_never_less_difficult(seed: int, more: float) -> None:
    rng = np.random.default_rng(seed)
    claimed, apart = claim(rng), rng.normal(size=6)
    little, much = (
        difficulty(calibrated(claimed, times * apart, LOOKS_FURTHER)) for times in (1.0, more)
    )
    assert np.all(much >= little)
    added = calibrated(claimed, apart, LOOKS_FURTHER) - calibrated(claimed, apart, CALIBRATION)
    assert np.trace(added[:3, :3]) > 0.0


@given(
    seed=seeds,
    angle=st.one_of(st.floats(0.0, 3.1), st.floats(0.0, 1e-6)),
    sign=st.sampled_from([-1.0, 1.0]),
)
def test_a_contradiction_is_the_error_if_the_looked_up_pose_were_true(
    seed: int, angle: float, sign: float
) -> None:
    rng = np.random.default_rng(seed)
    (position, q_xyzw), axis = pose(rng), rng.normal(size=3)
    turn = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis))
    q_looked = sign * (turn * Rotation.from_quat(q_xyzw)).as_quat()
    looked = Looked(0.1, 0.1, position + axis, q_looked, 0.0, 0.0)
    found = contradiction(Prediction(position, q_xyzw, np.eye(6), np.zeros(8)), looked)
    expected = pose_error(transform(position, q_xyzw), transform(looked.position, q_looked))
    np.testing.assert_allclose(found, expected, atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(found[3:]), angle, atol=1e-7)


def test_the_ellipsoid_at_the_base_holds_what_it_says() -> None:
    """Poses drawn about the camera's and moved over a lever arm of 1.2 m."""
    rng = np.random.default_rng(5)
    calibration = replace(LOOKS_FURTHER, scale=(0.5, 1.0), least=(0.01, 0.01))
    deviations = np.array([0.05, 0.08, 0.03, 0.02, 0.03, 0.04])
    position, q_xyzw = pose(rng)
    T_map_camera, (_, q_arm) = transform(position, q_xyzw), pose(rng)
    T_base_camera = transform([0.3, -0.2, 1.15], q_arm)
    looked = Looked(0.1, 0.1, position + 0.03, q_xyzw, 0.1, 0.1)
    prediction = Prediction(position, q_xyzw, np.diag(deviations**2), np.zeros(8))
    at_camera = calibrated(prediction.covariance, contradiction(prediction, looked), calibration)
    at_base = base_pose(prediction, looked, calibration, T_base_camera)
    drawn = rng.multivariate_normal(np.zeros(6), at_camera, 20_000)
    truth = np.tile(T_map_camera, (len(drawn), 1, 1))
    truth[:, :3, 3] -= drawn[:, :3]
    truth[:, :3, :3] = Rotation.from_rotvec(-drawn[:, 3:]).as_matrix() @ T_map_camera[:3, :3]
    errors = pose_error(at_base.T_map_base, truth @ inverse(T_base_camera))
    distances = np.sum(errors * np.linalg.solve(at_base.covariance, errors.T).T, axis=1)
    for level in (0.5, 0.9, 0.95):
        assert np.mean(distances <= chi2.ppf(level, 6)) == pytest.approx(level, abs=0.015)
    unmoved = np.sum(errors * np.linalg.solve(at_camera, errors.T).T, axis=1)
    assert np.mean(unmoved <= chi2.ppf(0.9, 6)) < 0.87
