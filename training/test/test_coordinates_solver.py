# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pose from points and rays: exact, robust, and open about what it does not know."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from posenet_training.coordinates.head import CellPoints
from posenet_training.coordinates.solver import Starts, _row_u, _row_v, inverse, solve

CELLS = 196
DEPTH = torch.tensor([2.0])


def rays() -> torch.Tensor:
    side = torch.linspace(-0.4, 0.4, 14)
    v, u = torch.meshgrid(side, side, indexing='ij')
    return torch.stack([u.flatten(), v.flatten()], dim=1)


def pose(rng: np.random.Generator, far: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(-far, far, 3), Rotation.random(random_state=rng).as_matrix()


def points_seen(position: np.ndarray, rotation: np.ndarray, rng: np.random.Generator):
    z = rng.uniform(1.0, 3.5, (CELLS, 1))
    p_camera = np.concatenate([rays().numpy() * z, z], axis=1)
    return p_camera @ rotation.T + position


def near(position, rotation, rng, number=4, metres=0.3, degrees=12.0):
    """Starts around a pose: positions [1, S, 3], rotations [1, S, 3, 3]."""
    positions = position + rng.uniform(-metres, metres, (number, 3)) / 2.0
    turns = Rotation.from_rotvec(rng.uniform(-1.0, 1.0, (number, 3)) * np.radians(degrees) / 2.0)
    return positions[None], (rotation @ turns.as_matrix())[None]


def starts(positions: np.ndarray, rotations: np.ndarray) -> Starts:
    cosines = torch.full(positions.shape[:2], 0.9)
    return Starts(torch.tensor(positions).float(), torch.tensor(rotations).float(), cosines)


def cell_points(points: np.ndarray, deviation: float = 0.05) -> CellPoints:
    return CellPoints(torch.tensor(points)[None].float(), torch.full((1, CELLS), deviation))


def off(solved, position, rotation) -> tuple[float, float]:
    metres = np.linalg.norm(solved.position[0].numpy() - position)
    turn = Rotation.from_matrix(solved.rotation[0].numpy().T @ rotation)
    return float(metres), float(np.degrees(turn.magnitude()))


@pytest.mark.parametrize('seed', range(5))
def test_exact_points_give_the_pose(seed):
    rng = np.random.default_rng(seed)
    position, rotation = pose(rng)
    points = cell_points(points_seen(position, rotation, rng), deviation=0.01)
    solved = solve(points, rays(), DEPTH, starts(*near(position, rotation, rng)))
    metres, degrees = off(solved, position, rotation)
    assert metres < 0.01
    assert degrees < 0.3


@pytest.mark.parametrize('seed', range(5))
def test_half_of_the_points_may_be_anywhere(seed):
    rng = np.random.default_rng(seed)
    position, rotation = pose(rng)
    points = points_seen(position, rotation, rng)
    wrong = rng.permutation(CELLS)[: CELLS // 2]
    points[wrong] += rng.uniform(-4.0, 4.0, (len(wrong), 3))
    solved = solve(cell_points(points), rays(), DEPTH, starts(*near(position, rotation, rng)))
    metres, degrees = off(solved, position, rotation)
    assert metres < 0.06
    assert degrees < 1.5


def test_of_several_starts_the_one_that_the_points_confirm_wins():
    rng = np.random.default_rng(3)
    position, rotation = pose(rng)
    elsewhere = [pose(rng) for _ in range(7)]
    positions, rotations = near(position, rotation, rng, number=1)
    positions = np.concatenate([np.stack([p for p, _ in elsewhere])[None], positions], axis=1)
    rotations = np.concatenate([np.stack([R for _, R in elsewhere])[None], rotations], axis=1)
    points = cell_points(points_seen(position, rotation, rng))
    solved = solve(points, rays(), DEPTH, starts(positions, rotations))
    assert off(solved, position, rotation)[0] < 0.05


def test_points_without_sense_leave_the_start():
    rng = np.random.default_rng(4)
    position, rotation = pose(rng)
    points = cell_points(rng.uniform(-30.0, 30.0, (CELLS, 3)), deviation=0.02)
    given = starts(position[None, None], rotation[None, None])
    solved = solve(points, rays(), DEPTH, given)
    metres, degrees = off(solved, position, rotation)
    # Twice the deviation of a start.
    assert metres < 0.6
    assert degrees < 20.0
    # The start's own deviation, and hardly less.
    assert solved.covariance[0, 0, 0].sqrt() > 0.15


def test_the_covariance_tells_good_points_from_bad_ones():
    rng = np.random.default_rng(5)
    position, rotation = pose(rng)
    exact = points_seen(position, rotation, rng)
    traces = []
    for deviation in (0.01, 0.1, 0.5):
        noisy = cell_points(exact + rng.normal(0.0, deviation, exact.shape), deviation)
        solved = solve(noisy, rays(), DEPTH, starts(*near(position, rotation, rng)))
        assert torch.linalg.eigvalsh(solved.covariance[0].double()).min() > 0.0
        traces.append(float(solved.covariance[0].trace()))
    assert traces == sorted(traces)


def test_a_batch_is_solved_as_its_pictures_are():
    rng = np.random.default_rng(6)
    each = []
    for _ in range(3):
        position, rotation = pose(rng)
        given = starts(*near(position, rotation, rng))
        each.append((cell_points(points_seen(position, rotation, rng)), given))
    one_by_one = [solve(points, rays(), DEPTH, given).position for points, given in each]
    points = CellPoints(*(torch.cat(part) for part in zip(*(p for p, _ in each), strict=True)))
    given = Starts(*(torch.cat(part) for part in zip(*(g for _, g in each), strict=True)))
    together = solve(points, rays(), DEPTH, given).position
    torch.testing.assert_close(together, torch.cat(one_by_one), atol=1e-4, rtol=0.0)


def test_rows_are_the_derivatives_of_what_the_camera_sees():
    point = torch.tensor([0.4, -0.7, 2.3], dtype=torch.float64)

    def seen(motion: torch.Tensor) -> torch.Tensor:
        turned = point - motion[:3] - torch.linalg.cross(motion[3:], point)
        return turned[:2] / turned[2]

    expected = torch.autograd.functional.jacobian(seen, torch.zeros(6, dtype=torch.float64))
    u, v, z = point[0] / point[2], point[1] / point[2], point[2]
    torch.testing.assert_close(torch.stack([_row_u(u, v, z), _row_v(u, v, z)]), expected)


def test_the_inverse_is_the_inverse():
    rng = np.random.default_rng(7)
    rows = torch.tensor(rng.normal(size=(5, 4, 12, 6)))
    matrices = rows.transpose(-1, -2) @ rows
    torch.testing.assert_close(inverse(matrices), torch.linalg.inv(matrices))
