# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rendered pictures: exact geometry, repeatable, one engine a process."""

from __future__ import annotations

import functools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

pytest.importorskip('panda3d', reason='the simulated world needs panda3d')

from posenet_ros.model_spec import Camera
from simulation.camera import BLACK_LEVEL, CAMERA, project
from simulation.light import Light, random_light
from simulation.renderer import Renderer
from simulation.rig import Mast, T_base_camera, T_map_base
from simulation.room import Room
from simulation.sampling import random_view
from simulation.surfaces import Quad
from simulation.texture import TextureSpec

QUIET = Light(noise=0.0)
WHITE = TextureSpec('lamp', 0, 0.1, 0.1, (1.0, 1.0, 1.0))


@functools.cache
def demo_renderer() -> Renderer:
    """One for several tests: setting up takes seconds."""
    return Renderer(Room.from_seed())


def tile(centre: np.ndarray, facing: np.ndarray, size: float) -> Quad:
    """A luminous square that looks along -`facing` (horizontal)."""
    right = np.array([facing[1], -facing[0], 0.0]) * size
    up = np.array([0.0, 0.0, size])
    corner = centre - right / 2 - up / 2
    return Quad('tile', tuple(corner), tuple(right), tuple(up), WHITE, luminous=True)


def corners(quad: Quad) -> np.ndarray:
    c, r, u = (np.asarray(v) for v in (quad.corner, quad.right, quad.up))
    return np.stack([c, c + r, c + r + u, c + u])


def centroid_of(polygon: np.ndarray) -> np.ndarray:
    x, y = polygon.T
    x1, y1 = np.roll(polygon, -1, axis=0).T
    cross = x * y1 - x1 * y
    return np.array([((x + x1) * cross).sum(), ((y + y1) * cross).sum()]) / (3 * cross.sum())


POSES = [
    (0.0, 0.0, 0.0, Mast()),
    (0.3, -0.2, 0.4, Mast(1.1, 0.12, 0.08)),
    (-1.0, 0.5, -0.3, Mast(0.9, -0.13, -0.08)),
    (0.2, 0.9, -0.5, Mast(1.0, 0.05, 0.5)),
    (0.5, 0.1, 2.9, Mast(1.0, -0.1, 0.0)),
]


@pytest.mark.parametrize('camera', [CAMERA, Camera(400, 300, 250.0, 280.0, 180.5, 160.25)])
@pytest.mark.parametrize('pose', POSES)
def test_known_points_are_drawn_where_the_pinhole_camera_sees_them(pose, camera):
    x, y, yaw, mast = pose
    T_map_camera = T_map_base(x, y, yaw) @ T_base_camera(mast)
    facing = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    left = np.array([-facing[1], facing[0], 0.0])
    T_camera_map = np.linalg.inv(T_map_camera)
    errors, corner_errors = [], []
    for ahead, aside, height in [
        (2.0, 0.5, 1.3),
        (2.5, -0.9, 0.7),
        (1.2, 0.0, 1.0),
        (0.6, 0.2, 1.1),
    ]:
        centre = np.array([x, y, 0.0]) + ahead * facing + aside * left + [0, 0, height]
        quad = tile(centre, facing, 0.05 * ahead)
        with Renderer(Room(0, (quad,), ()), camera) as renderer:
            picture = renderer.render(T_map_camera, QUIET)
        p_camera = corners(quad) @ T_camera_map[:3, :3].T + T_camera_map[:3, 3]
        polygon = project(camera, p_camera)
        v, u = np.nonzero(picture.max(axis=-1) > BLACK_LEVEL + 50)
        assert len(u) > 50
        errors.append(np.array([u.mean(), v.mean()]) - centroid_of(polygon))
        pixels = np.stack([u, v], axis=-1)
        middle = polygon.mean(axis=0)
        for corner in polygon:
            # The drawn pixel farthest towards a corner is that corner's pixel.
            outward = (corner - middle) / np.linalg.norm(corner - middle)
            corner_errors.append((pixels @ outward).max() - corner @ outward)
    assert np.abs(errors).max() < 0.75
    assert np.abs(np.mean(errors, axis=0)).max() < 0.3
    assert np.abs(corner_errors).max() < 1.2


def test_a_tile_behind_the_camera_is_not_drawn_and_one_across_it_is_clipped():
    ahead = np.array([1.0, 0.0, 0.0])
    behind = tile(np.array([-1.0, 0.0, 1.0]), -ahead, 0.5)
    T_map_camera = T_map_base(0.0, 0.0, 0.0) @ T_base_camera(Mast())
    with Renderer(Room(0, (behind,), ())) as renderer:
        assert renderer.render(T_map_camera, QUIET).max() == BLACK_LEVEL
    floor = Quad('floor', (-4, -3, 0), (8, 0, 0), (0, 6, 0), WHITE, luminous=True)
    with Renderer(Room(0, (floor,), ())) as renderer:
        lit = renderer.render(T_map_camera, QUIET).max(axis=-1) > BLACK_LEVEL
    # A level camera sees the floor below the horizon's row and nothing above it.
    assert not lit[:240].any()
    assert lit[350:].all()


def test_the_same_view_gives_the_same_picture():
    room = Room.from_seed()
    rng = np.random.default_rng(0)
    views = [random_view(room, rng) for _ in range(3)]
    first = [demo_renderer().render(*view) for view in views]
    with Renderer(room) as other:
        second = [other.render(*view) for view in reversed(views)][::-1]
    for a, b in zip(first, second, strict=True):
        assert a.shape == (480, 640, 3)
        assert a.dtype == np.uint8
        np.testing.assert_array_equal(a, b)
        assert a.std() > 15.0


def test_other_rooms_look_different():
    T_map_camera = T_map_base(0.0, 0.0, 0.5) @ T_base_camera(Mast())
    demo = demo_renderer().render(T_map_camera, QUIET).astype(float)
    with Renderer(Room.from_seed(1)) as renderer:
        other = renderer.render(T_map_camera, QUIET).astype(float)
    assert np.abs(demo - other).mean() > 25.0


def test_light_exposure_and_noise_change_the_picture():
    T_map_camera = T_map_base(0.0, 0.0, 1.0) @ T_base_camera(Mast())
    renderer = demo_renderer()

    def draw(**changes: float) -> np.ndarray:
        return renderer.render(T_map_camera, Light(**{'noise': 0.0, **changes})).astype(float)

    usual = draw()
    assert draw(exposure=0.7).mean() < 0.9 * usual.mean()
    warm, cold = draw(colour_temperature_k=4000.0), draw(colour_temperature_k=8000.0)
    assert warm[..., 0].mean() / warm[..., 2].mean() > cold[..., 0].mean() / cold[..., 2].mean()
    for lamp in ('ceiling', 'floor_lamp', 'daylight'):
        assert draw(**{lamp: 1.0}).mean() > draw(**{lamp: 0.0}).mean() + 1.0
    noisy = draw(noise=3.0, noise_seed=5)
    assert 2.5 < (noisy - usual).std() < 3.5
    assert abs((noisy - usual).mean()) < 0.1
    assert not np.array_equal(noisy, draw(noise=3.0, noise_seed=6))


@pytest.mark.parametrize('method', ['fork', 'spawn'])
def test_worker_processes_draw_the_same_pictures(method):
    T_map_camera = T_map_base(0.5, 0.0, 2.0) @ T_base_camera(Mast())
    here = demo_renderer().render(T_map_camera, QUIET)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        there = pool.submit(demo_renderer().render, T_map_camera, QUIET).result()
    np.testing.assert_array_equal(here, there)


def test_a_pose_that_is_no_rigid_transform_is_refused():
    renderer = demo_renderer()
    for bad in (np.eye(3), np.diag([1.0, 1.0, -1.0, 1.0]), np.full((4, 4), np.nan)):
        with pytest.raises(ValueError, match='no rigid transform'):
            renderer.render(bad, QUIET)


def test_a_light_of_negative_strength_is_refused():
    with pytest.raises(ValueError, match='ceiling of the light is -1'):
        Light(ceiling=-1.0)
    assert random_light(np.random.default_rng(1)) == random_light(np.random.default_rng(1))
