# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Quads cut into small patches, so that light falls on them smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.surfaces import Quad

PATCH_M = 0.45  # longest patch side


@dataclass(frozen=True)
class Mesh:
    """Vertices of the patches of one texture.

    positions [V, 3] m in map; normals [V, 3]; uv [V, 2] with v up; triangles [T, 3];
    luminous [V] True where the surface shines by itself.
    """

    positions: NDArray[np.float64]
    normals: NDArray[np.float64]
    uv: NDArray[np.float64]
    triangles: NDArray[np.int64]
    luminous: NDArray[np.bool_]


def tessellate(quad: Quad) -> Mesh:
    """Cut one quad into patches of at most PATCH_M."""
    right, up = np.asarray(quad.right), np.asarray(quad.up)
    columns, rows = (max(1, int(np.ceil(np.linalg.norm(e) / PATCH_M))) for e in (right, up))
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    uv = np.stack([u.ravel(), v.ravel()], axis=-1)
    positions = np.asarray(quad.corner) + uv[:, :1] * right + uv[:, 1:] * up
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    a, b, c, d = first, first + 1, first + columns + 2, first + columns + 1
    triangles = np.concatenate([np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)])
    normals = np.broadcast_to(quad.normal, positions.shape)
    return Mesh(positions, normals, uv, triangles, np.full(len(uv), quad.luminous))


def joined(meshes: list[Mesh]) -> Mesh:
    """Several meshes as one."""
    offsets = np.cumsum([0] + [len(mesh.uv) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uv for mesh in meshes]),
        np.concatenate([m.triangles + o for m, o in zip(meshes, offsets, strict=True)]),
        np.concatenate([mesh.luminous for mesh in meshes]),
    )
