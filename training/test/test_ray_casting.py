# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rays end where surfaces are, and only at their fronts."""

import numpy as np
import pytest

from posenet_ros.geometry import inverse
from posenet_ros.preprocess import crop_window
from posenet_training.coordinates.cells import cell_rays
from simulation.camera import CAMERA, project
from simulation.light import Light
from simulation.ray_casting import RayCaster
from simulation.renderer import Renderer
from simulation.room import Room
from simulation.sampling import random_view
from simulation.surfaces import Quad
from simulation.texture import TextureSpec

PLAIN = TextureSpec('plain', 1, 2.0, 2.0)


def wall(corner, right, up) -> Quad:
    return Quad('wall', corner, right, up, PLAIN)


# Two square metres on x = 2 and on x = 3; both look towards smaller x.
NEAR = wall((2.0, 1.0, -1.0), (0.0, -2.0, 0.0), (0.0, 0.0, 2.0))
FAR = wall((3.0, 1.0, -1.0), (0.0, -2.0, 0.0), (0.0, 0.0, 2.0))


@pytest.mark.parametrize(
    ('direction', 'distance'),
    [
        ((1.0, 0.0, 0.0), 2.0),
        ((0.5, 0.0, 0.0), 4.0),
        ((1.0, 0.49, -0.49), 2.0),
        ((1.0, 0.51, 0.0), np.inf),
        ((1.0, 0.0, 0.51), np.inf),
        ((-1.0, 0.0, 0.0), np.inf),
    ],
)
def test_a_ray_goes_to_the_nearest_front(direction, distance):
    rays = RayCaster([FAR, NEAR])
    found = rays.distances(np.zeros(3), np.array([direction, (0.0, 1.0, 0.0)]))
    np.testing.assert_allclose(found, [distance, np.inf])


def test_a_back_stops_nothing():
    rays = RayCaster([FAR, NEAR])
    start = np.array([2.5, 0.0, 0.0])
    np.testing.assert_allclose(rays.distances(start, np.array([[1.0, 0.0, 0.0]])), 0.5)
    np.testing.assert_allclose(rays.distances(start, np.array([[-1.0, 0.0, 0.0]])), np.inf)


def test_points_look_the_same_in_another_picture():
    """A point's colour, from both sides of a step aside, where nothing hides it."""
    room = Room.from_seed(3)
    caster = RayCaster(room.quads)
    directions = cell_rays(CAMERA, crop_window(CAMERA.width, CAMERA.height), 14)
    rng = np.random.default_rng(1)
    alike, elsewhere = [], []
    with Renderer(room) as renderer:
        for _ in range(4):
            T_map_camera, _ = random_view(room, rng)
            in_map = directions @ T_map_camera[:3, :3].T
            away = caster.distances(T_map_camera[:3, 3], in_map)
            assert np.isfinite(away).all(), 'a room is closed'
            points = T_map_camera[:3, 3] + away[:, None] * in_map
            aside = T_map_camera.copy()
            aside[:3, 3] += 0.1 * T_map_camera[:3, 0]
            pictures = [renderer.render(T, Light(noise=0.0)) for T in (T_map_camera, aside)]
            shown = seen_from(caster, aside, points)
            colours = [
                at(picture, T, points[shown])
                for picture, T in zip(pictures, (T_map_camera, aside), strict=True)
            ]
            alike.append(np.abs(colours[0] - colours[1]))
            elsewhere.append(np.abs(colours[0] - np.roll(colours[1], 1, axis=0)))
    assert len(np.concatenate(alike)) > 4 * 100
    assert np.median(np.concatenate(alike)) < 0.3 * np.median(np.concatenate(elsewhere))


def seen_from(caster: RayCaster, T_map_camera: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points nothing hides from a camera, and whose pixels are in its picture."""
    away = caster.distances(T_map_camera[:3, 3], points - T_map_camera[:3, 3])
    p_camera = in_camera(T_map_camera, points)
    pixels = project(CAMERA, np.where(p_camera[:, 2:] > 0.1, p_camera, (1e6, 0.0, 0.1)))
    inside = np.all((pixels > 1.0) & (pixels < (CAMERA.width - 2, CAMERA.height - 2)), axis=1)
    return inside & (np.abs(away - 1.0) < 0.02)


def in_camera(T_map_camera: np.ndarray, points: np.ndarray) -> np.ndarray:
    T_camera_map = inverse(T_map_camera)
    return points @ T_camera_map[:3, :3].T + T_camera_map[:3, 3]


def at(picture: np.ndarray, T_map_camera: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Colours [N, 3] of points, the mean of the 3 x 3 pixels there."""
    u, v = project(CAMERA, in_camera(T_map_camera, points)).round().astype(int).T
    patches = [picture[v + dv, u + du].astype(float) for dv in (-1, 0, 1) for du in (-1, 0, 1)]
    return np.mean(patches, axis=0)
