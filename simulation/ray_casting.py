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
        from_corners = start - self.corners
        towards = directions @ self.normals.T
        with np.errstate(divide='ignore'):
            away = -np.sum(from_corners * self.normals, axis=1) / towards
        seen = (towards < 0.0) & (away > 0.0)
        rays, quads = np.nonzero(seen)
        hits = from_corners[quads] + away[rays, quads, None] * directions[rays]
        along = np.einsum('kij,kj->ki', self.shares[quads], hits)
        seen[rays, quads] = np.all((along >= 0.0) & (along <= 1.0), axis=1)
        nearest: Points = np.where(seen, away, np.inf).min(axis=1)
        return nearest
