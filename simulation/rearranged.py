# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Another place that looks like a given room: its textures and its furniture, put up elsewhere.

Two opposite walls change places, doors and windows with them, floor and ceiling are turned, the
pictures hang and the furniture stands somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulation.layout import (
    PICTURE_GAP,
    WALLS,
    Contents,
    Opening,
    free_standing,
    overlap,
    stands_before,
    surfaces_of,
)
from simulation.room import Room
from simulation.surfaces import Furniture, Quad
from simulation.symmetric import turned

FREE_STANDING = ('pillar', 'table', 'island')
TRIES = 400


def rearranged(room: Room, rng: np.random.Generator) -> Contents:
    """The contents of a room of layout.py, put up anew."""
    pair = (('north', 'south'), ('east', 'west'))[int(rng.integers(2))]
    built = _built(room, (*pair, 'floor', 'ceiling'))
    holes = _openings(built)
    items = [_unmoved(room.furniture[i]) for i in rng.permutation(len(room.furniture))]
    pieces = _along_walls(rng, (i for i in items if i.name not in FREE_STANDING), holes)
    hung = _pictures(rng, [q for q in room.quads if '/picture' in q.name], holes, pieces)
    pieces += free_standing(rng, (i for i in items if i.name in FREE_STANDING), pieces)
    return [*built, *hung, *surfaces_of(pieces)], pieces


def _built(room: Room, to_turn: tuple[str, ...]) -> list[Quad]:
    """Walls with their openings, floor and ceiling; those that are named are turned."""
    named = (*(wall.name for wall in WALLS), 'floor', 'ceiling')
    parts = [(q.name.split('/')[0], q) for q in room.quads if '/picture' not in q.name]
    return [turned(q) if part in to_turn else q for part, q in parts if part in named]


def _openings(built: Iterable[Quad]) -> list[Opening]:
    openings = []
    for quad in built:
        if '/door' in quad.name or '/window' in quad.name:
            spans = ((wall, wall.span(quad)) for wall in WALLS)
            wall, (left, right) = next((wall, span) for wall, span in spans if span)
            openings.append(Opening(wall, left, right - left, max(quad.corner[2] - 0.05, 0.0)))
    return openings


def _unmoved(piece: Furniture) -> Furniture:
    """The piece with the middle of its back at the origin, its front towards -y."""
    x, y = piece.footprint.centre
    upright = piece.moved(-x, -y, 0.0).moved(0.0, 0.0, -piece.footprint.yaw)
    return upright.moved(0.0, -0.5 * piece.footprint.size[1], 0.0)


def _along_walls(
    rng: np.random.Generator, items: Iterable[Furniture], holes: list[Opening]
) -> list[Furniture]:
    """Each item where it fits, by lot; what fits nowhere is left out."""
    placed: list[Furniture] = []
    for item in items:
        width = item.footprint.size[0]
        for _ in range(TRIES):
            wall = WALLS[int(rng.integers(len(WALLS)))]
            left = float(rng.uniform(0.05, wall.length - 0.05 - width))
            piece = wall.piece(item, left + 0.5 * width)
            blocked = any(
                item.height > hole.sill and hole.meets(wall, left, width, 0.1) for hole in holes
            )
            if not blocked and not any(overlap(piece, other, 0.08) for other in placed):
                placed.append(piece)
                break
    return placed


def _pictures(
    rng: np.random.Generator, old: list[Quad], holes: list[Opening], placed: list[Furniture]
) -> list[Quad]:
    """Hang each picture where the wall is bare, by lot."""
    hung: list[Quad] = []
    taken = list(holes)
    for face in (quad.texture for quad in old):
        for _ in range(TRIES):
            wall = WALLS[int(rng.integers(len(WALLS)))]
            left = float(rng.uniform(0.05, wall.length - 0.05 - face.width_m))
            bottom = float(rng.uniform(0.95, 1.35))
            quad = wall.quad(f'picture{len(hung)}', left, bottom, face, PICTURE_GAP)
            free = not any(hole.meets(wall, left, face.width_m, 0.08) for hole in taken)
            if free and not stands_before(quad, placed):
                hung.append(quad)
                taken.append(Opening(wall, left, face.width_m, bottom))
                break
    return hung
