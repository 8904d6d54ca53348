# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The form of the network that a robot runs."""

from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from posenet_training.network import PoseNet

Outputs = tuple[Tensor, ...]
OUTPUT_NAMES = ('position', 'q_xyzw', 'covariance', 'feature')


class ExportedPoseNet(nn.Module):
    """PoseNet without its auxiliary regressors, with a covariance beside every pose.

    forward: uint8 RGB crops [B, 224, 224, 3] -> (position [B, 3] m, q_xyzw [B, 4],
    covariance [B, 6, 6], feature [B, 2048]).
    """

    held_out_covariance: Tensor

    def __init__(self, network: PoseNet, covariance: NDArray[np.float64]) -> None:
        super().__init__()
        self.network = deepcopy(network).eval()
        self.network.auxiliaries = nn.ModuleList()
        self.register_buffer('held_out_covariance', torch.from_numpy(covariance).float())

    def forward(self, images: Tensor) -> Outputs:
        pose = self.network(images)
        covariance = self.held_out_covariance.expand(images.shape[0], 6, 6)
        return pose.position, pose.q_xyzw, covariance, pose.feature
