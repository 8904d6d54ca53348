# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Covariances that a network claims for its answers: parts of a model file's graph.

All are [B, 6, 6] of the error 6-vector along the map's axes (posenet_ros.geometry).
"""

from typing import Protocol

import numpy as np
import roma
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from posenet_training.exporting.choices import Uncertainty
from posenet_training.network import FEATURE_SIZE, Pose, PoseNet
from posenet_training.rotation import quaternion_log

# Passes with other features left out.
MASKS = 16
MASKS_SEED = 0
# Added to what few passes spread: (1 mm)^2 and (1 mrad)^2, so that there is an inverse.
LEAST_VARIANCE = 1e-6
# Log deviations are kept within e^-10 and e^5 m or rad, and within a factor e^5 of the largest
# of their half: 32 bits would not hold a covariance that is flatter.
LOWEST, HIGHEST, REACH = -10.0, 5.0, 5.0


class Claim(Protocol):
    """One way to claim covariances, a module; `uncertainty` is its name in the model file."""

    uncertainty: str

    def __call__(self, network: PoseNet, pose: Pose) -> Tensor:
        """Covariances [B, 6, 6] for the answers of a network."""
        ...


class ConstantClaim(nn.Module):
    """The same covariance [6, 6] for every answer."""

    uncertainty = Uncertainty.constant.value
    covariance: Tensor

    def __init__(self, covariance: NDArray[np.float64]) -> None:
        super().__init__()
        self.register_buffer('covariance', torch.from_numpy(covariance).float())

    def forward(self, network: PoseNet, pose: Pose) -> Tensor:
        return self.covariance.expand(pose.position.shape[0], 6, 6)


class LearnedClaim(nn.Module):
    """R diag(exp(2 s)) R^T for both halves: s from the feature, R = R_map_camera of the answer."""

    uncertainty = Uncertainty.learned.value

    def __init__(self, deviations: nn.Linear) -> None:
        super().__init__()
        self.deviations = deviations

    def forward(self, network: PoseNet, pose: Pose) -> Tensor:
        axes = roma.unitquat_to_rotmat(pose.q_xyzw)
        logs = self.deviations(pose.feature).clamp(LOWEST, HIGHEST).reshape(-1, 2, 3)
        logs = torch.maximum(logs, logs.amax(dim=-1, keepdim=True) - REACH)
        scaled = axes[:, None] * torch.exp(logs)[:, :, None]
        halves = scaled @ scaled.transpose(-1, -2)
        nothing = torch.zeros_like(halves[:, 0])
        position = torch.cat([halves[:, 0], nothing], dim=-1)
        rotation = torch.cat([nothing, halves[:, 1]], dim=-1)
        return torch.cat([position, rotation], dim=-2)


class PointsClaim(nn.Module):
    """What the points of the map leave open, and a little: (1 mm)^2 and (1 mrad)^2."""

    uncertainty = Uncertainty.points.value
    least: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('least', LEAST_VARIANCE * torch.eye(6))

    def forward(self, network: PoseNet, pose: Pose) -> Tensor:
        assert pose.covariance is not None
        return pose.covariance + self.least


class DropoutClaim(nn.Module):
    """The spread of answers with features left out, as in training (Gal and Ghahramani, 2016).

    The masks before the final regressor are always the same, so that the file answers the same
    twice.  dropout: share of the features that a mask leaves out, above 0.
    """

    uncertainty = Uncertainty.dropout.value
    masks: Tensor
    least: Tensor

    def __init__(self, dropout: float) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(MASKS_SEED)
        kept = torch.rand((MASKS, FEATURE_SIZE), generator=generator) >= dropout
        self.register_buffer('masks', kept.float() / (1.0 - dropout))
        self.register_buffer('least', LEAST_VARIANCE * torch.eye(6))

    def forward(self, network: PoseNet, pose: Pose) -> Tensor:
        masked = (pose.feature[:, None] * self.masks).reshape(-1, FEATURE_SIZE)
        position, rotation = network.from_feature(masked)
        positions = position.reshape(-1, MASKS, 3)
        quaternions = network.head.quaternion(rotation).reshape(-1, MASKS, 4)
        around = differences(positions, quaternions, pose.position, pose.q_xyzw)
        return second_moments(around) + self.least


def differences(
    positions: Tensor, quaternions: Tensor, position: Tensor, q_xyzw: Tensor
) -> Tensor:
    """Error 6-vectors [B, K, 6] of K poses each from poses [B, 3], [B, 4]."""
    inverse = torch.cat([-q_xyzw[..., :3], q_xyzw[..., 3:]], dim=-1)
    turn = roma.quat_product(quaternions, inverse[:, None])
    # Of both quaternions of a rotation, the one that turns by less.
    turn = torch.where(turn[..., 3:] < 0.0, -turn, turn)
    return torch.cat([positions - position[:, None], 2.0 * quaternion_log(turn)], dim=-1)


def second_moments(errors: Tensor) -> Tensor:
    """Means [B, 6, 6] of the outer products of errors [B, K, 6]."""
    return errors.transpose(-1, -2) @ errors / errors.shape[1]
