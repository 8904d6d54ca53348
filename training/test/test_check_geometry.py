# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The geometry behind the check: rays against poses, readings, and what is invariant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import inverse, position_and_quaternion, rotation_angle
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.check.advice import advice
from posenet_training.check.conventions import AS_STORED, READINGS, misread, relative
from posenet_training.check.epipolar import angles, depths, parallax, rays, residuals
from posenet_training.check.lens import projected, undistorted, usable
from posenet_training.check.significance import p_of_gains
from posenet_training.importers.matrix import T_SOURCE_OPTICAL, Axes, Convention, to_T_map_camera

SEEDS = st.integers(0, 2**32 - 1)
MATRICES = [(c, a) for c in Convention for a in Axes]
# Axes that were told and true ones, whose difference is not among the readings.
NO_READING = [(Axes.opengl, Axes.body), (Axes.body, Axes.opencv), (Axes.body, Axes.opengl)]


def random_poses(rng: np.random.Generator, count: int) -> np.ndarray:
    T = np.tile(np.eye(4), (count, 1, 1))
    T[:, :3, :3] = Rotation.random(count, rng=rng).as_matrix()
    T[:, :3, 3] = rng.uniform(-3.0, 3.0, (count, 3))
    return T


def small_motion(rng: np.random.Generator) -> np.ndarray:
    T_b_a = np.eye(4)
    T_b_a[:3, :3] = Rotation.from_rotvec(rng.uniform(-0.2, 0.2, 3)).as_matrix()
    T_b_a[:3, 3] = rng.uniform(-0.3, 0.3, 3)
    return T_b_a


def seen_twice(rng: np.random.Generator, T_b_a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rays of points in front of both cameras."""
    p_a = rng.uniform((-1.0, -1.0, 2.0), (1.0, 1.0, 6.0), (40, 3))
    p_b = p_a @ T_b_a[:3, :3].T + T_b_a[:3, 3]
    return (p / np.linalg.norm(p, axis=1, keepdims=True) for p in (p_a, p_b))


def same_relative_poses(one: np.ndarray, other: np.ndarray) -> bool:
    a, b = np.arange(len(one) - 1), np.arange(1, len(one))
    return np.allclose(relative(one, a, b), relative(other, a, b), atol=1e-9)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_points_in_front_of_both_cameras_fit_the_true_pose(seed):
    rng = np.random.default_rng(seed)
    T_b_a = small_motion(rng)
    f_a, f_b = seen_twice(rng, T_b_a)
    assert residuals(f_a, f_b, T_b_a).max() < 1e-6
    # Only the direction of the translation counts ...
    scaled = T_b_a.copy()
    scaled[:3, 3] *= 7.0
    assert residuals(f_a, f_b, scaled).max() < 1e-6
    # ... unless nearness is bounded: all points are nearer than this.
    if parallax(f_a, f_b) > 0.01:
        assert residuals(f_a, f_b, T_b_a, nearest=100.0).max() > 1e-3


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_points_behind_the_cameras_do_not_fit(seed):
    rng = np.random.default_rng(seed)
    T_b_a = small_motion(rng)
    f_a, f_b = seen_twice(rng, T_b_a)
    opposite = T_b_a.copy()
    opposite[:3, 3] *= -1.0
    # The epipolar lines are the same; each point misses by its own parallax.
    by_rotation = angles(f_a @ T_b_a[:3, :3].T, f_b)
    np.testing.assert_allclose(residuals(f_a, f_b, opposite), by_rotation, atol=1e-6)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_depths_are_the_points_distances(seed):
    rng = np.random.default_rng(seed)
    T_b_a = np.eye(4)
    T_b_a[:3, 3] = (0.5, 0.1, 0.0)
    p_a = rng.uniform((-1.0, -1.0, 2.0), (1.0, 1.0, 6.0), (20, 3))
    p_b = p_a + T_b_a[:3, 3]
    f_a, f_b = (p / np.linalg.norm(p, axis=1, keepdims=True) for p in (p_a, p_b))
    np.testing.assert_allclose(depths(f_a, f_b, T_b_a), np.linalg.norm(p_a, axis=1), rtol=1e-6)


def test_turning_on_the_spot_has_no_parallax():
    rng = np.random.default_rng(0)
    f_a = rays(rng.uniform(-0.6, 0.6, (50, 2)))
    f_b = f_a @ Rotation.from_rotvec((0.0, 0.15, 0.03)).as_matrix().T
    assert parallax(f_a, f_b) < 1e-6


@pytest.mark.parametrize('reading', READINGS, ids=lambda reading: reading.name)
def test_a_reading_undoes_its_misreading_up_to_the_maps_own_frame(reading):
    true = random_poses(np.random.default_rng(1), 12)
    assert same_relative_poses(reading.T_map_camera(misread(true, reading)), true)


@given(SEEDS, st.sampled_from(READINGS))
@settings(max_examples=40, deadline=None)
def test_the_angle_between_two_poses_is_the_same_under_every_reading(seed, reading):
    poses = random_poses(np.random.default_rng(seed), 2)

    def angle(T: np.ndarray) -> float:
        q_a, q_b = (position_and_quaternion(pose)[1] for pose in T)
        return float(rotation_angle(q_a, q_b))

    assert angle(reading.T_map_camera(poses)) == pytest.approx(angle(poses), abs=1e-6)


def test_no_two_readings_agree_on_a_general_motion():
    poses = random_poses(np.random.default_rng(2), 10)
    for number, one in enumerate(READINGS):
        for other in READINGS[:number]:
            a, b = one.T_map_camera(poses), other.T_map_camera(poses)
            assert not same_relative_poses(a, b), (one.name, other.name)


def test_a_turned_and_shifted_map_is_invisible():
    poses = random_poses(np.random.default_rng(3), 10)
    other_map = random_poses(np.random.default_rng(4), 1)[0]
    assert same_relative_poses(other_map @ poses, poses)


@pytest.mark.parametrize('truth', MATRICES)
@pytest.mark.parametrize('told', MATRICES)
def test_advice_names_the_options_that_the_matrices_need(truth, told):
    true = random_poses(np.random.default_rng(5), 8)
    matrices = true @ inverse(T_SOURCE_OPTICAL[truth[1]])
    matrices = inverse(matrices) if truth[0] is Convention.w2c else matrices
    stored = np.stack([to_T_map_camera(matrix, *told) for matrix in matrices])
    fits = [r for r in READINGS if same_relative_poses(r.T_map_camera(stored), true)]
    if truth[0] is told[0] and (told[1], truth[1]) in NO_READING:
        assert not fits
        return
    assert len(fits) == 1
    assert (fits[0] == AS_STORED) == (truth == told)
    if truth != told:
        source = {'format': 'matrix', 'convention': told[0].value, 'axes': told[1].value}
        wanted = f'--convention {truth[0].value} --axes {truth[1].value}'
        assert wanted in advice(fits[0], source)


def test_advice_for_other_sources_says_what_to_change():
    body, inverted = READINGS[2], READINGS[3]
    assert '--camera-frame' in advice(body, {'format': 'bag'})
    assert 'invert' in advice(inverted, {'format': 'tum'})
    assert 'other order' in advice(READINGS[6], {'format': 'tum'})


def test_distortion_is_taken_out():
    cv2 = pytest.importorskip('cv2')
    points = np.array([[0.3, -0.2], [-0.4, 0.1], [0.0, 0.35]])
    K = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])
    spatial = np.column_stack([points, np.ones(3)])
    plumb = (-0.2, 0.05, 0.001, -0.002, 0.0)
    pixels, _ = cv2.projectPoints(spatial, np.zeros(3), np.zeros(3), K, np.array(plumb))
    camera = Camera(320, 240, 300.0, 300.0, 160.0, 120.0, 'plumb_bob', plumb)
    np.testing.assert_allclose(undistorted(camera, pixels[:, 0]), points, atol=1e-4)
    fish = (0.05, -0.01, 0.002, 0.0)
    pixels, _ = cv2.fisheye.projectPoints(
        spatial[:, None], np.zeros(3), np.zeros(3), K, np.array(fish)
    )
    camera = Camera(320, 240, 300.0, 300.0, 160.0, 120.0, 'equidistant', fish)
    np.testing.assert_allclose(undistorted(camera, pixels[:, 0]), points, atol=1e-4)


@pytest.mark.parametrize(
    'camera',
    [
        Camera(320, 240, 150.0, 150.0, 160.0, 120.0, 'equidistant'),
        Camera(320, 240, 150.0, 150.0, 160.0, 120.0, 'fisheye', (0.05, -0.01, 0.002, 0.0)),
        Camera(320, 240, 300.0, 300.0, 160.0, 120.0, 'plumb_bob', (-0.2, 0.05)),
        Camera(320, 240, 300.0, 300.0, 160.0, 120.0),
    ],
    ids=lambda camera: f'{camera.distortion_model} {len(camera.distortion)}',
)
def test_pixels_return_from_the_plane_whatever_the_lens(camera):
    points = np.array([[0.3, -0.2], [-0.4, 0.1], [0.0, 0.35]])
    pixels = projected(camera, np.column_stack([points, np.ones(3)]))
    np.testing.assert_allclose(undistorted(camera, pixels), points, atol=1e-4)
    assert undistorted(camera, pixels[:0]).shape == projected(camera, np.zeros((0, 3))).shape


def test_an_equidistant_lens_without_coefficients_is_no_pinhole():
    camera = Camera(320, 240, 150.0, 150.0, 160.0, 120.0, 'equidistant')
    (point,) = undistorted(camera, np.array([[160.0 + 150.0 * np.pi / 4, 120.0]]))
    np.testing.assert_allclose(point, (1.0, 0.0), atol=1e-6)


def test_points_at_a_right_angle_to_a_fisheye_are_not_used():
    camera = Camera(640, 480, 180.0, 180.0, 320.0, 240.0, 'equidistant')
    pixels = np.array([[320.0, 240.0], [560.0, 240.0], [610.0, 240.0], [639.0, 240.0]])
    assert usable(camera, pixels, undistorted(camera, pixels)).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_lens_is_one_sentence():
    camera = Camera(320, 240, 300.0, 300.0, 160.0, 120.0, 'fov', (0.9,))
    with pytest.raises(SceneError, match="distortion model 'fov'"):
        undistorted(camera, np.zeros((4, 2)))


def test_gains_are_judged_pair_by_pair():
    assert p_of_gains(np.ones(12)) == pytest.approx(2.0**-12)
    assert p_of_gains(np.zeros(5)) == 1.0
    gains = np.round(np.random.default_rng(0).normal(0.0, 0.3, 40), 1)  # with ties and zeros
    assert 0.0 < p_of_gains(np.abs(gains)) < 1e-6
    assert p_of_gains(-np.abs(gains)) > 0.999
