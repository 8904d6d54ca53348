# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rooms by their names: such as look the same from two sides, and such as look like another."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip('panda3d', reason='the simulated world needs panda3d')

from simulation.light import random_light
from simulation.renderer import Renderer
from simulation.room import LEAST_FREE_FLOOR, Room
from simulation.rooms import RoomName
from simulation.sampling import random_view
from simulation.symmetric import POSTER_SIZES, turned

# About the vertical through the centre of the room.
T_TURN = np.diag([-1.0, -1.0, 1.0, 1.0])


def room_named(text: str) -> Room:
    return RoomName.parse(text).room()


def poster_of(room: Room):
    return next(quad for quad in room.quads if quad.name.endswith('/unique_poster'))


def before(point: np.ndarray, normal: np.ndarray, metres: float) -> np.ndarray:
    """T_map_camera [4, 4] of a level camera that looks at a point of a wall."""
    T_map_camera = np.eye(4)
    down = np.array([0.0, 0.0, -1.0])
    T_map_camera[:3, :3] = np.column_stack([np.cross(down, -normal), down, -normal])
    T_map_camera[:3, 3] = point + metres * normal
    return T_map_camera


def test_a_symmetric_room_looks_the_same_from_a_pose_and_from_its_twin():
    room, rng = room_named('symmetric:3'), np.random.default_rng(0)
    with Renderer(room) as renderer:
        for _ in range(12):
            T_map_camera, light = random_view(room, rng)
            here = renderer.render(T_map_camera, light).astype(int)
            there = renderer.render(T_TURN @ T_map_camera, light).astype(int)
            assert np.abs(here - there).max() <= 1
            assert here.std() > 15.0, 'there is something to see'


def test_the_turned_copy_of_a_symmetric_room_is_the_room_itself():
    room = room_named('symmetric:3')
    places = {(quad.corner, quad.right, quad.texture) for quad in room.quads}
    twins = {(t.corner, t.right, t.texture) for t in map(turned, room.quads)}
    assert len(places & twins) == len(places) - 2, 'all but the strips over the seams'
    twin_of = T_TURN[:2, :2]
    points = np.random.default_rng(0).uniform((-4, -3), (4, 3), (500, 2))
    np.testing.assert_allclose(room.clearance(points), room.clearance(points @ twin_of))
    assert room.free_area() >= LEAST_FREE_FLOOR


def test_the_poster_room_is_the_symmetric_room_with_one_poster():
    plain, room = room_named('symmetric:3'), room_named('symmetric-poster:3')
    poster = poster_of(room)
    assert set(room.quads) - set(plain.quads) == {poster}
    assert room.furniture == plain.furniture
    assert np.linalg.norm(poster.right) == pytest.approx(POSTER_SIZES[0][0])


def test_the_poster_tells_a_pose_from_its_twin():
    room = room_named('symmetric-poster:3')
    poster = poster_of(room)
    centre = np.asarray(poster.corner) + 0.5 * np.add(poster.right, poster.up)
    T_map_camera = before(centre, poster.normal, 2.0)
    light = random_light(np.random.default_rng(0))
    with Renderer(room) as renderer:
        here = renderer.render(T_map_camera, light).astype(int)
        there = renderer.render(T_TURN @ T_map_camera, light).astype(int)
    assert np.abs(here - there).mean() > 5.0


@pytest.mark.parametrize('seed', range(3))
def test_a_rearranged_room_has_the_demo_rooms_textures_elsewhere(seed):
    demo, room = room_named('room:11'), room_named(f'rearranged:{seed}')
    old, new = ({quad.texture for quad in each.quads} for each in (demo, room))
    assert new <= old
    assert len(new) > 0.75 * len(old)
    assert Counter(p.name for p in room.furniture) <= Counter(p.name for p in demo.furniture)
    assert room.free_area() >= LEAST_FREE_FLOOR
    stand, stood = ({(q.corner, q.texture) for q in each.quads} for each in (room, demo))
    unmoved = {texture.pattern for _, texture in stand & stood}
    assert unmoved <= WALL_PATTERNS, 'two walls alone stay'
    for piece in room.furniture:
        corners = piece.footprint.corners()
        assert np.all(np.abs(corners) < np.array([4.02, 3.02]))
        for other in room.furniture:
            if other is not piece:
                assert other.footprint.distance(corners).min() > 0.0


WALL_PATTERNS = {'bricks', 'mural', 'stripes', 'panels', 'door', 'window'}


def test_a_name_stands_for_one_room():
    for kind in ('symmetric', 'rearranged'):
        assert room_named(f'{kind}:2') == room_named(f'{kind}:2')
        assert room_named(f'{kind}:2').quads != room_named(f'{kind}:1').quads
    assert room_named('room:2') == Room.from_seed(2)
    assert RoomName.parse('symmetric-poster:3').title == 'symmetric room 3 with a poster'


@pytest.mark.parametrize('text', ['room', 'room:', 'room:-1', 'room:x', 'Room:3', 'kitchen', ':3'])
def test_what_names_no_room_is_said(text):
    assert not RoomName.is_one(text)
    with pytest.raises(ValueError, match=f"'{text}' is no simulated room: write room:SEED"):
        RoomName.parse(text)
