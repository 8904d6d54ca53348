# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of the poses of pictures relative to each other (Brahmbhatt et al. 2018, equation 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import roma
from torch import Tensor
from torch.linalg import vector_norm

from posenet_training.rotation import RotationHead, matrix_chord

if TYPE_CHECKING:
    from posenet_training.losses import Labels
    from posenet_training.network import RawPose


def relative_errors(answer: RawPose, labels: Labels, head: RotationHead) -> tuple[Tensor, Tensor]:
    """Errors of position (m) and rotation (chord), [B / 2] each, of pairs (0, 1), (2, 3), ...

    Of the difference of both positions in the map, and of the rotation from one camera to the
    other.
    """
    offset_hat = answer.position[0::2] - answer.position[1::2]
    offset = labels.position[0::2] - labels.position[1::2]
    turn_hat = _turn(head.quaternion(answer.rotation))
    return vector_norm(offset_hat - offset, dim=-1), matrix_chord(turn_hat, _turn(labels.q_xyzw))


def _turn(q_xyzw: Tensor) -> Tensor:
    matrices = roma.unitquat_to_rotmat(q_xyzw)
    turn: Tensor = matrices[0::2].transpose(1, 2) @ matrices[1::2]
    return turn
