# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cells look where they look, and the points that they learn are those which they show."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from check_samples import CAMERA
from depth_samples import depth_from, drive_with_depth
from PIL import Image
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import inverse
from posenet_ros.preprocess import INPUT_SIZE, CropWindow, crop_window
from posenet_ros.scene import Scene
from posenet_training.coordinates.cells import cell_rays, points_along
from posenet_training.data.depth import read_depth
from posenet_training.data.picture_cells import PictureCellViews
from posenet_training.recipe import Coordinates
from posenet_training.trunks import make_trunk
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.room import Room

ACROSS = 14
OPTIONS = Coordinates(looks=12, light=0.0)


@pytest.fixture(scope='module')
def scene(tmp_path_factory) -> Scene:
    """Four pictures of a simulated room with depth."""
    return drive_with_depth(tmp_path_factory.mktemp('cells') / 's', count=40, every=10)


def test_the_rays_of_cells_are_those_of_the_pixels_in_their_middle():
    window = CropWindow(40, 20, 210)
    across = ACROSS * 2  # Cells of 7.5 source pixels.
    directions = cell_rays(CAMERA, window, across).reshape(across, across, 3)
    x = CAMERA.fx * directions[..., 0] / directions[..., 2] + CAMERA.cx
    y = CAMERA.fy * directions[..., 1] / directions[..., 2] + CAMERA.cy
    np.testing.assert_allclose(x[5, 3], 40 + 3.5 * 7.5 - 0.5, atol=1e-6)
    np.testing.assert_allclose(y[5, 3], 20 + 5.5 * 7.5 - 0.5, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1.0)


def test_a_point_stands_at_its_depth_before_its_pixel():
    depth = np.full((60, 80), 2.5)
    depth[:30] = 0.0
    directions = cell_rays(CAMERA, crop_window(320, 240), ACROSS)
    T_map_camera = np.eye(4)
    T_map_camera[:3, :3] = Rotation.from_euler('xyz', [20.0, 50.0, 80.0], degrees=True).as_matrix()
    T_map_camera[:3, 3] = 1.0, -2.0, 0.5
    p_map, known = points_along(directions, depth, CAMERA, T_map_camera)
    assert known.reshape(ACROSS, ACROSS)[7:].all()
    assert not known.reshape(ACROSS, ACROSS)[:6].any()
    T_camera_map = inverse(T_map_camera)
    p_camera = p_map[known] @ T_camera_map[:3, :3].T + T_camera_map[:3, 3]
    np.testing.assert_allclose(p_camera[:, 2], 2.5)
    np.testing.assert_allclose(p_camera / 2.5, (directions / directions[:, 2:])[known], atol=1e-9)


def test_what_looks_past_the_picture_or_backwards_shows_no_point():
    depth = np.full((60, 80), 2.5)
    directions = cell_rays(CAMERA, crop_window(320, 240), ACROSS)
    for degrees in (90.0, 180.0):
        turned = directions @ Rotation.from_euler('y', degrees, degrees=True).as_matrix().T
        assert not points_along(turned, depth, CAMERA, np.eye(4))[1].any()


def test_a_lens_that_folds_back_shows_nothing_beyond_its_rim():
    """Rays farther out than the polynomial reaches fall on pixels of other rays."""
    lens = replace(
        CAMERA, fx=190.0, fy=190.0, distortion_model='plumb_bob', distortion=(-0.3, 0.0, 0.0, 0.0)
    )
    degrees = np.arange(0.0, 80.0, 2.0)
    directions = np.column_stack(
        [np.sin(np.radians(degrees)), np.zeros(len(degrees)), np.cos(np.radians(degrees))]
    )
    depth = np.full((60, 80), 2.0)
    p_map, known = points_along(directions, depth, lens, np.eye(4))
    # r - 0.3 r^3 grows up to r = 1.054, 46.5 degrees.
    assert known[degrees < 38.0].all()
    assert not known[degrees > 47.0].any()
    np.testing.assert_allclose(p_map[known, 2], 2.0)


def test_what_a_sensor_did_not_measure_is_nothing(scene, tmp_path):
    (tmp_path / 'depth').mkdir()
    steps = np.array([[0, 1500], [65535, 65534]], np.uint16)
    Image.fromarray(steps).save(tmp_path / 'depth' / 'one.png')
    picture = replace(scene.pictures[0], depth='depth/one.png')
    found = read_depth(replace(scene, root=tmp_path), picture)
    np.testing.assert_allclose(found, [[0.0, 1.5], [0.0, 65.534]])


def test_the_first_looks_are_the_robots_own(scene):
    views = PictureCellViews(scene, scene.pictures, OPTIONS, ACROSS, seed=1)
    assert len(views) == 12
    for row, picture in enumerate(scene.pictures):
        directions = cell_rays(CAMERA, crop_window(CAMERA.width, CAMERA.height), ACROSS)
        depth = depth_from(picture.T_map_camera) * 1e-3
        expected = points_along(directions, depth, CAMERA, picture.T_map_camera)[0]
        np.testing.assert_allclose(views[row].points, expected, atol=1e-6)


def test_the_points_of_turned_and_zoomed_looks_are_what_a_new_drawing_shows(scene):
    """The look's own pixels, drawn anew from a camera that stands as it says, are the same."""
    views = PictureCellViews(scene, scene.pictures, OPTIONS, ACROSS, seed=1)
    with Renderer(Room.from_seed(11), CAMERA) as renderer:
        drawn = [renderer.render(p.T_map_camera, Light(1.0)) for p in scene.pictures]
    for number in range(4, 12):
        picture = scene.pictures[number % 4]
        view = views[number]
        assert view.known.any()
        # All points must lie before the picture's own camera where its depth says.
        T_camera_map = inverse(picture.T_map_camera)
        p_camera = view.points[view.known] @ T_camera_map[:3, :3].T + T_camera_map[:3, 3]
        x = CAMERA.fx * p_camera[:, 0] / p_camera[:, 2] + CAMERA.cx
        y = CAMERA.fy * p_camera[:, 1] / p_camera[:, 2] + CAMERA.cy
        assert ((x > -0.5) & (x < 319.5) & (y > -0.5) & (y < 239.5)).all()
        colours = drawn[number % 4][np.round(y).astype(int), np.round(x).astype(int)].astype(float)
        cell = INPUT_SIZE // ACROSS
        middles = view.image[cell // 2 :: cell, cell // 2 :: cell].reshape(-1, 3)[view.known]
        apart = np.abs(_brightness(colours) - _brightness(middles))
        shuffled = np.abs(_brightness(colours) - _brightness(np.roll(middles, 31, axis=0)))
        assert np.median(apart) < 12.0
        assert np.median(apart) < 0.6 * np.median(shuffled)


def _brightness(rgb: np.ndarray) -> np.ndarray:
    values = rgb.astype(float).mean(axis=1)
    return (values - values.mean()) / values.std() * 40.0


def test_more_pictures_than_looks_are_seen_from_all_over(scene):
    views = PictureCellViews(scene, scene.pictures, replace(OPTIONS, looks=2), ACROSS, seed=1)
    assert len(views) == 2
    assert [scene.pictures.index(picture) for picture in views.pictures] == [1, 3]


@pytest.mark.parametrize('name', ['efficientnet_lite0', 'googlenet'])
def test_a_trunk_says_the_same_beside_its_cells(name):
    trunk = make_trunk(name).eval()
    pictures = torch.rand(2, 3, 224, 224)
    with torch.no_grad():
        maps, cells = trunk.cells(pictures)
        torch.testing.assert_close(maps, trunk(pictures)[0])
    assert cells.shape == (2, trunk.cell_channels, ACROSS, ACROSS)


def test_some_trunks_have_no_cells():
    assert make_trunk('mobilenet_v3_small').cell_channels == 0
