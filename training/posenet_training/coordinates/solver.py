# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pose from which points of the map are seen where a picture shows them.

Robust Gauss-Newton on SE(3) from several poses at once, a fixed number of steps, in operations
that TorchScript and ONNX know: no solver of linear equations is among those.  Cauchy's weights
begin wide and narrow step by step (graduated non-convexity, Yang et al., RA-L 2020).  Each start
pulls a little, with a heavy tail: where no points agree, the answer is the start.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from posenet_training.coordinates.head import CellPoints

STEPS = 15
# After so many steps only the best starts go on: the answers stay, in two thirds of the time.
SIFTED_AFTER, FINALISTS = 5, 8
# How many times wider the weights begin, and by what factor they narrow with each step.
WIDENED, NARROWING = 8.0, 0.6
# Of a ray's direction, on the plane z = 1: some three pixels of the 224.
RAY_DEVIATION = 0.01
# Errors of neighbouring cells are alike: so much of one counts as a look of its own.
INDEPENDENT = 0.1
# Deviations of a start, the position's in units of the depth at which the scene is seen.  Chosen,
# as all numbers here, on stretches left out of the training pictures of two real drives.
START_POSITION, START_ANGLE = 0.15, 0.175
# Squared deviations from where on a start pulls less than it is off.
START_REACH = 12.0
# How much one start's cosine must be below another's to outweigh what the points say.
START_LIKENESS = 5.0
# Nearer points are taken to be at this share of the scene's depth.
NEAREST = 0.05
LARGEST_STEP = 0.5


class Starts(NamedTuple):
    """S poses T_map_camera to begin at, and how like their pictures are.

    positions [B, S, 3] from the scene's centre in units of its scale, rotations [B, S, 3, 3],
    cosines [B, S].
    """

    positions: Tensor
    rotations: Tensor
    cosines: Tensor


class Solved(NamedTuple):
    """The best of the poses: position [B, 3] (from the centre, in units of the scale), rotation
    [B, 3, 3], covariance [B, 6, 6] of its error along the camera's axes in the same units and
    radians, and the cost [B] that it came to.
    """

    position: Tensor
    rotation: Tensor
    covariance: Tensor
    cost: Tensor


def solve(seen: CellPoints, rays: Tensor, depth: Tensor, starts: Starts) -> Solved:
    """The likeliest pose of pictures whose cells look along rays [N, 2] (on the plane z = 1).

    depth [1]: median depth of the scene's points in units of the scale.
    """
    position, rotation = starts.positions, starts.rotations
    pull = _pull_of_starts(depth)
    for step in range(STEPS):
        if step == SIFTED_AFTER:
            system = _system(seen, rays, depth, starts, position, rotation, pull, 1.0)
            best = _least(system.cost, FINALISTS)
            position, rotation = _of(position, best), _of(rotation, best)
            starts = Starts(*(_of(part, best) for part in starts))
        width = max(1.0, WIDENED * NARROWING**step)
        system = _system(seen, rays, depth, starts, position, rotation, pull, width)
        change = (inverse(system.information) @ system.gradient[..., None])[..., 0]
        change = change.clamp(-LARGEST_STEP, LARGEST_STEP)
        position = position + (rotation @ change[..., :3, None])[..., 0]
        rotation = rotation @ _turn(change[..., 3:])
    system = _system(seen, rays, depth, starts, position, rotation, pull, 1.0)
    best = _least(system.cost, 1)
    return Solved(
        _of(position, best)[:, 0],
        _of(rotation, best)[:, 0],
        inverse(_of(system.information, best)[:, 0]),
        _of(system.cost, best)[:, 0],
    )


class _System(NamedTuple):
    """Normal equations [B, S, 6, 6] and [B, S, 6] at poses, and their costs [B, S]."""

    information: Tensor
    gradient: Tensor
    cost: Tensor


def _system(
    seen: CellPoints,
    rays: Tensor,
    depth: Tensor,
    starts: Starts,
    position: Tensor,
    rotation: Tensor,
    pull: Tensor,
    width: float,
) -> _System:
    # (x - t) R is R^T (x - t): the points in the camera's frame, [B, S, N, 3].
    p_camera = (seen.points[:, None] - position[:, :, None]) @ rotation
    in_front = (p_camera[..., 2] > NEAREST * depth).to(p_camera.dtype)
    z = torch.maximum(p_camera[..., 2], NEAREST * depth)
    u, v = p_camera[..., 0] / z, p_camera[..., 1] / z
    off_u, off_v = u - rays[:, 0], v - rays[:, 1]
    variance = (seen.deviations[:, None] / z).square() + RAY_DEVIATION**2
    squared = (off_u * off_u + off_v * off_v) / variance
    # What is behind the camera is as wrong as can be, and pulls nowhere.
    squared = torch.where(in_front > 0.0, squared, torch.full_like(squared, 1e3))
    weight = INDEPENDENT * in_front / (variance * (1.0 + squared / width))
    root = weight.sqrt()
    rows = (
        torch.cat([_row_u(u, v, z), _row_v(u, v, z)], dim=-2)
        * torch.cat([root, root], -1)[..., None]
    )
    off = torch.cat([off_u * root, off_v * root], dim=-1)[..., None]
    to_start = _to_start(starts, position, rotation)
    pulled = (to_start.square() * pull).sum(dim=-1)
    strength = pull / (1.0 + pulled[..., None] / START_REACH)
    information = rows.transpose(-1, -2) @ rows + torch.diag_embed(strength)
    gradient = strength * to_start - (rows.transpose(-1, -2) @ off)[..., 0]
    cost = 0.5 * INDEPENDENT * torch.log1p(squared).sum(dim=-1)
    cost = cost + 0.5 * START_REACH * torch.log1p(pulled / START_REACH)
    cost = cost + START_LIKENESS * (1.0 - starts.cosines)
    return _System(information, gradient, cost)


def _row_u(u: Tensor, v: Tensor, z: Tensor) -> Tensor:
    """Derivatives [..., 6] of u by a motion of the camera along and about its axes."""
    nothing = torch.zeros_like(u)
    return torch.stack([-1.0 / z, nothing, u / z, u * v, -1.0 - u * u, v], dim=-1)


def _row_v(u: Tensor, v: Tensor, z: Tensor) -> Tensor:
    nothing = torch.zeros_like(u)
    return torch.stack([nothing, -1.0 / z, v / z, 1.0 + v * v, -u * v, -u], dim=-1)


def _pull_of_starts(depth: Tensor) -> Tensor:
    """Information [6] of a start's position and rotation."""
    position = 1.0 / (START_POSITION * depth).square()
    rotation = torch.full_like(depth, 1.0 / START_ANGLE**2)
    return torch.cat([position.expand(3), rotation.expand(3)])


def _to_start(starts: Starts, position: Tensor, rotation: Tensor) -> Tensor:
    """The way [B, S, 6] back to the starts, along the camera's axes; of angles the sine."""
    back = rotation.transpose(-1, -2)
    way = (back @ (starts.positions - position)[..., None])[..., 0]
    turn = back @ starts.rotations
    sines = [turn[..., 2, 1] - turn[..., 1, 2], turn[..., 0, 2] - turn[..., 2, 0],
             turn[..., 1, 0] - turn[..., 0, 1]]  # fmt: skip
    return torch.cat([way, 0.5 * torch.stack(sines, dim=-1)], dim=-1)


def _turn(vector: Tensor) -> Tensor:
    """Rotation matrices [..., 3, 3] of rotation vectors [..., 3] (Rodrigues)."""
    angle = vector.square().sum(dim=-1, keepdim=True).clamp_min(1e-12).sqrt()[..., None]
    cross = _cross_matrix(vector)
    unit = torch.diag_embed(torch.ones_like(vector))
    sine, cosine = torch.sin(angle) / angle, (1.0 - torch.cos(angle)) / (angle * angle)
    return unit + sine * cross + cosine * (cross @ cross)


def _cross_matrix(vector: Tensor) -> Tensor:
    x, y, z = vector.unbind(dim=-1)
    nothing = torch.zeros_like(x)
    rows = [nothing, -z, y, z, nothing, -x, -y, x, nothing]
    return torch.stack(rows, dim=-1).reshape(*vector.shape[:-1], 3, 3)


def inverse(matrix: Tensor) -> Tensor:
    """Inverse of symmetric positive definite matrices [..., 6, 6], by their blocks of 3 x 3."""
    a, b, d = matrix[..., :3, :3], matrix[..., :3, 3:], matrix[..., 3:, 3:]
    b_turned = b.transpose(-1, -2)
    a_inverse = _inverse_of_three(a)
    rest = _inverse_of_three(d - b_turned @ a_inverse @ b)
    corner = -(a_inverse @ b @ rest)
    first = a_inverse - corner @ b_turned @ a_inverse
    upper = torch.cat([first, corner], dim=-1)
    lower = torch.cat([corner.transpose(-1, -2), rest], dim=-1)
    whole = torch.cat([upper, lower], dim=-2)
    return 0.5 * (whole + whole.transpose(-1, -2))


def _inverse_of_three(matrix: Tensor) -> Tensor:
    """By the cross products of its rows, the columns of the adjugate."""
    first, second, third = matrix.unbind(dim=-2)
    columns = [_cross(second, third), _cross(third, first), _cross(first, second)]
    determinant = (first * columns[0]).sum(dim=-1)
    return torch.stack(columns, dim=-1) / determinant[..., None, None]


def _cross(a: Tensor, b: Tensor) -> Tensor:
    return torch.linalg.cross(a, b, dim=-1)


def _least(costs: Tensor, number: int) -> Tensor:
    """Which starts [B, number] have the least costs [B, S]; all where there are fewer."""
    return costs.topk(min(number, costs.shape[1]), dim=1, largest=False).indices


def _of(values: Tensor, chosen: Tensor) -> Tensor:
    """The values [B, K, ...] of chosen starts [B, K], of values [B, S, ...] of all."""
    index = chosen.reshape(*chosen.shape, *([1] * (values.dim() - 2)))
    return values.gather(1, index.expand(*chosen.shape, *values.shape[2:]))
