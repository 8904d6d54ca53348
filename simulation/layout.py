# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a room is furnished by a seed: walls, openings, furniture that fits, pictures between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulation import furniture
from simulation.surfaces import Furniture, Quad, vector
from simulation.texture import Colour, TextureSpec

LENGTH_X, LENGTH_Y, HEIGHT = 8.0, 6.0, 2.6
PICTURE_GAP = 0.012
FARTHEST_GAP = 0.05  # from a wall to what hangs on it, m
PASSAGE = 0.75  # left between free-standing pieces and everything else, m


# What a room holds: every surface to be drawn, those of the furniture included, and the furniture.
Contents = tuple[list[Quad], list[Furniture]]


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

    def quad(self, name: str, left: float, bottom: float, face: TextureSpec, gap: float) -> Quad:
        """A picture (or the wall itself) with its lower left corner at (left, bottom)."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        along, inward = np.array([c, s, 0.0]), np.array([s, -c, 0.0])
        corner = np.array([*self.start, bottom]) + left * along + gap * inward
        return Quad(
            f'{self.name}/{name}',
            vector(corner),
            vector(face.width_m * along),
            (0.0, 0.0, face.height_m),
            face,
            luminous=face.pattern == 'window',
        )

    def span(self, quad: Quad) -> tuple[float, float] | None:
        """From where to where along the wall a quad hangs on it, m; None on another wall."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        ends = np.array([quad.corner[:2], np.add(quad.corner, quad.right)[:2]]) - self.start
        if np.abs(ends @ np.array([s, -c])).max() > FARTHEST_GAP:
            return None
        left, right = np.sort(ends @ np.array([c, s]))
        return float(left), float(right)


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


def texture(
    rng: np.random.Generator, pattern: str, width: float, height: float, colour: Colour
) -> TextureSpec:
    """A texture that no other has."""
    return TextureSpec(pattern, int(rng.integers(2**31)), float(width), float(height), colour)


def any_colour(rng: np.random.Generator) -> Colour:
    """Neither black nor white."""
    r, g, b = rng.uniform(0.15, 0.9, 3)
    return (float(r), float(g), float(b))


def furnished(rng: np.random.Generator) -> Contents:
    """A room with nothing twice."""
    quads = [*bare_walls(rng, WALLS), *floor_and_ceiling(rng)]
    holes, hole_quads = openings(rng, WALLS)
    pieces = along_walls(rng, holes, WALLS)
    quads += hole_quads + pictures(rng, holes, pieces, WALLS)
    pieces += free_standing(rng, (maker(rng) for maker in furniture.FREE_STANDING), pieces)
    return quads + surfaces_of(pieces), pieces


def surfaces_of(pieces: Iterable[Furniture]) -> list[Quad]:
    """What there is to draw of the furniture."""
    return [quad for piece in pieces for box in piece.boxes for quad in box.quads()]


def bare_walls(rng: np.random.Generator, walls: Sequence[Wall]) -> list[Quad]:
    """A different wall each."""
    styles = [WALL_STYLES[i] for i in rng.permutation(len(WALL_STYLES))]
    quads = []
    for wall, (pattern, base) in zip(walls, styles, strict=False):
        tint = np.clip(np.asarray(base) * rng.uniform(0.8, 1.2, 3), 0.1, 0.95)
        paint = texture(rng, pattern, wall.length, HEIGHT, vector(tint))
        quads.append(wall.quad('wall', 0.0, 0.0, paint, 0.0))
    return quads


def floor_and_ceiling(rng: np.random.Generator) -> list[Quad]:
    """The floor, the ceiling with two light panels, a rug."""
    quads = []
    floor = texture(rng, 'planks', LENGTH_X, LENGTH_Y, (0.58, 0.42, 0.27))
    ceiling = texture(rng, 'tiles', LENGTH_X, LENGTH_Y, (0.82, 0.82, 0.80))
    quads.append(Quad('floor', (-X, -Y, 0), (LENGTH_X, 0, 0), (0, LENGTH_Y, 0), floor))
    quads.append(Quad('ceiling', (-X, Y, HEIGHT), (LENGTH_X, 0, 0), (0, -LENGTH_Y, 0), ceiling))
    for index, x in enumerate((-2.0, 2.0)):
        panel = texture(rng, 'lamp', 1.2, 0.6, (1.0, 1.0, 0.96))
        centre_y = float(rng.uniform(-0.8, 0.8))
        corner = (x - 0.6, centre_y + 0.3, HEIGHT - 0.02)
        quads.append(Quad(f'ceiling/lamp{index}', corner, (1.2, 0, 0), (0, -0.6, 0), panel, True))
    w, h = float(rng.uniform(2.2, 3.0)), float(rng.uniform(1.5, 2.0))
    rug = texture(rng, 'carpet', w, h, any_colour(rng))
    corner = (float(rng.uniform(-1.5, 1.5)) - w / 2, float(rng.uniform(-0.8, 0.8)) - h / 2, 0.006)
    quads.append(Quad('floor/rug', corner, (w, 0, 0), (0, h, 0), rug))
    return quads


@dataclass(frozen=True)
class Opening:
    """A door or window in a wall: what may stand before it is at most `sill` high."""

    wall: Wall
    left: float
    width: float
    sill: float

    def meets(self, wall: Wall, left: float, width: float, margin: float) -> bool:
        """Whether something that wide would come nearer than `margin` along the wall."""
        return (
            self.wall is wall
            and self.left - margin < left + width
            and left < self.left + self.width + margin
        )


def openings(rng: np.random.Generator, walls: Sequence[Wall]) -> tuple[list[Opening], list[Quad]]:
    """One door, and two windows on another wall, on walls drawn by lot."""
    door_wall, window_wall = (walls[i] for i in rng.permutation(len(walls))[:2])
    left = float(rng.uniform(0.8, door_wall.length - 1.8))
    holes = [Opening(door_wall, left, 0.95, 0.0)]
    door = texture(rng, 'door', 0.95, 2.05, any_colour(rng))
    quads = [door_wall.quad('door', left, 0.0, door, PICTURE_GAP)]
    for share in (0.25, 0.7):
        width = float(rng.uniform(1.1, 1.5))
        left = share * window_wall.length - width / 2 + float(rng.uniform(-0.2, 0.2))
        holes.append(Opening(window_wall, left, width, 0.95))
        glass = texture(rng, 'window', width, 1.2, (0.8, 0.8, 0.8))
        quads.append(window_wall.quad(f'window{share}', left, 1.0, glass, PICTURE_GAP))
    return holes, quads


def overlap(a: Furniture, b: Furniture, margin: float) -> bool:
    """Whether two pieces (turned by quarter turns) come closer than `margin`."""
    low_a, high_a = a.footprint.corners().min(axis=0), a.footprint.corners().max(axis=0)
    low_b, high_b = b.footprint.corners().min(axis=0), b.footprint.corners().max(axis=0)
    return bool(np.all(low_a - margin < high_b) and np.all(low_b - margin < high_a))


def along_walls(
    rng: np.random.Generator, holes: list[Opening], walls: Sequence[Wall]
) -> list[Furniture]:
    """Fill the walls from left to right with whatever piece fits next."""
    placed: list[Furniture] = []
    bag: list[furniture.Maker] = []
    for wall in walls:
        cursor = float(rng.uniform(0.05, 0.5))
        while cursor < wall.length - 0.4:
            if not bag:
                bag = [furniture.AGAINST_A_WALL[i] for i in rng.permutation(9)]
            item = bag.pop()(rng)
            width = item.footprint.size[0]
            middle = cursor + width / 2 - item.footprint.centre[0]
            piece = wall.piece(item, middle)
            blocked = any(
                item.height > hole.sill and hole.meets(wall, cursor, width, 0.1) for hole in holes
            )
            too_long = cursor + width > wall.length - 0.05
            if too_long or blocked or any(overlap(piece, other, 0.08) for other in placed):
                cursor += 0.15
            else:
                placed.append(piece)
                cursor += width + float(rng.uniform(0.2, 0.9))
    return placed


def free_standing(
    rng: np.random.Generator, items: Iterable[Furniture], placed: list[Furniture]
) -> list[Furniture]:
    """The items that find a place, with passages all around."""
    added: list[Furniture] = []
    for item in items:
        for _ in range(60):
            x, y = rng.uniform(-X + 1.2, X - 1.2), rng.uniform(-Y + 1.2, Y - 1.2)
            piece = item.moved(float(x), float(y), float(rng.integers(4)) * np.pi / 2)
            if not any(overlap(piece, other, PASSAGE) for other in placed + added):
                added.append(piece)
                break
    return added


def pictures(
    rng: np.random.Generator,
    holes: list[Opening],
    placed: list[Furniture],
    walls: Sequence[Wall],
) -> list[Quad]:
    """Hang posters, paintings and notice boards wherever the wall is bare."""
    quads: list[Quad] = []
    kinds = ('poster', 'landscape', 'notices', 'poster')
    for wall in walls:
        cursor = float(rng.uniform(0.1, 0.4))
        while cursor < wall.length - 0.5:
            width, height = (float(v) for v in rng.uniform((0.45, 0.5), (1.0, 0.95)))
            bottom = float(rng.uniform(0.95, 1.35))
            free = cursor + width < wall.length - 0.05 and not any(
                hole.meets(wall, cursor, width, 0.08) for hole in holes
            )
            kind = kinds[int(rng.integers(4))]
            face = texture(rng, kind, width, height, any_colour(rng))
            quad = wall.quad(f'picture{len(quads)}', cursor, bottom, face, PICTURE_GAP)
            if free and not stands_before(quad, placed):
                quads.append(quad)
                cursor += width + float(rng.uniform(0.1, 0.7))
            else:
                cursor += 0.12
    return quads


def stands_before(quad: Quad, placed: Iterable[Furniture]) -> bool:
    """Whether a piece stands at the wall and reaches up to what hangs there."""
    middle = np.asarray(quad.corner[:2]) + 0.5 * np.asarray(quad.right[:2])
    ends = middle + np.outer((-0.5, 0.0, 0.5), quad.right[:2])
    return any(
        piece.height > quad.corner[2] and float(piece.footprint.distance(ends).min()) < 0.06
        for piece in placed
    )
