# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The room, its free floor, the camera's mast, and views drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.light import CEILING, EXPOSURE
from simulation.occupancy import largest_region
from simulation.rig import (
    HEIGHT,
    ROLL,
    T_CAMERA_LINK_OPTICAL,
    TILT,
    Mast,
    T_base_camera,
    T_base_camera_link,
    random_mast,
)
from simulation.room import DRIVE_CLEARANCE, LEAST_FREE_FLOOR, ROBOT_RADIUS, Room
from simulation.sampling import random_pose, random_view
from simulation.texture import TextureSpec, paint


def test_the_same_seed_gives_the_same_room_and_another_seed_another():
    assert Room.from_seed(5) == Room.from_seed(5)
    assert Room.from_seed(5).furniture != Room.from_seed(6).furniture


@pytest.mark.parametrize('seed', range(6))
def test_every_room_is_furnished_and_leaves_floor_to_drive(seed):
    room = Room.from_seed(seed)
    assert len(room.furniture) >= 10
    assert sum('picture' in quad.name for quad in room.quads) >= 8
    assert sum('window' in quad.name for quad in room.quads) == 2
    assert room.free_area() >= LEAST_FREE_FLOOR
    walls = [quad.texture.pattern for quad in room.quads if quad.name.endswith('/wall')]
    assert len(set(walls)) == 4


def test_furniture_stays_inside_the_room_and_apart():
    room = Room.from_seed()
    half = np.array([room.length_x, room.length_y]) / 2
    for piece in room.furniture:
        corners = piece.footprint.corners()
        assert np.all(np.abs(corners) < half + 0.02)
        for other in room.furniture:
            if other is not piece:
                assert other.footprint.distance(corners).min() > 0.0
        for box in piece.boxes:
            for quad in box.quads():
                points = np.asarray(quad.corner)[:2] + np.outer((0, 1), quad.right[:2])
                assert piece.footprint.distance(points).max() < 1e-6


def test_box_faces_look_outwards():
    for piece in Room.from_seed().furniture:
        for box in piece.boxes:
            for quad in box.quads():
                middle = np.asarray(quad.corner) + 0.5 * np.add(quad.right, quad.up)
                assert (middle - box.centre) @ quad.normal > 0.0


def test_walls_floor_and_ceiling_look_into_the_room():
    for quad in Room.from_seed().quads:
        if quad.name.split('/')[0] in ('north', 'east', 'south', 'west', 'floor', 'ceiling'):
            middle = np.asarray(quad.corner) + 0.5 * np.add(quad.right, quad.up)
            assert (np.array([0.0, 0.0, 1.3]) - middle) @ quad.normal > 0.0


def test_clearance_is_the_distance_to_walls_and_furniture():
    bare = Room(0, (), ())
    np.testing.assert_allclose(bare.clearance([[0.0, 0.0], [3.5, 1.0], [0.0, -4.0]]), [3, 0.5, -1])
    room = Room.from_seed()
    centres = np.array([piece.footprint.centre for piece in room.furniture])
    assert np.all(room.clearance(centres) < 0.0)
    points = np.random.default_rng(0).uniform((-3.9, -2.9), (3.9, 2.9), (200, 2))
    one_by_one = np.min([p.footprint.distance(points) for p in room.furniture], axis=0)
    to_walls = np.minimum(4.0 - np.abs(points[:, 0]), 3.0 - np.abs(points[:, 1]))
    np.testing.assert_allclose(room.clearance(points), np.minimum(one_by_one, to_walls))


def test_random_poses_are_clear_connected_and_reach_the_whole_floor():
    room = Room.from_seed()
    rng = np.random.default_rng(0)
    poses = np.array([random_pose(room, rng) for _ in range(2000)])
    assert room.clearance(poses[:, :2]).min() >= DRIVE_CLEARANCE > ROBOT_RADIUS
    cells = room.free_floor.cell(poses[:, :2])
    assert not room.free_floor.occupied[cells[:, 0], cells[:, 1]].any()
    assert poses[:, 0].max() - poses[:, 0].min() > 5.0
    assert poses[:, 1].max() - poses[:, 1].min() > 3.0
    headings, _ = np.histogram(poses[:, 2], 12, (-np.pi, np.pi))
    assert headings.min() > 100


def test_occupancy_grid_has_walls_outside_and_furniture_inside():
    room = Room.from_seed()
    grid = room.occupancy()
    assert grid.occupied[0].all()
    assert grid.occupied[:, -1].all()
    piece = room.furniture[0]
    row, column = grid.cell(np.array([piece.footprint.centre]))[0]
    assert grid.occupied[row, column]
    assert set(np.unique(grid.message_data())) == {0, 100}
    free = grid.centres()[~grid.occupied.ravel()]
    assert np.all(room.clearance(free) > 0.0)


def test_only_the_largest_region_stays_free():
    grid = Room(0, (), ()).occupancy()
    occupied = grid.occupied.copy()
    occupied[:, 40] = True
    kept = largest_region(grid.filled(occupied))
    assert kept.occupied[:, :40].all()
    assert not kept.occupied[1:-1, 41:-1].any()


def test_the_optical_frame_looks_ahead_with_x_right_and_y_down():
    np.testing.assert_array_equal(T_CAMERA_LINK_OPTICAL[:3, :3] @ [0, 0, 1], [1, 0, 0])
    np.testing.assert_array_equal(T_CAMERA_LINK_OPTICAL[:3, :3] @ [1, 0, 0], [0, -1, 0])
    np.testing.assert_array_equal(T_CAMERA_LINK_OPTICAL[:3, :3] @ [0, 1, 0], [0, 0, -1])


def test_positive_tilt_looks_down_and_positive_roll_tips_to_the_right():
    ahead = T_base_camera(Mast(tilt=0.1))[:3, :3] @ [0, 0, 1]
    assert ahead[2] == pytest.approx(-np.sin(0.1))
    left = T_base_camera_link(Mast(roll=0.1))[:3, :3] @ [0, 1, 0]
    assert left[2] == pytest.approx(np.sin(0.1))
    assert T_base_camera(Mast(height=1.1))[2, 3] == pytest.approx(1.1)


def test_random_views_use_the_full_ranges():
    rng = np.random.default_rng(0)
    masts = [random_mast(rng) for _ in range(500)]
    for values, (low, high) in (
        ([m.height for m in masts], HEIGHT),
        ([m.tilt for m in masts], TILT),
        ([m.roll for m in masts], ROLL),
    ):
        assert low <= min(values) < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < max(values) <= high
    room = Room.from_seed()
    views = [random_view(room, rng) for _ in range(100)]
    assert all(HEIGHT[0] <= T[2, 3] <= HEIGHT[1] for T, _ in views)
    assert all(EXPOSURE[0] <= light.exposure <= EXPOSURE[1] for _, light in views)
    assert all(CEILING[0] <= light.ceiling <= CEILING[1] for _, light in views)
    again = random_view(room, np.random.default_rng(9))
    np.testing.assert_array_equal(again[0], random_view(room, np.random.default_rng(9))[0])


def test_textures_repeat_by_seed_and_have_sides_of_powers_of_two():
    spec = TextureSpec('mural', 3, 2.0, 1.0)
    picture = paint(spec)
    np.testing.assert_array_equal(picture, paint(spec))
    assert picture.shape == (128, 256, 3)
    assert np.abs(picture.astype(int) - paint(TextureSpec('mural', 4, 2.0, 1.0))).mean() > 5
    with pytest.raises(ValueError, match="unknown texture pattern 'marble'"):
        TextureSpec('marble', 0, 1.0, 1.0)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match='seed of a room is -1'):
        Room.from_seed(-1)
