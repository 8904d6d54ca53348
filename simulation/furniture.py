# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The catalogue of furniture. Each piece is built around the origin: x to the right as seen from
the front, the front towards -y, the back at y = 0 (pieces for a wall) or the centre at the origin
(free-standing pieces).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulation.surfaces import Box, Footprint, Furniture
from simulation.texture import Colour, TextureSpec

Maker = Callable[[np.random.Generator], Furniture]


def _spec(
    rng: np.random.Generator, pattern: str, width: float, height: float, colour: Colour
) -> TextureSpec:
    return TextureSpec(pattern, int(rng.integers(2**31)), width, height, colour)


def _colour(rng: np.random.Generator, low: float = 0.15, high: float = 0.85) -> Colour:
    r, g, b = rng.uniform(low, high, 3)
    return (float(r), float(g), float(b))


def _wood_colour(rng: np.random.Generator) -> Colour:
    tone, depth = rng.uniform(0.3, 0.8), rng.uniform(0.45, 0.8)
    return (float(tone), float(tone * depth), float(tone * depth**2))


def _block(
    rng: np.random.Generator,
    name: str,
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    front: str,
    side: str,
    colour: Colour,
    luminous: bool = False,
) -> Box:
    return Box(
        name,
        centre,
        size,
        0.0,
        _spec(rng, front, size[0], size[2], colour),
        _spec(rng, side, size[0], size[2], colour),
        luminous,
    )


def _piece(name: str, boxes: list[Box]) -> Furniture:
    low = np.min([np.subtract(box.centre, np.multiply(box.size, 0.5)) for box in boxes], axis=0)
    high = np.max([np.add(box.centre, np.multiply(box.size, 0.5)) for box in boxes], axis=0)
    centre, size = (low + high) / 2, high - low
    footprint = Footprint(
        (float(centre[0]), float(centre[1])), (float(size[0]), float(size[1])), 0.0
    )
    return Furniture(name, tuple(boxes), footprint, float(high[2]))


def bookcase(rng: np.random.Generator) -> Furniture:
    """Tall shelves full of books."""
    w, d, h = rng.uniform(0.9, 1.5), 0.32, rng.uniform(1.75, 2.2)
    block = _block(
        rng, 'bookcase', (0, -d / 2, h / 2), (w, d, h), 'books', 'wood', _wood_colour(rng)
    )
    return _piece('bookcase', [block])


def low_shelf(rng: np.random.Generator) -> Furniture:
    """Waist-high shelves with something on top."""
    w, d, h = rng.uniform(0.9, 1.4), 0.35, rng.uniform(0.7, 0.85)
    boxes = [
        _block(rng, 'low_shelf', (0, -d / 2, h / 2), (w, d, h), 'books', 'wood', _wood_colour(rng))
    ]
    for x in np.linspace(-0.35, 0.35, 3) * w:
        s, t = rng.uniform(0.12, 0.25), rng.uniform(0.12, 0.4)
        boxes.append(
            _block(
                rng, 'case', (x, -d / 2, h + t / 2), (s, s, t), 'poster', 'fabric', _colour(rng)
            )
        )
    return _piece('low_shelf', boxes)


def cupboard(rng: np.random.Generator) -> Furniture:
    """A wardrobe of doors and drawers."""
    w, d, h = rng.uniform(0.9, 1.3), rng.uniform(0.4, 0.5), rng.uniform(1.6, 2.1)
    block = _block(rng, 'cupboard', (0, -d / 2, h / 2), (w, d, h), 'drawers', 'wood', _colour(rng))
    return _piece('cupboard', [block])


def sideboard(rng: np.random.Generator) -> Furniture:
    """A low chest with a television."""
    w, d, h = rng.uniform(1.3, 1.7), 0.42, rng.uniform(0.5, 0.7)
    screen_w = w * 0.75
    boxes = [
        _block(
            rng, 'sideboard', (0, -d / 2, h / 2), (w, d, h), 'drawers', 'wood', _wood_colour(rng)
        ),
        _block(
            rng,
            'television',
            (0, -0.15, h + 0.05 + screen_w * 0.29),
            (screen_w, 0.07, screen_w * 0.58),
            'screen',
            'plain',
            (0.12, 0.12, 0.13),
        ),
        _block(
            rng, 'stand', (0, -0.15, h + 0.03), (0.3, 0.2, 0.06), 'plain', 'plain', (0.1, 0.1, 0.1)
        ),
    ]
    return _piece('sideboard', boxes)


def sofa(rng: np.random.Generator) -> Furniture:
    """A sofa with unequal cushions."""
    w, d, colour = rng.uniform(1.5, 1.9), 0.85, _colour(rng, 0.2, 0.75)
    boxes = [
        _block(rng, 'seat', (0, -d / 2, 0.21), (w, d, 0.42), 'fabric', 'fabric', colour),
        _block(rng, 'back', (0, -0.11, 0.62), (w, 0.22, 0.42), 'fabric', 'fabric', colour),
    ]
    for x in (-w / 2 + 0.09, w / 2 - 0.09):
        boxes.append(
            _block(
                rng,
                'arm',
                (x, -d / 2 - 0.1, 0.5),
                (0.18, d - 0.2, 0.2),
                'fabric',
                'fabric',
                colour,
            )
        )
    for x in (-w / 4, w / 4):
        boxes.append(
            _block(
                rng,
                'cushion',
                (x, -0.3, 0.6),
                (0.42, 0.14, 0.38),
                'poster',
                'fabric',
                _colour(rng),
            )
        )
    return _piece('sofa', boxes)


def _legs(
    rng: np.random.Generator, w: float, d: float, h: float, y: float, colour: Colour
) -> list[Box]:
    return [
        _block(
            rng,
            'leg',
            (sx * (w / 2 - 0.04), y + sy * (d / 2 - 0.04), h / 2),
            (0.06, 0.06, h),
            'wood',
            'wood',
            colour,
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]


def desk(rng: np.random.Generator) -> Furniture:
    """A desk with a monitor, papers and a drawer block."""
    w, d, h, colour = rng.uniform(1.2, 1.6), 0.65, 0.74, _wood_colour(rng)
    boxes = [
        _block(rng, 'top', (0, -d / 2, h - 0.02), (w, d, 0.04), 'wood', 'wood', colour),
        *_legs(rng, w, d, h - 0.04, -d / 2, colour),
        _block(
            rng,
            'drawers',
            (w / 2 - 0.3, -d / 2, 0.33),
            (0.4, 0.5, 0.66),
            'drawers',
            'plain',
            _colour(rng),
        ),
        _block(
            rng,
            'monitor',
            (-0.1, -0.2, h + 0.27),
            (0.6, 0.05, 0.36),
            'screen',
            'plain',
            (0.1, 0.1, 0.1),
        ),
        _block(
            rng,
            'foot',
            (-0.1, -0.2, h + 0.05),
            (0.18, 0.14, 0.1),
            'plain',
            'plain',
            (0.1, 0.1, 0.1),
        ),
        _block(
            rng,
            'books',
            (w / 2 - 0.25, -0.2, h + 0.12),
            (0.35, 0.2, 0.24),
            'books',
            'plain',
            _colour(rng),
        ),
    ]
    return _piece('desk', boxes)


def plant(rng: np.random.Generator) -> Furniture:
    """A potted plant."""
    h = rng.uniform(1.1, 1.7)
    green = (float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.45, 0.65)), 0.2)
    boxes = [
        _block(
            rng, 'pot', (0, -0.25, 0.19), (0.38, 0.38, 0.38), 'tiles', 'plain', _colour(rng, 0.3)
        ),
        _block(
            rng, 'trunk', (0, -0.25, 0.5), (0.07, 0.07, 0.3), 'wood', 'wood', (0.4, 0.28, 0.16)
        ),
        _block(
            rng, 'leaves', (0, -0.25, 0.3 + h / 2), (0.5, 0.5, h - 0.6), 'leaves', 'leaves', green
        ),
    ]
    return _piece('plant', boxes)


def floor_lamp(rng: np.random.Generator) -> Furniture:
    """A standard lamp with a luminous shade."""
    boxes = [
        _block(rng, 'foot', (0, -0.18, 0.02), (0.3, 0.3, 0.04), 'plain', 'plain', (0.2, 0.2, 0.2)),
        _block(
            rng, 'pole', (0, -0.18, 0.8), (0.04, 0.04, 1.5), 'plain', 'plain', (0.6, 0.55, 0.3)
        ),
        _block(
            rng,
            'shade',
            (0, -0.18, 1.62),
            (0.34, 0.34, 0.3),
            'lamp',
            'lamp',
            (1.0, 0.9, 0.7),
            True,
        ),
    ]
    return _piece('floor_lamp', boxes)


def crates(rng: np.random.Generator) -> Furniture:
    """A pile of cartons."""
    boxes, z = [], 0.0
    for _ in range(int(rng.integers(2, 4))):
        w, d, h = rng.uniform(0.4, 0.65), rng.uniform(0.35, 0.45), rng.uniform(0.3, 0.45)
        boxes.append(
            _block(
                rng,
                'crate',
                (rng.uniform(-0.05, 0.05), -0.25, z + h / 2),
                (w, d, h),
                'poster',
                'notices',
                _wood_colour(rng),
            )
        )
        z += h
    return _piece('crates', boxes)


def pillar(rng: np.random.Generator) -> Furniture:
    """A square pillar up to the ceiling (free-standing)."""
    s = rng.uniform(0.32, 0.42)
    side = ('mural', 'tiles', 'bricks', 'stripes')[int(rng.integers(4))]
    block = _block(rng, 'pillar', (0, 0, 1.3), (s, s, 2.6), 'poster', side, _colour(rng, 0.3))
    return _piece('pillar', [block])


def table(rng: np.random.Generator) -> Furniture:
    """A dining table with things on it (free-standing)."""
    w, d, h, colour = rng.uniform(1.1, 1.5), rng.uniform(0.75, 0.9), 0.74, _wood_colour(rng)
    boxes = [
        _block(rng, 'top', (0, 0, h - 0.025), (w, d, 0.05), 'wood', 'mural', colour),
        *_legs(rng, w, d, h - 0.05, 0.0, colour),
    ]
    for x in np.linspace(-0.35, 0.35, 4) * w:
        s, t = rng.uniform(0.07, 0.2), rng.uniform(0.08, 0.35)
        centre = (x, rng.uniform(-0.3, 0.3) * d, h + t / 2)
        boxes.append(_block(rng, 'vessel', centre, (s, s, t), 'stripes', 'stripes', _colour(rng)))
    return _piece('table', boxes)


def island(rng: np.random.Generator) -> Furniture:
    """A counter block (free-standing)."""
    w, d, h = rng.uniform(0.9, 1.3), rng.uniform(0.5, 0.65), rng.uniform(0.8, 0.95)
    boxes = [
        _block(rng, 'island', (0, 0, h / 2), (w, d, h), 'drawers', 'bricks', _colour(rng)),
        _block(
            rng,
            'kettle',
            (w / 4, 0, h + 0.12),
            (0.18, 0.18, 0.24),
            'poster',
            'stripes',
            _colour(rng),
        ),
    ]
    return _piece('island', boxes)


AGAINST_A_WALL: tuple[Maker, ...] = (
    bookcase, low_shelf, cupboard, sideboard, sofa, desk, plant, floor_lamp, crates,
)  # fmt: skip
FREE_STANDING: tuple[Maker, ...] = (pillar, table, island)
