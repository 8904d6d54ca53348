# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rooms of two-fold symmetry: turned by 180 degrees about the vertical they look the same.

Half of such a room is furnished, the other half is its turned copy, textures and lamps included.
No picture can tell a pose from its twin; a mirrored room would not be ambiguous.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation import furniture
from simulation.layout import (
    HEIGHT,
    LENGTH_Y,
    PASSAGE,
    PICTURE_GAP,
    WALLS,
    Contents,
    Wall,
    X,
    Y,
    along_walls,
    any_colour,
    bare_walls,
    free_standing,
    openings,
    overlap,
    pictures,
    stands_before,
    surfaces_of,
    texture,
)
from simulation.surfaces import Furniture, Quad, Vector

# Each turns into one that is left out.
HALF_OF_WALLS = WALLS[:2]
# Of the poster that has no twin, m: the first that fits on a wall.
POSTER_SIZES = ((1.6, 1.1), (1.2, 0.9), (0.8, 0.7))
POSTER_BOTTOM = 1.25  # m
STRIP_WIDTH, STRIP_GAP = 0.24, 0.012  # m
TRIES = 400


def symmetric(rng: np.random.Generator) -> Contents:
    """Half a room and its turned copy."""
    quads = [*bare_walls(rng, HALF_OF_WALLS), *_half_floor_and_ceiling(rng)]
    holes, hole_quads = openings(rng, HALF_OF_WALLS)
    pieces = _clear_of_twins(along_walls(rng, holes, HALF_OF_WALLS), 0.08)
    standing = pieces + turned_pieces(pieces)
    quads += hole_quads + pictures(rng, holes, standing, HALF_OF_WALLS)
    items = (maker(rng) for maker in furniture.FREE_STANDING)
    pieces += _clear_of_twins(free_standing(rng, items, standing), PASSAGE)
    quads += surfaces_of(pieces)
    pieces += turned_pieces(pieces)
    return [*quads, *(turned(quad) for quad in quads), *_over_the_seam(rng)], pieces


def with_poster(rng: np.random.Generator) -> Contents:
    """The same room with one poster that has no twin, over whatever hangs there.

    Raises ValueError when no wall has a place for it.
    """
    quads, pieces = symmetric(rng)
    holes = [quad for quad in quads if '/door' in quad.name or '/window' in quad.name]
    for size in POSTER_SIZES:
        face = texture(rng, 'poster', *size, any_colour(rng))
        for _ in range(TRIES):
            wall = WALLS[int(rng.integers(len(WALLS)))]
            left = float(rng.uniform(0.1, wall.length - 0.1 - face.width_m))
            poster = wall.quad('unique_poster', left, POSTER_BOTTOM, face, 2.0 * PICTURE_GAP)
            covers = any(_meet(wall, poster, hole) for hole in holes)
            if not covers and not stands_before(poster, pieces):
                return [*quads, poster], pieces
    raise ValueError('no wall has a place for a poster; try another seed')


def turned(quad: Quad) -> Quad:
    """A quad turned by 180 degrees about the vertical through the origin, to the last bit."""

    def around(v: Vector) -> Vector:
        return (-v[0], -v[1], v[2])

    return replace(
        quad,
        name=f'turned/{quad.name}',
        corner=around(quad.corner),
        right=around(quad.right),
        up=around(quad.up),
    )


def turned_pieces(pieces: list[Furniture]) -> list[Furniture]:
    """Furniture turned by 180 degrees about the vertical through the origin.

    Its footprint, a rectangle, keeps its yaw: so it is turned to the last bit, shadows too.
    """
    return [
        replace(
            piece.moved(0.0, 0.0, np.pi),
            footprint=replace(
                piece.footprint,
                centre=(-piece.footprint.centre[0], -piece.footprint.centre[1]),
            ),
        )
        for piece in pieces
    ]


def _clear_of_twins(pieces: list[Furniture], margin: float) -> list[Furniture]:
    """Those of the pieces that leave room for everybody's turned copy."""
    kept: list[Furniture] = []
    for piece in pieces:
        twins = turned_pieces([*kept, piece])
        if not any(overlap(piece, twin, margin) for twin in twins):
            kept.append(piece)
    return kept


def _meet(wall: Wall, poster: Quad, hole: Quad) -> bool:
    ours, theirs = wall.span(poster), wall.span(hole)
    return bool(ours and theirs and ours[0] < theirs[1] and theirs[0] < ours[1])


def _half_floor_and_ceiling(rng: np.random.Generator) -> list[Quad]:
    """Floor and ceiling where x is below 0, a light panel, a rug."""
    floor = texture(rng, 'planks', X, LENGTH_Y, (0.58, 0.42, 0.27))
    ceiling = texture(rng, 'tiles', X, LENGTH_Y, (0.82, 0.82, 0.80))
    panel = texture(rng, 'lamp', 1.2, 0.6, (1.0, 1.0, 0.96))
    panel_y = float(rng.uniform(-0.8, 0.8))
    w, d = float(rng.uniform(1.6, 2.2)), float(rng.uniform(1.5, 2.0))
    rug = texture(rng, 'carpet', w, d, any_colour(rng))
    rug_x, rug_y = float(rng.uniform(-2.4, -1.8)) - w / 2, float(rng.uniform(-0.8, 0.8)) - d / 2
    return [
        Quad('floor', (-X, -Y, 0), (X, 0, 0), (0, LENGTH_Y, 0), floor),
        Quad('ceiling', (-X, Y, HEIGHT), (X, 0, 0), (0, -LENGTH_Y, 0), ceiling),
        Quad(
            'ceiling/lamp', (-2.6, panel_y + 0.3, HEIGHT - 0.02), (1.2, 0, 0), (0, -0.6, 0),
            panel, True,
        ),
        Quad('floor/rug', (rug_x, rug_y, 0.006), (w, 0, 0), (0, d, 0), rug),
    ]  # fmt: skip


def _over_the_seam(rng: np.random.Generator) -> list[Quad]:
    """A strip of one colour on the floor, and one on the ceiling, where the halves meet.

    The rasterizer gives the pixels of a seam to the half that is drawn first, turned or not.
    """
    strip = texture(rng, 'even', STRIP_WIDTH, LENGTH_Y, (0.35, 0.30, 0.26))
    left, across, along = -0.5 * STRIP_WIDTH, (STRIP_WIDTH, 0, 0), (0, LENGTH_Y, 0)
    return [
        Quad('floor/strip', (left, -Y, STRIP_GAP), across, along, strip),
        Quad(
            'ceiling/strip', (left, Y, HEIGHT - STRIP_GAP), across, (0, -LENGTH_Y, 0), strip
        ),
    ]  # fmt: skip
