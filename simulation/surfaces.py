# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pieces a room is made of: textured quads, boxes, furniture with a footprint.

All lengths in metres, z up. A texture belongs to the whole of its quad.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.texture import TextureSpec

Vector = tuple[float, float, float]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Quad:
    """A parallelogram seen from its front: `corner` bottom left, edges to the right and up.

    The normal right x up points to the viewer; from behind it is not drawn.
    """

    name: str
    corner: Vector
    right: Vector
    up: Vector
    texture: TextureSpec
    luminous: bool = False

    @property
    def normal(self) -> Points:
        """Unit normal [3]."""
        normal = np.cross(self.right, self.up)
        return normal / np.linalg.norm(normal)


@dataclass(frozen=True)
class Footprint:
    """A rectangle on the floor: centre [m], full sizes [m], yaw [rad] of its first side."""

    centre: tuple[float, float]
    size: tuple[float, float]
    yaw: float

    def distance(self, points: Points) -> Points:
        """Distance [N] in m from points [N, 2] to the rectangle; negative inside."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        local = (points - np.asarray(self.centre)) @ np.array([[c, -s], [s, c]])
        excess = np.abs(local) - 0.5 * np.asarray(self.size)
        outside = np.linalg.norm(np.maximum(excess, 0.0), axis=-1)
        return outside + np.minimum(excess.max(axis=-1), 0.0)

    def corners(self) -> Points:
        """Corners [4, 2]."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        half = 0.5 * np.asarray(self.size) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        return half @ np.array([[c, s], [-s, c]]) + np.asarray(self.centre)


@dataclass(frozen=True)
class Box:
    """An upright box: centre and full sizes [m], yaw [rad]; its front looks along its own -y."""

    name: str
    centre: Vector
    size: Vector
    yaw: float
    front: TextureSpec
    side: TextureSpec
    luminous: bool = False

    def quads(self) -> tuple[Quad, ...]:
        """The faces; the bottom is left out where the box stands on the floor."""
        half = 0.5 * np.asarray(self.size)
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        x, y, z = np.array([c, s, 0.0]), np.array([-s, c, 0.0]), np.array([0.0, 0.0, 1.0])
        faces = {
            'front': (-y, x, z),
            'back': (y, -x, z),
            'left': (-x, -y, z),
            'right': (x, y, z),
            'top': (z, x, y),
            'bottom': (-z, x, -y),
        }
        if self.centre[2] - half[2] < 1e-3:
            del faces['bottom']
        quads = []
        for face, (normal, right, up) in faces.items():
            reach = {axis: float(h) for axis, h in zip('xyz', half, strict=True)}
            spans = [
                sum(
                    abs(direction @ axis) * reach[name]
                    for name, axis in zip('xyz', (x, y, z), strict=True)
                )
                for direction in (normal, right, up)
            ]
            corner = np.asarray(self.centre) + normal * spans[0] - right * spans[1] - up * spans[2]
            quads.append(
                Quad(
                    f'{self.name}/{face}',
                    vector(corner),
                    vector(2.0 * spans[1] * right),
                    vector(2.0 * spans[2] * up),
                    self.front if face == 'front' else self.side,
                    self.luminous,
                )
            )
        return tuple(quads)


@dataclass(frozen=True)
class Furniture:
    """Boxes that belong together, and the floor that they take."""

    name: str
    boxes: tuple[Box, ...]
    footprint: Footprint
    height: float

    def moved(self, x: float, y: float, yaw: float) -> Furniture:
        """The same piece turned by `yaw` about the origin, then shifted."""
        c, s = np.cos(yaw), np.sin(yaw)

        def place(px: float, py: float) -> tuple[float, float]:
            return (float(c * px - s * py + x), float(s * px + c * py + y))

        boxes = tuple(
            Box(
                box.name,
                (*place(box.centre[0], box.centre[1]), box.centre[2]),
                box.size,
                box.yaw + yaw,
                box.front,
                box.side,
                box.luminous,
            )
            for box in self.boxes
        )
        old = self.footprint
        footprint = Footprint(place(*old.centre), old.size, old.yaw + yaw)
        return Furniture(self.name, boxes, footprint, self.height)


def vector(values: NDArray[np.float64]) -> Vector:
    """Three plain floats."""
    return (float(values[0]), float(values[1]), float(values[2]))
