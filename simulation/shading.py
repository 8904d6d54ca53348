# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of each light source reaches each vertex.

The light on a vertex is linear in the strengths of the lamps; the share of each lamp, shadows
included, is worked out once per room and a picture costs one small matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.camera import BLACK_LEVEL, WHITE_LEVEL
from simulation.light import Light, white_balance
from simulation.mesh import Mesh
from simulation.room import Room

AMBIENT = 0.30
# Colours of the sources at neutral white balance, and how bright each one makes a room.
CEILING_COLOUR = np.array([1.0, 0.97, 0.92])
FLOOR_LAMP_COLOUR = np.array([1.0, 0.80, 0.55])
DAYLIGHT_COLOUR = np.array([0.88, 0.95, 1.0])
CEILING_POWER, FLOOR_LAMP_POWER, DAYLIGHT_POWER = 0.44, 0.16, 0.34


@dataclass(frozen=True)
class Emitter:
    """Sample points [S, 3] of a light source and the direction [3] it faces (zero: all around)."""

    points: NDArray[np.float64]
    facing: NDArray[np.float64]


def irradiance(room: Room, mesh: Mesh) -> NDArray[np.float32]:
    """Shares [4, V] of ambient light, ceiling panels, floor lamps and daylight at each vertex."""
    up = 0.5 * (1.0 + mesh.normals[:, 2])
    ambient = AMBIENT * (0.85 + 0.3 * up)
    shares = [ambient]
    for name, power in (
        ('ceiling/lamp', CEILING_POWER),
        ('shade/', FLOOR_LAMP_POWER),
        ('/window', DAYLIGHT_POWER),
    ):
        total = np.zeros(len(mesh.uv))
        for emitter in _emitters(room, name):
            total += _received(room, mesh, emitter)
        lit = total[total > 0.0]
        shares.append(power * total / lit.mean() if lit.size else total)
    shares[1:] = [np.minimum(share, 0.9) for share in shares[1:]]
    return np.stack(shares).astype(np.float32)


def vertex_colours(
    shares: NDArray[np.float32], luminous: NDArray[np.bool_], light: Light
) -> NDArray[np.float32]:
    """RGB factors [V, 3] of the textures, below 1, with exposure and white balance."""
    colours = np.stack(
        [
            np.ones(3),
            light.ceiling * CEILING_COLOUR,
            light.floor_lamp * FLOOR_LAMP_COLOUR,
            light.daylight * DAYLIGHT_COLOUR,
        ]
    ).astype(np.float32)
    rgb = shares.T @ colours
    rgb[luminous] = 0.8
    gain = light.exposure * white_balance(light.colour_temperature_k)
    brightest = (WHITE_LEVEL - BLACK_LEVEL) / 255.0
    return np.clip(rgb * gain.astype(np.float32), 0.0, brightest)


def _emitters(room: Room, name: str) -> list[Emitter]:
    """One emitter for each window or ceiling panel; one for each lamp shade."""
    emitters = []
    for quad in room.quads:
        if name not in quad.name or not quad.luminous:
            continue
        grid = np.array([[0.2, 0.3], [0.8, 0.3], [0.5, 0.5], [0.2, 0.7], [0.8, 0.7]])
        points = np.asarray(quad.corner) + grid[:, :1] * quad.right + grid[:, 1:] * quad.up
        emitters.append(Emitter(points + 0.03 * quad.normal, quad.normal))
    return emitters


def _received(room: Room, mesh: Mesh, emitter: Emitter) -> NDArray[np.float64]:
    """Light [V] from one emitter: Lambert at both ends, less with distance, with shadows."""
    total = np.zeros(len(mesh.uv))
    origins = mesh.positions + 0.02 * mesh.normals
    for point in emitter.points:
        ray = point - origins
        distance = np.linalg.norm(ray, axis=-1)
        direction = ray / distance[:, None]
        cosine = np.maximum((direction * mesh.normals).sum(axis=-1), 0.0)
        cosine = cosine * np.maximum(-direction @ emitter.facing, 0.0)
        lit = cosine > 0.0
        strength = np.where(lit, cosine / (distance**2 + 1.0), 0.0)
        strength[lit] *= _visible(room, origins[lit], point)
        total += strength
    return total / len(emitter.points)


def _visible(
    room: Room, origins: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[N] 1 where no piece of furniture (its bounding box) stands between, 0.25 in shade."""
    seen = np.ones(len(origins))
    direction = point - origins
    direction = np.where(np.abs(direction) < 1e-9, 1e-9, direction)
    for piece in room.furniture:
        corners = piece.footprint.corners()
        low = np.array([*corners.min(axis=0), 0.0]) + 0.01
        high = np.array([*corners.max(axis=0), piece.height]) - 0.01
        near, far = (low - origins) / direction, (high - origins) / direction
        enter = np.minimum(near, far).max(axis=-1)
        leave = np.minimum(np.maximum(near, far).min(axis=-1), 1.0)
        # A piece does not shade itself: rays that start inside its box pass.
        seen[(enter > 0.0) & (enter < leave)] = 0.25
    return seen
