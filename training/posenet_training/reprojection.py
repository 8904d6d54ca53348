# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The geometric loss: how far a wrong pose moves the scene's points in the picture.

Kendall and Cipolla 2017, section 3.2: metres and degrees need no weights against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import roma
from torch import Tensor

from posenet_training.rotation import RotationHead

if TYPE_CHECKING:
    from posenet_training.losses import Labels
    from posenet_training.network import RawPose

# Metres: points nearer to the camera, or behind it, would be thrown out of every picture.
NEAREST = 0.1


def reprojection_errors(answer: RawPose, labels: Labels, head: RotationHead) -> Tensor:
    """Mean |u_hat - u| + |v_hat - v| [B] over a picture's points, in focal lengths.

    0 for a picture without points.
    """
    R = roma.unitquat_to_rotmat(labels.q_xyzw)
    R_hat = roma.unitquat_to_rotmat(head.quaternion(answer.rotation))
    # Row vectors: p_map = p_camera R^T + t, p_camera = (p_map - t) R.
    points_map = labels.points @ R.transpose(1, 2) + labels.position[:, None]
    points_hat = (points_map - answer.position[:, None]) @ R_hat
    error = (_project(points_hat) - _project(labels.points)).abs().sum(dim=-1)
    there = (labels.points[..., 2] > 0.0).float()
    return (error * there).sum(dim=1) / there.sum(dim=1).clamp_min(1.0)


def _project(points: Tensor) -> Tensor:
    return points[..., :2] / points[..., 2:].clamp_min(NEAREST)
