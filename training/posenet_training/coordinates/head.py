# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From what a trunk says of each cell to the point of the map that the cell shows.

Scene coordinate regression (Shotton et al., CVPR 2013) on a trunk that stays as it is (Brachmann
et al., CVPR 2023), by several members that each left out other stretches of the drive: where
nothing was learned they go apart, and their median is nearer than one of them.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, layer_norm

DROPOUT = 0.1
# Log deviations, in units of the scene's extent.
LOWEST, HIGHEST = -6.0, 3.0


class CellPoints(NamedTuple):
    """Points [B, N, 3] of cells, from the scene's centre and in units of its scale, and how far
    off they may be: deviations [B, N] in the same units.
    """

    points: Tensor
    deviations: Tensor


class CellHead(nn.Module):
    """K small networks from cells [B, N, C] to points: `width` units, `layers` residual layers.

    mean, deviation: of what the trunk says [C], so that every number of it counts.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, channels: int, members: int, width: int, layers: int) -> None:
        super().__init__()
        self.members = members
        self.register_buffer('mean', torch.zeros(channels))
        self.register_buffer('deviation', torch.ones(channels))
        self.first = _Linear(members, channels, width)
        self.residuals = nn.ModuleList(_Residual(members, width) for _ in range(layers))
        self.last = _Linear(members, width, 4, gain=0.1)

    def each(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """What each member says of cells of its own [K, M, C]: points [K, M, 3], logs [K, M]."""
        said = (cells - self.mean) / self.deviation
        hidden = torch.relu(self.first(dropout(said, DROPOUT, self.training)))
        for residual in self.residuals:
            hidden = residual(hidden)
        answer = self.last(layer_norm(hidden, hidden.shape[-1:]))
        return answer[..., :3], answer[..., 3].clamp(LOWEST, HIGHEST)

    def forward(self, cells: Tensor) -> CellPoints:
        """The members' median of cells [B, N, C]."""
        pictures, number, channels = cells.shape
        each = cells.reshape(1, pictures * number, channels).expand(self.members, -1, -1)
        points, logs = self.each(each)
        return CellPoints(
            _median(points).reshape(pictures, number, 3),
            torch.exp(logs.mean(dim=0)).reshape(pictures, number),
        )


def cell_loss(points: Tensor, logs: Tensor, truth: Tensor) -> Tensor:
    """Mean of |error| / s + log s: points [..., 3] and their logs of s against the truth.

    The distance is not squared, and one far off weighs no more than its share (Kendall and Gal
    2017, with a Laplace distribution): what cannot be known costs a little, once.
    """
    distance = torch.linalg.vector_norm(points - truth, dim=-1)
    return (distance * torch.exp(-logs) + logs).mean()


def _median(values: Tensor) -> Tensor:
    """Over the first dimension; of an even number the mean of the middle two."""
    count = values.shape[0]
    # torch.median has no counterpart in ONNX.
    ordered = torch.sort(values, dim=0).values
    return 0.5 * (ordered[(count - 1) // 2] + ordered[count // 2])


class _Linear(nn.Module):
    """K affine maps from [K, M, inputs] to [K, M, outputs]."""

    def __init__(self, members: int, inputs: int, outputs: int, gain: float = 0.7) -> None:
        super().__init__()
        deviation = gain * (2.0 / inputs) ** 0.5
        self.weight = nn.Parameter(deviation * torch.randn(members, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, values: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, values, self.weight)


class _Residual(nn.Module):
    def __init__(self, members: int, width: int) -> None:
        super().__init__()
        self.into = _Linear(members, width, width)
        self.out_of = _Linear(members, width, width, gain=0.07)

    def forward(self, hidden: Tensor) -> Tensor:
        inner = torch.relu(self.into(layer_norm(hidden, hidden.shape[-1:])))
        return hidden + self.out_of(inner)
