# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rotation heads: what the network regresses for the orientation, its loss, its quaternion.

Every loss equals the chord ||q_hat - q|| to first order (half the angle between the two
rotations, in radians), so that one beta serves every head.
"""

import math
from typing import Protocol

import roma
import torch
from torch import Tensor


class RotationHead(Protocol):
    """`size` raw numbers of the network, read as a rotation of the camera in the map."""

    name: str
    size: int

    def loss(self, raw: Tensor, q_xyzw: Tensor) -> Tensor:
        """Distance [B] of raw outputs [B, size] to unit label quaternions [B, 4]."""
        ...

    def quaternion(self, raw: Tensor) -> Tensor:
        """Unit quaternions x, y, z, w [B, 4] of raw outputs [B, size]."""
        ...


class QuaternionHead:
    """The paper's head: four numbers, raw in training, normalised at test time (section 3.1).

    q and -q are one rotation: the sign of the label that is nearer counts.  Where the robot turns
    through all headings, the head must jump between both signs somewhere (a seam).
    """

    name = 'quaternion'
    size = 4

    def loss(self, raw: Tensor, q_xyzw: Tensor) -> Tensor:
        return torch.minimum(
            torch.linalg.vector_norm(raw - q_xyzw, dim=-1),
            torch.linalg.vector_norm(raw + q_xyzw, dim=-1),
        )

    def quaternion(self, raw: Tensor) -> Tensor:
        return raw / torch.linalg.vector_norm(raw, dim=-1, keepdim=True)


class SixDHead:
    """Two columns of the rotation matrix, orthonormalised (Zhou et al. 2019): no seam anywhere."""

    name = 'six_d'
    size = 6

    def loss(self, raw: Tensor, q_xyzw: Tensor) -> Tensor:
        return matrix_chord(self._matrix(raw), roma.unitquat_to_rotmat(q_xyzw))

    def quaternion(self, raw: Tensor) -> Tensor:
        q_xyzw: Tensor = roma.rotmat_to_unitquat(self._matrix(raw))
        return q_xyzw

    def _matrix(self, raw: Tensor) -> Tensor:
        matrix: Tensor = roma.special_gramschmidt(raw.reshape(-1, 2, 3).transpose(1, 2))
        return matrix


class SvdHead:
    """Nine numbers, projected to the nearest rotation matrix (Levinson et al. 2020)."""

    name = 'svd'
    size = 9

    def loss(self, raw: Tensor, q_xyzw: Tensor) -> Tensor:
        # Of the numbers as they are: the projection's gradient grows without bound near
        # singular matrices, such as those of a network that has just begun.
        difference = raw.reshape(-1, 3, 3) - roma.unitquat_to_rotmat(q_xyzw)
        return torch.linalg.matrix_norm(difference) / (2.0 * math.sqrt(2.0))

    def quaternion(self, raw: Tensor) -> Tensor:
        matrix = roma.special_procrustes(raw.reshape(-1, 3, 3))
        q_xyzw: Tensor = roma.rotmat_to_unitquat(matrix)
        return q_xyzw


class LogQuaternionHead:
    """The quaternion's logarithm: axis times half the angle, three numbers (MapNet).

    q and -q have logarithms of their own: the nearer one counts.
    """

    name = 'log_quaternion'
    size = 3

    def loss(self, raw: Tensor, q_xyzw: Tensor) -> Tensor:
        logarithms = (quaternion_log(q_xyzw), quaternion_log(-q_xyzw))
        distances = [torch.linalg.vector_norm(raw - log, dim=-1) for log in logarithms]
        return torch.minimum(distances[0], distances[1])

    def quaternion(self, raw: Tensor) -> Tensor:
        half_angle = torch.linalg.vector_norm(raw, dim=-1, keepdim=True)
        # sinc(x) is sin(pi x) / (pi x)
        return torch.cat([raw * torch.sinc(half_angle / math.pi), torch.cos(half_angle)], dim=-1)


def quaternion_log(q_xyzw: Tensor) -> Tensor:
    """Logarithms [B, 3] of unit quaternions [B, 4]: axis times half the angle, 0 to pi."""
    sine = torch.linalg.vector_norm(q_xyzw[..., :3], dim=-1, keepdim=True)
    half_angle = torch.atan2(sine, q_xyzw[..., 3:])
    return q_xyzw[..., :3] * (half_angle / sine.clamp_min(1e-12))


def matrix_chord(R_hat: Tensor, R: Tensor) -> Tensor:
    """Chord [B] of rotation matrices [B, 3, 3]: ||R_hat - R||_F = 2 sqrt(2) sin(angle / 2)."""
    return torch.linalg.matrix_norm(R_hat - R) / (2.0 * math.sqrt(2.0))


HEADS: dict[str, type[RotationHead]] = {
    'quaternion': QuaternionHead,
    'log_quaternion': LogQuaternionHead,
    'six_d': SixDHead,
    'svd': SvdHead,
}


def make_rotation_head(name: str) -> RotationHead:
    """Build a rotation head by name; raises ValueError for an unknown one."""
    if name not in HEADS:
        raise ValueError(f"rotation head '{name}' is unknown: use one of {', '.join(HEADS)}")
    return HEADS[name]()
