# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The part of a network that answers by the points which its cells show."""

from typing import NamedTuple

import roma
import torch
from torch import Tensor, nn

from posenet_training.coordinates.head import CellHead
from posenet_training.coordinates.keyframes import QUARTERS, Keyframes, key_of
from posenet_training.coordinates.solver import Solved, Starts, solve
from posenet_training.recipe import Coordinates

# Poses that the search begins at.
STARTS = 16


class Located(NamedTuple):
    """Poses T_map_camera: position [B, 3] m, unit q_xyzw [B, 4], and the covariance [B, 6, 6] of
    their errors along the map's axes (posenet_ros.geometry), as the points say it.
    """

    position: Tensor
    q_xyzw: Tensor
    covariance: Tensor


class CoordinatePart(nn.Module):
    """Cells of the trunk to poses.

    rays [N, 2] of the cells on the plane z = 1; centre [3] (m) and scale [1] (m) of the
    scene's points, in which its parts compute; depth [1]: median depth of the points in units of
    the scale.
    """

    rays: Tensor
    centre: Tensor
    scale: Tensor
    depth: Tensor

    def __init__(self, options: Coordinates, channels: int, cells: int, keyframes: int) -> None:
        super().__init__()
        self.head = CellHead(channels, options.members, options.width, options.layers)
        self.keyframes = Keyframes(keyframes, channels * QUARTERS**2)
        self.register_buffer('rays', torch.zeros(cells, 2))
        self.register_buffer('centre', torch.zeros(3))
        # Not numbers without a dimension: TorchScript would fold those to 64 bits.
        self.register_buffer('scale', torch.ones(1))
        self.register_buffer('depth', torch.ones(1))

    def forward(self, cells: Tensor) -> Located:
        """Poses of pictures whose trunk said cells [B, C, s, s]."""
        number = min(STARTS, len(self.keyframes.keys))
        return self.located(cells, Starts(*self.keyframes(key_of(cells), number)))

    def from_pose(self, cells: Tensor, position: Tensor, q_xyzw: Tensor) -> Located:
        """Without the keyframes: begin at one pose a picture, [B, 3] m and [B, 4]."""
        begun = (position - self.centre) / self.scale
        rotation = roma.unitquat_to_rotmat(q_xyzw)
        starts = Starts(begun[:, None], rotation[:, None], torch.ones_like(begun[:, :1]))
        return self.located(cells, starts)

    def located(self, cells: Tensor, starts: Starts) -> Located:
        """Poses from given starts."""
        solved = solve(self.head(as_rows(cells)), self.rays, self.depth, starts)
        return Located(
            self.centre + self.scale * solved.position,
            roma.rotmat_to_unitquat(solved.rotation),
            _in_map(solved, self.scale),
        )


def as_rows(cells: Tensor) -> Tensor:
    """Cells [B, C, s, s] row by row, [B, s * s, C]."""
    return cells.flatten(2).transpose(1, 2)


def _in_map(solved: Solved, scale: Tensor) -> Tensor:
    """Covariance [B, 6, 6] along the map's axes, metres and radians."""
    nothing = torch.zeros_like(solved.rotation)
    position = torch.cat([scale * solved.rotation, nothing], dim=-1)
    rotation = torch.cat([nothing, solved.rotation], dim=-1)
    turn = torch.cat([position, rotation], dim=-2)
    return turn @ solved.covariance @ turn.transpose(-1, -2)
