# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Turned views are what the turned camera would have seen, and their poses are exact."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from training_samples import picture, random_pose

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop, crop_window, cut, resample
from posenet_ros.scene import SceneError
from posenet_training.augmentation.moved import crop_rotation
from posenet_training.augmentation.turning import TurnLimits, draw_rotation, within_picture
from posenet_training.augmentation.view import rotate_view, turned_pose
from posenet_training.check.epipolar import rays
from posenet_training.check.lens import projected, undistorted
from posenet_training.data.views import moved_window
from simulation.camera import CAMERA
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sampling import random_view

LIMITS = TurnLimits()
WINDOW = crop_window(CAMERA.width, CAMERA.height)
PINHOLE = Camera(320, 240, 260.0, 255.0, 158.0, 121.0)
LENSES = {
    'pinhole': PINHOLE,
    'plumb_bob': replace(PINHOLE, distortion=(-0.15, 0.03, 0.002, -0.001, 0.0)),
    'rational': replace(
        PINHOLE,
        distortion_model='rational_polynomial',
        distortion=(0.1, 0.05, 0.0, 0.0, 0.01, 0.2, 0.03, 0.01),
    ),
    'fisheye': replace(
        PINHOLE, distortion_model='equidistant', distortion=(0.05, -0.01, 0.0, 0.0)
    ),
}
seeds = st.integers(0, 2**32)


@pytest.fixture(scope='module')
def renderer():
    with Renderer(Room.from_seed(11)) as room:
        yield room


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference of two crops, a little away from their borders."""
    inner = (slice(6, -6), slice(6, -6))
    return float(np.abs(a[inner].astype(float) - b[inner]).mean())


@pytest.mark.parametrize('seed', range(4))
def test_turned_view_is_what_the_turned_camera_draws(renderer, seed):
    rng = np.random.default_rng(seed)
    T_map_camera, light = random_view(renderer.room, rng)
    light = replace(light, noise=0.0)
    rgb = renderer.render(T_map_camera, light)
    R = within_picture(draw_rotation(rng, LIMITS), CAMERA, WINDOW)
    true = crop(renderer.render(turned_pose(T_map_camera, R), light), WINDOW)
    turned = resample(rotate_view(rgb, CAMERA, R, WINDOW))
    assert difference(turned, true) < 4.0
    assert difference(turned, true) < 0.2 * difference(crop(rgb, WINDOW), true)


@pytest.mark.parametrize('seed', range(4))
def test_moved_window_is_nearly_the_view_of_a_turned_camera(renderer, seed):
    rng = np.random.default_rng(seed)
    T_map_camera, light = random_view(renderer.room, rng)
    light = replace(light, noise=0.0)
    rgb = renderer.render(T_map_camera, light)
    window = moved_window(CAMERA.width, CAMERA.height, 'near', rng)
    T_turned = turned_pose(T_map_camera, crop_rotation(window, CAMERA))
    true = crop(renderer.render(T_turned, light), WINDOW)
    moved = crop(rgb, window)
    assert difference(moved, true) < 0.4 * difference(moved, crop(rgb, WINDOW))


def test_no_turn_changes_no_bit():
    rgb = picture(np.random.default_rng(0), 320, 240)
    window = crop_window(320, 240)
    turned = rotate_view(rgb, PINHOLE, np.eye(3), window)
    np.testing.assert_array_equal(turned, cut(rgb, window))


def test_a_quarter_turn_about_the_axis_is_a_quarter_turn_of_the_picture():
    rgb = picture(np.random.default_rng(0), 101, 101)
    camera = Camera(101, 101, 90.0, 90.0, 50.0, 50.0)
    R = np.round(Rotation.from_euler('z', 90.0, degrees=True).as_matrix())
    turned = rotate_view(rgb, camera, R, CropWindow(0, 0, 101))
    np.testing.assert_array_equal(turned, np.rot90(rgb))


@pytest.mark.parametrize('lens', LENSES)
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_turned_views_follow_the_rays_of_every_lens(lens, seed):
    """Of a world whose colour is a smooth function of direction, every pixel is known."""
    camera, window = LENSES[lens], crop_window(320, 240)
    y, x = np.mgrid[:240, :320].reshape(2, -1).astype(float)
    directions = rays(undistorted(camera, np.stack([x, y], axis=1)))
    R = draw_rotation(np.random.default_rng(seed), LIMITS)
    R = within_picture(R, camera, window)

    def seen(f: np.ndarray) -> np.ndarray:
        waves = 127.0 + 120.0 * np.sin(9.0 * f + (0.3, 1.1, 2.0))
        return np.round(waves).astype(np.uint8).reshape(240, 320, 3)

    turned = rotate_view(seen(directions), camera, R, window)
    expected = cut(seen(directions @ R.T), window)
    assert np.abs(turned.astype(int) - expected).max() <= 3


@given(seed=seeds)
def test_labels_are_exact(seed):
    """What the turned camera sees in a direction, the old one sees in the turned direction."""
    rng = np.random.default_rng(seed)
    T_map_camera, R = random_pose(rng), draw_rotation(rng, LIMITS)
    T_map_new = turned_pose(T_map_camera, R)
    np.testing.assert_array_equal(T_map_new[:3, 3], T_map_camera[:3, 3])
    p_map = np.append(rng.uniform(-3.0, 3.0, 3), 1.0)
    p_camera, p_new = (np.linalg.solve(T, p_map)[:3] for T in (T_map_camera, T_map_new))
    np.testing.assert_allclose(R @ p_new, p_camera, atol=1e-12)
    np.testing.assert_allclose(T_map_new[:3, :3] @ T_map_new[:3, :3].T, np.eye(3), atol=1e-12)


@given(seed=seeds, lens=st.sampled_from(sorted(LENSES)))
@settings(max_examples=40, deadline=None)
def test_turns_stay_within_the_limits_and_the_picture(seed, lens):
    camera, window = LENSES[lens], crop_window(320, 240)
    drawn = draw_rotation(np.random.default_rng(seed), LIMITS)
    pitch, yaw, roll = np.degrees(Rotation.from_matrix(drawn).as_rotvec())
    assert abs(yaw) <= LIMITS.yaw_deg
    assert abs(pitch) <= LIMITS.pitch_deg
    assert abs(roll) <= LIMITS.roll_deg
    kept = within_picture(drawn, camera, window)
    steps = window.x0 + np.arange(window.side), window.y0 + np.arange(window.side)
    first = (window.x0, window.y0)
    last = (window.x0 + window.side - 1, window.y0 + window.side - 1)
    border = [(x, y) for x in steps[0] for y in (first[1], last[1])]
    border += [(x, y) for y in steps[1] for x in (first[0], last[0])]
    pixels = projected(camera, rays(undistorted(camera, np.array(border, float))) @ kept.T)
    # With distortion the borders bend between the points that are looked at.
    assert np.all(pixels > -0.5)
    assert np.all(pixels < (319.5, 239.5))
    angles = [Rotation.from_matrix(R).magnitude() for R in (kept, drawn)]
    assert angles[0] <= angles[1] + 1e-9


def test_turns_that_fit_are_kept_and_a_full_window_cannot_turn():
    small = Rotation.from_rotvec([0.01, 0.02, -0.01]).as_matrix()
    np.testing.assert_array_equal(within_picture(small, CAMERA, WINDOW), small)
    square = Camera(240, 240, 260.0, 260.0, 119.5, 119.5)
    kept = within_picture(small, square, CropWindow(0, 0, 240))
    np.testing.assert_allclose(kept, np.eye(3), atol=1e-12)


@pytest.mark.parametrize('lens', LENSES)
def test_crop_rotation_turns_from_the_centred_window_to_the_moved_one(lens):
    camera = LENSES[lens]
    centred = crop_window(320, 240)
    np.testing.assert_allclose(crop_rotation(centred, camera), np.eye(3), atol=1e-12)
    moved = replace(centred, x0=centred.x0 - 9, y0=centred.y0 + 5)
    R = crop_rotation(moved, camera)
    centres = np.array(
        [(w.x0 + (w.side - 1) / 2, w.y0 + (w.side - 1) / 2) for w in (centred, moved)]
    )
    ahead, there = rays(undistorted(camera, centres))
    np.testing.assert_allclose(R @ ahead, there, atol=1e-12)
    # The shortest turn: about an axis across the line of sight.
    assert abs(Rotation.from_matrix(R).as_rotvec() @ ahead) < 1e-12


def test_an_unknown_lens_is_refused_in_one_sentence():
    camera = replace(PINHOLE, distortion_model='thin_prism', distortion=(0.1, 0.0, 0.0, 0.0))
    rgb = picture(np.random.default_rng(0), 320, 240)
    with pytest.raises(SceneError, match="distortion model 'thin_prism'"):
        rotate_view(rgb, camera, np.eye(3), crop_window(320, 240))
