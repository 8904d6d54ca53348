# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The laser scanner against places whose distances are known."""

import numpy as np
import pytest

from posenet_ros.geometry import Array, transform
from simulation import laser
from simulation.occupancy import OccupancyGrid
from simulation.room import Room

EMPTY = OccupancyGrid.covering((-4.0, -3.0), (4.0, 3.0), 0.05)


def walled() -> OccupancyGrid:
    x, y = EMPTY.centres().T
    return EMPTY.filled((np.abs(x) > 3.5) | (np.abs(y) > 2.5))


def facing(x: float, y: float, yaw: float) -> Array:
    return transform([x, y, 0.0], [0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)])


def beam(angle: float) -> int:
    return int(np.argmin(np.abs(laser.ANGLES - angle)))


@pytest.mark.parametrize('yaw', [0.0, np.pi / 2, -2.0])
def test_walls_are_as_far_as_they_are_whichever_way_the_robot_faces(yaw):
    ranges = laser.ranges_m(walled(), facing(1.0, -0.5, yaw))
    angles = laser.ANGLES + yaw
    with np.errstate(divide='ignore'):
        along_x = np.where(np.cos(angles) > 0, 2.5, 4.5) / np.abs(np.cos(angles))
        along_y = np.where(np.sin(angles) > 0, 3.0, 2.0) / np.abs(np.sin(angles))
    np.testing.assert_allclose(ranges, np.minimum(along_x, along_y), atol=0.02)


def test_a_piece_hides_the_wall_behind_it():
    x, y = EMPTY.centres().T
    grid = EMPTY.filled((np.abs(x) > 3.5) | (np.hypot(x - 2.0, y) < 0.3))
    ranges = laser.ranges_m(grid, np.eye(4))
    assert ranges[beam(0.0)] == pytest.approx(1.7, abs=0.06)
    assert ranges[beam(-np.pi)] == pytest.approx(3.5, abs=0.02)


def test_where_nothing_stands_it_says_infinity():
    assert np.all(np.isinf(laser.ranges_m(EMPTY, np.eye(4))))


def test_a_room_is_seen_all_around():
    room = Room.from_seed(11)
    free = room.free_floor
    x, y = free.centres()[~free.occupied.ravel()][0]
    ranges = laser.ranges_m(room.occupancy(), facing(x, y, 0.7))
    assert np.all((ranges > laser.LEAST_M) & (ranges < laser.FARTHEST_M))
