# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rooms joined to a floor keep their pictures, poses and depths, each in its place."""

from dataclasses import replace

import numpy as np
import pytest
from depth_samples import drive_with_depth

from benchmarks.area.floors import floor_area, floor_scene
from benchmarks.area.report import SHOWN, Floor, draw, figures_of, table
from posenet_ros.scene import Scene, read_rgb
from posenet_training.data.picture_cells import PictureCellViews
from posenet_training.data.pictures import PictureSource
from posenet_training.recipe import Coordinates


@pytest.fixture(scope='module')
def rooms(tmp_path_factory) -> list[Scene]:
    """Three rooms that are the same: two drives of four pictures each."""
    room = drive_with_depth(tmp_path_factory.mktemp('room') / 's', count=40, every=5)
    pictures = tuple(
        replace(picture, sequence=f'drive-{row // 4}') for row, picture in enumerate(room.pictures)
    )
    return [replace(room, name=f'room-{n}', pictures=pictures) for n in range(3)]


@pytest.fixture(scope='module')
def floor(rooms, tmp_path_factory) -> Scene:
    return floor_scene(rooms, tmp_path_factory.mktemp('floor') / 'f')


def test_every_room_trains_and_judges(floor):
    assert len(floor.split('train')) == 3 * 4
    assert len(floor.split('validation')) == 3 * 4
    source = PictureSource(floor)
    assert source.has_points
    assert source.camera is not None


def test_rooms_lie_beside_each_other_and_nothing_else_changed(rooms, floor):
    corners = [(0.0, 0.0), (8.2, 0.0), (0.0, 6.2)]
    for number, (room, corner) in enumerate(zip(rooms, corners, strict=True)):
        own = [p for p in floor.pictures if p.sequence.startswith(f'room-{number}-')]
        assert len(own) == len(room.pictures)
        for placed, picture in zip(own, room.pictures, strict=True):
            moved = placed.T_map_camera - picture.T_map_camera
            np.testing.assert_allclose(moved[:2, 3], corner, atol=1e-9)
            moved[:2, 3] = 0.0
            np.testing.assert_allclose(moved, 0.0, atol=1e-9)
            assert (read_rgb(floor.path(placed)) == read_rgb(room.path(picture))).all()


def test_the_points_of_a_rooms_pictures_move_with_it(rooms, floor):
    options = Coordinates(looks=12)
    here = PictureCellViews(floor, floor.split('train'), options, 14, seed=1)
    there = PictureCellViews(rooms[0], rooms[0].pictures, options, 14, seed=1)
    for row in range(4):
        before, after = there[row], here[4 + row]
        assert (before.image == after.image).all()
        shift = (after.points - before.points)[before.known]
        np.testing.assert_allclose(shift, np.tile([8.2, 0.0, 0.0], (len(shift), 1)), atol=1e-6)


def test_figures_are_told_and_drawn():
    errors = np.zeros((10, 6))
    errors[:, 0] = np.linspace(0.1, 1.0, 10)
    errors[:, 5] = 0.01
    figures = figures_of(errors)
    assert figures['right'] == 0.5
    floors = [Floor(floor_area(n), 100 * n, dict.fromkeys(SHOWN, figures)) for n in (1, 2)]
    row = table(floors).splitlines()[2]
    assert row == '| 48 | 100 | points of the map | 0.550 | 0.910 | 0.57 | 0.57 | 50 % |'
    assert len(draw(floors).axes) == 3
