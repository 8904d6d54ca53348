# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How metres and rotations are weighed against each other."""

import torch
from torch import Tensor, distributed, nn

from posenet_training.recipe import LearnedWeights, WeightedByBeta

# Of the running errors that balance beta: they follow within about a hundred steps.
DECAY = 0.99


class Weights(nn.Module):
    """(mean position error, mean rotation error) -> loss."""

    def observe(self, position: Tensor, rotation: Tensor) -> None:
        """See the final answer's errors of a training step, before they are weighed."""


class FixedBeta(Weights):
    """position + beta * rotation."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, position: Tensor, rotation: Tensor) -> Tensor:
        return position + self.beta * rotation


class BalancedBeta(Weights):
    """position + beta * rotation with beta the ratio of the final answer's running errors.

    The paper sets beta "to keep the expected value of position and orientation errors to be
    approximately equal" (section 3.1).
    """

    position: Tensor
    rotation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('position', torch.zeros(()))
        self.register_buffer('rotation', torch.zeros(()))

    def observe(self, position: Tensor, rotation: Tensor) -> None:
        errors = torch.stack([position, rotation]).detach()
        if distributed.is_initialized():
            distributed.all_reduce(errors)
            errors /= distributed.get_world_size()
        decay = DECAY if self.rotation > 0.0 else 0.0
        self.position.lerp_(errors[0], 1.0 - decay)
        self.rotation.lerp_(errors[1], 1.0 - decay)

    def forward(self, position: Tensor, rotation: Tensor) -> Tensor:
        return position + self.beta * rotation

    @property
    def beta(self) -> Tensor:
        """Metres per unit of chord."""
        return self.position / self.rotation.clamp_min(1e-9)


class Learned(Weights):
    """position * exp(-s_x) + s_x + rotation * exp(-s_q) + s_q (2017, equation 5)."""

    def __init__(self, s_x: float, s_q: float) -> None:
        super().__init__()
        self.s_x = nn.Parameter(torch.tensor(s_x))
        self.s_q = nn.Parameter(torch.tensor(s_q))

    def forward(self, position: Tensor, rotation: Tensor) -> Tensor:
        return (
            position * torch.exp(-self.s_x) + self.s_x
            + rotation * torch.exp(-self.s_q) + self.s_q
        )  # fmt: skip


def make_weights(options: WeightedByBeta | LearnedWeights) -> Weights:
    """Build the weights of a recipe."""
    if isinstance(options, LearnedWeights):
        return Learned(options.s_x, options.s_q)
    if options.beta == 'auto':
        return BalancedBeta()
    return FixedBeta(options.beta)
