# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The form of the network that a robot runs."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from posenet_training.exporting.claims import Claim, differences, second_moments
from posenet_training.network import PoseNet

Outputs = tuple[Tensor, ...]


class ExportedNetwork(nn.Module):
    """Whatever answers as a model file does.

    forward: uint8 RGB crops [B, 224, 224, 3] -> (position [B, 3] m, q_xyzw [B, 4],
    covariance [B, 6, 6], feature [B, 2048]).  uncertainty: where the covariance comes from.
    """

    uncertainty: str


class ExportedPoseNet(ExportedNetwork):
    """PoseNet without what only its training needs, with a claim beside every pose."""

    def __init__(self, network: PoseNet, claim: Claim) -> None:
        super().__init__()
        self.network = deepcopy(network).eval()
        self.network.auxiliaries = nn.ModuleList()
        # The claim that needs it has it.
        del self.network.deviations
        self.claim = deepcopy(claim)
        self.uncertainty = claim.uncertainty

    def forward(self, images: Tensor) -> Outputs:
        pose = self.network(images)
        return pose.position, pose.q_xyzw, self.claim(self.network, pose), pose.feature


class ExportedEnsemble(ExportedNetwork):
    """Several networks of one scene as one (Lakshminarayanan et al., NeurIPS 2017).

    The mean of the positions and of the quaternions (chordal, each on the first one's side), the
    mean of the claimed covariances plus the second moment of the members' poses about that mean,
    and the first one's feature.
    """

    uncertainty = 'ensemble'

    def __init__(self, members: Sequence[ExportedPoseNet]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, images: Tensor) -> Outputs:
        answers = [member(images) for member in self.members]
        positions, quaternions, covariances, features = zip(*answers, strict=True)
        each_position, each_q = torch.stack(positions, dim=1), torch.stack(quaternions, dim=1)
        position = each_position.mean(dim=1)
        same_side = (each_q * each_q[:, :1]).sum(dim=-1, keepdim=True) >= 0.0
        q_xyzw = normalize(torch.where(same_side, each_q, -each_q).sum(dim=1), dim=-1)
        between = second_moments(differences(each_position, each_q, position, q_xyzw))
        covariance = torch.stack(covariances).mean(dim=0) + between
        return position, q_xyzw, covariance, features[0]
