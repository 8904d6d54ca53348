# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The paper's loss: ||x_hat - x|| + beta ||q_hat - q|| (equation 1), auxiliaries weighted 0.3."""

from torch import Tensor
from torch.linalg import vector_norm

from posenet_training.network import RawPose
from posenet_training.rotation import RotationHead

AUXILIARY_WEIGHT = 0.3


def pose_loss(
    answers: list[RawPose], position: Tensor, q_xyzw: Tensor, head: RotationHead, beta: float
) -> Tensor:
    """Mean loss of a batch.

    answers: the final regressor's and then the auxiliaries'; position [B, 3] m and unit q_xyzw
    [B, 4] are the labels; beta weighs the rotation's chord (about half its angle in radians)
    against metres.
    """
    losses = [
        vector_norm(answer.position - position, dim=-1) + beta * head.loss(answer.rotation, q_xyzw)
        for answer in answers
    ]
    final, *auxiliaries = (loss.mean() for loss in losses)
    for auxiliary in auxiliaries:
        final = final + AUXILIARY_WEIGHT * auxiliary
    return final
