# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a training makes small: errors of poses, weighted; recipe.py says which.

Sources: Kendall et al. 2015 (equation 1), Kendall and Cipolla 2017 (sections 3.2 and 3.3),
Brahmbhatt et al. 2018 (relative poses).
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.linalg import vector_norm

from posenet_training.loss_weights import make_weights
from posenet_training.network import RawPose
from posenet_training.recipe import Loss
from posenet_training.relative import relative_errors
from posenet_training.reprojection import reprojection_errors
from posenet_training.rotation import RotationHead


class Labels(NamedTuple):
    """The truth of a batch.

    position [B, 3] m and unit q_xyzw [B, 4] of T_map_camera; points [B, M, 3] m in the camera's
    optical frame, those with z = 0 being none.
    """

    position: Tensor
    q_xyzw: Tensor
    points: Tensor


class PoseLoss(nn.Module):
    """The loss of a recipe; learned weights and running errors are its state."""

    def __init__(self, options: Loss, head: RotationHead) -> None:
        super().__init__()
        self.options = options
        self.head = head
        self.weights = make_weights(options.weights)

    def forward(self, answers: list[RawPose], labels: Labels, progress: float) -> Tensor:
        """Loss of the final regressor's answer and, weighted, the auxiliary ones' after it.

        progress: share of the run that is done, 0 to 1.
        """
        if self.training:
            self.weights.observe(*self._errors(answers[0], labels))
        final, *auxiliaries = (self._loss(answer, labels, progress) for answer in answers)
        for auxiliary in auxiliaries:
            final = final + self.options.auxiliary * auxiliary
        return final

    def _loss(self, answer: RawPose, labels: Labels, progress: float) -> Tensor:
        options = self.options
        if options.reprojection and progress >= options.reprojection_from:
            return options.reprojection * reprojection_errors(answer, labels, self.head).mean()
        loss = self._weighted(*self._errors(answer, labels))
        if options.relative:
            position, rotation = relative_errors(answer, labels, self.head)
            loss = loss + options.relative * self._weighted(position.mean(), rotation.mean())
        return loss

    def _errors(self, answer: RawPose, labels: Labels) -> tuple[Tensor, Tensor]:
        return (
            vector_norm(answer.position - labels.position, dim=-1).mean(),
            self.head.loss(answer.rotation, labels.q_xyzw).mean(),
        )

    def _weighted(self, position: Tensor, rotation: Tensor) -> Tensor:
        if self.options.terms == 'position':
            return position
        if self.options.terms == 'orientation':
            return rotation
        weighted: Tensor = self.weights(position, rotation)
        return weighted
