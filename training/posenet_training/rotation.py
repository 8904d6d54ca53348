# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rotation heads: what the network regresses for the orientation, its loss, its quaternion.

Both losses equal the chord ||q_hat - q|| to first order (half the angle between the two
rotations, in radians), so that one beta serves either head.
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
        difference = self._matrix(raw) - roma.unitquat_to_rotmat(q_xyzw)
        # ||R_hat - R||_F = 2 sqrt(2) sin(angle / 2)
        return torch.linalg.matrix_norm(difference) / (2.0 * math.sqrt(2.0))

    def quaternion(self, raw: Tensor) -> Tensor:
        q_xyzw: Tensor = roma.rotmat_to_unitquat(self._matrix(raw))
        return q_xyzw

    def _matrix(self, raw: Tensor) -> Tensor:
        matrix: Tensor = roma.special_gramschmidt(raw.reshape(-1, 2, 3).transpose(1, 2))
        return matrix


HEADS: dict[str, type[QuaternionHead] | type[SixDHead]] = {
    head.name: head for head in (QuaternionHead, SixDHead)
}


def make_rotation_head(name: str) -> RotationHead:
    """Build a rotation head by name; raises ValueError for an unknown one."""
    if name not in HEADS:
        raise ValueError(f"rotation head '{name}' is unknown: use one of {', '.join(HEADS)}")
    return HEADS[name]()
