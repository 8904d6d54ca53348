# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far away surfaces are, exactly, without drawing them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulation.surfaces import Points, Quad


class RayCaster:
    """Casts rays onto the fronts of quads."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self.corners = np.array([quad.corner for quad in quads])
        self.normals = np.array([quad.normal for quad in quads])
        edges = np.array([[quad.right, quad.up] for quad in quads])
        # Of a point in a quad's plane: how far it is along both edges, as shares of them.
        self.shares = np.linalg.solve(edges @ edges.swapaxes(1, 2), edges)

    def distances(self, start: Points, directions: Points) -> Points:
        """How many of their own lengths rays [N, 3] go from a start [3]; inf past everything."""
        heights = np.sum((start - self.corners) * self.normals, axis=1)
        facing = heights > 0.0
        normals, shares = self.normals[facing], self.shares[facing]
        from_corners = np.einsum('kij,kj->ik', shares, (start - self.corners)[facing])
        with np.errstate(divide='ignore', invalid='ignore'):
            away = -heights[facing] / (directions @ normals.T)
            right, up = (
                from_corners[edge] + away * (directions @ shares[:, edge].T) for edge in (0, 1)
            )
        on = (away > 0.0) & (right >= 0.0) & (right <= 1.0) & (up >= 0.0) & (up <= 1.0)
        nearest: Points = np.where(on, away, np.inf).min(axis=1, initial=np.inf)
        return nearest
