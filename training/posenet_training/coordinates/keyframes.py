# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A few training pictures, to look up where a pose may be searched for.

However large the scene there are at most KEYFRAMES of them, so that this costs the same for every
map and cannot be a look-up among all pictures.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, linear, normalize

KEYFRAMES = 240
# A picture's key is what its cells say on average in each of 2 x 2 quarters.
QUARTERS = 2


class Keyframes(nn.Module):
    """Keys [M, D] of M pictures and their T_map_camera, positions as of the solver.

    positions [M, 3] from the scene's centre in units of its scale; rotations [M, 3, 3].
    """

    mean: Tensor
    deviation: Tensor
    positions: Tensor
    rotations: Tensor

    def __init__(self, number: int, size: int) -> None:
        super().__init__()
        self.register_buffer('mean', torch.zeros(size))
        self.register_buffer('deviation', torch.ones(size))
        self.register_buffer('positions', torch.zeros(number, 3))
        self.register_buffer('rotations', torch.eye(3).repeat(number, 1, 1))
        # A parameter, so that the model file stores it in half precision.
        self.keys = nn.Parameter(torch.zeros(number, size), requires_grad=False)

    def fill(self, said: Tensor, positions: Tensor, rotations: Tensor) -> None:
        """Keep pictures of which the trunk said [M, D]."""
        self.mean.copy_(said.mean(dim=0))
        self.deviation.copy_(said.std(dim=0).clamp_min(1e-6))
        self.positions.copy_(positions)
        self.rotations.copy_(rotations)
        self.keys.data.copy_(self._normalised(said))

    def forward(self, said: Tensor, number: int) -> tuple[Tensor, Tensor, Tensor]:
        """The likest of pictures of which the trunk said [B, D].

        Returns positions [B, number, 3], rotations [B, number, 3, 3] and cosines [B, number].
        """
        cosines, rows = linear(self._normalised(said), self.keys).topk(number, dim=1)
        return self.positions[rows], self.rotations[rows], cosines

    def _normalised(self, said: Tensor) -> Tensor:
        return normalize((said - self.mean) / self.deviation, dim=-1)


def key_of(cells: Tensor) -> Tensor:
    """Keys [B, D] of pictures, before they are normalised, from cells [B, C, s, s]."""
    return adaptive_avg_pool2d(cells, QUARTERS).flatten(1)
