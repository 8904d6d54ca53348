# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a room is furnished by a seed: walls, openings, furniture that fits, pictures between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation import furniture
from simulation.surfaces import Furniture, Quad, vector
from simulation.texture import Colour, TextureSpec

LENGTH_X, LENGTH_Y, HEIGHT = 8.0, 6.0, 2.6
PICTURE_GAP = 0.012
PASSAGE = 0.75  # left between free-standing pieces and everything else, m


@dataclass(frozen=True)
class Wall:
    """One wall seen from inside: where its left end stands, which way it runs, how long it is."""

    name: str
    start: tuple[float, float]
    yaw: float
    length: float

    def piece(self, item: Furniture, along: float) -> Furniture:
        """A piece of furniture with its back to the wall, its middle at `along` m."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        return item.moved(
            float(self.start[0] + c * along + s * 0.01),
            float(self.start[1] + s * along - c * 0.01),
            self.yaw,
        )

    def quad(
        self, name: str, left: float, bottom: float, texture: TextureSpec, gap: float
    ) -> Quad:
        """A picture (or the wall itself) with its lower left corner at (left, bottom)."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        along, inward = np.array([c, s, 0.0]), np.array([s, -c, 0.0])
        corner = np.array([*self.start, bottom]) + left * along + gap * inward
        return Quad(
            f'{self.name}/{name}',
            vector(corner),
            vector(texture.width_m * along),
            (0.0, 0.0, texture.height_m),
            texture,
            luminous=texture.pattern == 'window',
        )


X, Y = LENGTH_X / 2, LENGTH_Y / 2
WALLS = (
    Wall('north', (-X, Y), 0.0, LENGTH_X),
    Wall('east', (X, Y), -np.pi / 2, LENGTH_Y),
    Wall('south', (X, -Y), np.pi, LENGTH_X),
    Wall('west', (-X, -Y), np.pi / 2, LENGTH_Y),
)
# Each wall has a pattern of its own, and colours far from its neighbours'.
WALL_STYLES: tuple[tuple[str, Colour], ...] = (
    ('bricks', (0.66, 0.36, 0.27)),
    ('mural', (0.38, 0.55, 0.72)),
    ('stripes', (0.80, 0.72, 0.45)),
    ('panels', (0.42, 0.58, 0.38)),
)


def _spec(
    rng: np.random.Generator, pattern: str, width: float, height: float, colour: Colour
) -> TextureSpec:
    return TextureSpec(pattern, int(rng.integers(2**31)), float(width), float(height), colour)


def _colour(rng: np.random.Generator) -> Colour:
    r, g, b = rng.uniform(0.15, 0.9, 3)
    return (float(r), float(g), float(b))


def shell(rng: np.random.Generator) -> tuple[Quad, ...]:
    """Four different walls, the floor, the ceiling with two light panels, a rug."""
    styles = [WALL_STYLES[i] for i in rng.permutation(len(WALL_STYLES))]
    quads = []
    for wall, (pattern, base) in zip(WALLS, styles, strict=True):
        tint = np.clip(np.asarray(base) * rng.uniform(0.8, 1.2, 3), 0.1, 0.95)
        texture = _spec(rng, pattern, wall.length, HEIGHT, vector(tint))
        quads.append(wall.quad('wall', 0.0, 0.0, texture, 0.0))
    floor = _spec(rng, 'planks', LENGTH_X, LENGTH_Y, (0.58, 0.42, 0.27))
    ceiling = _spec(rng, 'tiles', LENGTH_X, LENGTH_Y, (0.82, 0.82, 0.80))
    quads.append(Quad('floor', (-X, -Y, 0), (LENGTH_X, 0, 0), (0, LENGTH_Y, 0), floor))
    quads.append(Quad('ceiling', (-X, Y, HEIGHT), (LENGTH_X, 0, 0), (0, -LENGTH_Y, 0), ceiling))
    for index, x in enumerate((-2.0, 2.0)):
        panel = _spec(rng, 'lamp', 1.2, 0.6, (1.0, 1.0, 0.96))
        centre_y = float(rng.uniform(-0.8, 0.8))
        corner = (x - 0.6, centre_y + 0.3, HEIGHT - 0.02)
        quads.append(Quad(f'ceiling/lamp{index}', corner, (1.2, 0, 0), (0, -0.6, 0), panel, True))
    w, h = float(rng.uniform(2.2, 3.0)), float(rng.uniform(1.5, 2.0))
    rug = _spec(rng, 'carpet', w, h, _colour(rng))
    corner = (float(rng.uniform(-1.5, 1.5)) - w / 2, float(rng.uniform(-0.8, 0.8)) - h / 2, 0.006)
    quads.append(Quad('floor/rug', corner, (w, 0, 0), (0, h, 0), rug))
    return tuple(quads)


@dataclass(frozen=True)
class Opening:
    """A door or window in a wall: what may stand before it is at most `sill` high."""

    wall: Wall
    left: float
    width: float
    sill: float


def openings(rng: np.random.Generator) -> tuple[list[Opening], list[Quad]]:
    """One door, and two windows on one wall, on walls drawn by lot."""
    door_wall, window_wall = (WALLS[i] for i in rng.permutation(len(WALLS))[:2])
    left = float(rng.uniform(0.8, door_wall.length - 1.8))
    holes = [Opening(door_wall, left, 0.95, 0.0)]
    door = _spec(rng, 'door', 0.95, 2.05, _colour(rng))
    quads = [door_wall.quad('door', left, 0.0, door, PICTURE_GAP)]
    for share in (0.25, 0.7):
        width = float(rng.uniform(1.1, 1.5))
        left = share * window_wall.length - width / 2 + float(rng.uniform(-0.2, 0.2))
        holes.append(Opening(window_wall, left, width, 0.95))
        glass = _spec(rng, 'window', width, 1.2, (0.8, 0.8, 0.8))
        quads.append(window_wall.quad(f'window{share}', left, 1.0, glass, PICTURE_GAP))
    return holes, quads


def _overlap(a: Furniture, b: Furniture, margin: float) -> bool:
    """Whether two pieces (turned by quarter turns) come closer than `margin`."""
    low_a, high_a = a.footprint.corners().min(axis=0), a.footprint.corners().max(axis=0)
    low_b, high_b = b.footprint.corners().min(axis=0), b.footprint.corners().max(axis=0)
    return bool(np.all(low_a - margin < high_b) and np.all(low_b - margin < high_a))


def along_walls(rng: np.random.Generator, holes: list[Opening]) -> list[Furniture]:
    """Fill the walls from left to right with whatever piece fits next."""
    placed: list[Furniture] = []
    bag: list[furniture.Maker] = []
    for wall in WALLS:
        cursor = float(rng.uniform(0.05, 0.5))
        while cursor < wall.length - 0.4:
            if not bag:
                bag = [furniture.AGAINST_A_WALL[i] for i in rng.permutation(9)]
            item = bag.pop()(rng)
            width = item.footprint.size[0]
            middle = cursor + width / 2 - item.footprint.centre[0]
            piece = wall.piece(item, middle)
            blocked = any(
                hole.wall is wall
                and item.height > hole.sill
                and hole.left - 0.1 < cursor + width
                and cursor < hole.left + hole.width + 0.1
                for hole in holes
            )
            too_long = cursor + width > wall.length - 0.05
            if too_long or blocked or any(_overlap(piece, other, 0.08) for other in placed):
                cursor += 0.15
            else:
                placed.append(piece)
                cursor += width + float(rng.uniform(0.2, 0.9))
    return placed


def free_standing(rng: np.random.Generator, placed: list[Furniture]) -> list[Furniture]:
    """One of each free-standing piece, with passages all around."""
    added: list[Furniture] = []
    for maker in furniture.FREE_STANDING:
        item = maker(rng)
        for _ in range(60):
            x, y = rng.uniform(-X + 1.2, X - 1.2), rng.uniform(-Y + 1.2, Y - 1.2)
            piece = item.moved(float(x), float(y), float(rng.integers(4)) * np.pi / 2)
            if not any(_overlap(piece, other, PASSAGE) for other in placed + added):
                added.append(piece)
                break
    return added


def pictures(
    rng: np.random.Generator, holes: list[Opening], placed: list[Furniture]
) -> list[Quad]:
    """Hang posters, paintings and notice boards wherever the wall is bare."""
    quads: list[Quad] = []
    kinds = ('poster', 'landscape', 'notices', 'poster')
    for wall in WALLS:
        cursor = float(rng.uniform(0.1, 0.4))
        while cursor < wall.length - 0.5:
            width, height = (float(v) for v in rng.uniform((0.45, 0.5), (1.0, 0.95)))
            bottom = float(rng.uniform(0.95, 1.35))
            free = cursor + width < wall.length - 0.05 and not any(
                hole.wall is wall
                and hole.left - 0.08 < cursor + width
                and cursor < hole.left + hole.width + 0.08
                for hole in holes
            )
            kind = kinds[int(rng.integers(4))]
            texture = _spec(rng, kind, width, height, _colour(rng))
            quad = wall.quad(f'picture{len(quads)}', cursor, bottom, texture, PICTURE_GAP)
            middle = np.asarray(quad.corner[:2]) + 0.5 * np.asarray(quad.right[:2])
            ends = middle + np.outer((-0.5, 0.0, 0.5), quad.right[:2])
            hidden = any(
                piece.height > bottom and float(piece.footprint.distance(ends).min()) < 0.06
                for piece in placed
            )
            if free and not hidden:
                quads.append(quad)
                cursor += width + float(rng.uniform(0.1, 0.7))
            else:
                cursor += 0.12
    return quads
