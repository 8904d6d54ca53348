# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All textures of the world, painted by code.

A texture is named by a frozen `TextureSpec`; `paint` turns it into pixels. The same spec gives the
same pixels always. Patterns are drawn in metres, so that planks and bricks keep their size on any
surface, and each of their pieces has a colour of its own: no two patches of a wall are alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation import picture
from simulation.noise import Image, blend, fractal_noise, jitter_colours, rgb, to_uint8

PIXELS_PER_METRE = 160.0
SMALLEST_SIDE_PX = 64
LARGEST_SIDE_PX = 1024

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class TextureSpec:
    """What is painted: a pattern of `PATTERNS`, its seed, its size in metres, its main colour."""

    pattern: str
    seed: int
    width_m: float
    height_m: float
    colour: Colour = (0.7, 0.7, 0.7)

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            known = ', '.join(sorted(PATTERNS))
            raise ValueError(f'unknown texture pattern {self.pattern!r}; known are {known}')


def side_px(length_m: float) -> int:
    """The power of two (what the rasterizer takes) nearest to the wanted resolution."""
    exponent = round(float(np.log2(max(length_m, 1e-3) * PIXELS_PER_METRE)))
    return int(np.clip(2**exponent, SMALLEST_SIDE_PX, LARGEST_SIDE_PX))


def paint(spec: TextureSpec) -> NDArray[np.uint8]:
    """Pixels of a texture: uint8 RGB [height, width, 3], row 0 on top, sides powers of two."""
    height, width = side_px(spec.height_m), side_px(spec.width_m)
    # One row of metres for each pixel centre; y grows downwards as the rows do.
    y = (np.arange(height) + 0.5)[:, None] / height * spec.height_m * np.ones((1, width))
    x = (np.arange(width) + 0.5)[None, :] / width * spec.width_m * np.ones((height, 1))
    rng = np.random.default_rng(spec.seed)
    return to_uint8(PATTERNS[spec.pattern](x, y, np.asarray(spec.colour, np.float32), rng))


Grid = NDArray[np.float64]
Painter = Callable[[Grid, Grid, Image, np.random.Generator], Image]


def even(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """One colour everywhere."""
    return np.broadcast_to(colour, (*x.shape, 3))


def plain(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Paint with faint stains."""
    stains = fractal_noise(rng, x.shape, 5, octaves=5)
    return colour * (1.0 + 0.25 * stains[..., None])


def fabric(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Woven cloth: two crossing threads and a coloured fleck here and there."""
    weave = np.sin(2 * np.pi * x / 0.03) * np.sin(2 * np.pi * y / 0.03)
    fleck = fractal_noise(rng, x.shape, 12, octaves=3)
    image = colour * (1.0 + 0.15 * weave + 0.35 * fleck)[..., None]
    return blend(image, jitter_colours(rng, colour, 1, 0.5)[0], fleck > 0.45)


def planks(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A plank floor: rows of boards with staggered ends, grain along x, a tone for each board."""
    row = np.floor(y / 0.14).astype(int)
    shift = rng.uniform(0.0, 1.4, row.max() + 1)[row]
    board = np.floor((x + shift) / 1.4).astype(int)
    tones = jitter_colours(rng, colour, 4099, 0.16)[(row * 61 + board * 17) % 4099]
    grain = fractal_noise(rng, x.shape, 4, octaves=5, stretch=8)
    gap = (np.mod(y, 0.14) < 0.008) | (np.mod(x + shift, 1.4) < 0.01)
    image = tones * (1.0 + 0.30 * grain[..., None])
    return blend(image, 0.35 * colour, gap)


def wood(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Veneer with year rings."""
    warp = fractal_noise(rng, x.shape, 3, octaves=4, stretch=4)
    rings = np.sin(2 * np.pi * (y / 0.07 + 2.5 * warp))
    fine = fractal_noise(rng, x.shape, 16, octaves=3, stretch=8)
    return colour * (1.0 + 0.14 * rings + 0.2 * fine)[..., None]


def bricks(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A brick wall; each brick has its own tone, some are painted."""
    row = np.floor(y / 0.10).astype(int)
    along = x + 0.15 * (row % 2)
    column = np.floor(along / 0.30).astype(int)
    index = (row * 131 + column * 7) % 4099
    tones = jitter_colours(rng, colour, 4099, 0.22)
    painted = rng.random(4099) < 0.06
    tones[painted] = rng.uniform(0.15, 0.95, (4099, 3))[painted]
    grain = fractal_noise(rng, x.shape, 24, octaves=4)
    mortar = (np.mod(y, 0.10) < 0.014) | (np.mod(along, 0.30) < 0.014)
    image = tones[index] * (1.0 + 0.3 * grain[..., None])
    return blend(image, rgb(0.75, 0.73, 0.70), mortar)


def stripes(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Wallpaper of stripes, none as wide as the next, with rows of small motifs."""
    edges = np.cumsum(rng.uniform(0.04, 0.30, 128))
    stripe = np.searchsorted(edges, x[0])
    tones = jitter_colours(rng, colour, 129, 0.35)[stripe]
    image = np.broadcast_to(tones[None], (*x.shape, 3)).copy()
    column, row = np.floor(x / 0.25).astype(int), np.floor(y / 0.25).astype(int)
    index = (row * 97 + column * 13) % 1021
    centre = rng.uniform(0.07, 0.18, (1021, 2))[index]
    radius = rng.uniform(0.015, 0.065, 1021)[index]
    dx, dy = np.mod(x, 0.25) - centre[..., 0], np.mod(y, 0.25) - centre[..., 1]
    motif = np.where(rng.random(1021)[index] < 0.5, np.hypot(dx, dy), np.abs(dx) + np.abs(dy))
    inside = motif < radius
    image[inside] = rng.uniform(0.1, 0.95, (1021, 3)).astype(np.float32)[index][inside]
    return image * (1.0 + 0.12 * fractal_noise(rng, x.shape, 6, octaves=5)[..., None])


def mural(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A painted wall: broad washes of colour under shapes of all sizes."""
    wash = np.stack([fractal_noise(rng, x.shape, 3, octaves=4) for _ in range(3)], axis=-1)
    image = (colour + 0.30 * wash).astype(np.float32)
    width, height = float(x.max()), float(y.max())
    count = int(14 * width * height)
    sizes = np.sort(rng.pareto(1.6, count) * 0.035 + 0.025)[::-1]
    for size in np.minimum(sizes, 0.45):
        picture.draw_shape(image, x, y, rng, (rng.uniform(0, width), rng.uniform(0, height)), size)
    return image


def tiles(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Square tiles, 0.4 m, with joints; a few of them decorated."""
    column, row = np.floor(x / 0.4).astype(int), np.floor(y / 0.4).astype(int)
    index = (row * 53 + column * 7) % 1021
    image = jitter_colours(rng, colour, 1021, 0.16)[index]
    image = image * (1.0 + 0.15 * fractal_noise(rng, x.shape, 16, octaves=4)[..., None])
    ring = np.hypot(np.mod(x, 0.4) - 0.2, np.mod(y, 0.4) - 0.2)
    decorated = (rng.random(1021) < 0.25)[index] & (np.abs(ring - 0.1) < 0.025)
    image = np.where(decorated[..., None], rng.uniform(0.2, 0.9, (1021, 3))[index], image)
    joint = (np.mod(x, 0.4) < 0.012) | (np.mod(y, 0.4) < 0.012)
    return blend(image.astype(np.float32), 0.6 * colour, joint)


def panels(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Upright boards in pieces of different length and stain, as on a panelled wall."""
    edges = np.cumsum(rng.uniform(0.09, 0.22, 128))
    board = np.broadcast_to(np.searchsorted(edges, x[0])[None], x.shape)
    length, shift = rng.uniform(0.35, 0.9, (2, 129))
    piece = np.floor((y + shift[board]) / length[board]).astype(int)
    tones = jitter_colours(rng, colour, 4099, 0.22)[(board * 61 + piece * 17) % 4099]
    grain = np.swapaxes(
        fractal_noise(rng, (x.shape[1], x.shape[0]), 6, octaves=5, stretch=8), 0, 1
    )
    knots = fractal_noise(rng, x.shape, 24, octaves=2)
    image = tones * (1.0 + 0.35 * grain - 0.5 * np.maximum(knots - 0.45, 0.0))[..., None]
    joint = np.mod(y + shift[board], length[board]) < 0.012
    gap = (np.diff(board, axis=1, prepend=board[:, :1]) != 0) | joint
    return blend(image.astype(np.float32), 0.3 * colour, gap)


def carpet(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A woven rug: border bands and a field of angular ornaments."""
    width, height = float(x.max()), float(y.max())
    edge = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y))
    band = np.clip((edge / 0.07).astype(int), 0, 4)
    image = jitter_colours(rng, colour, 5, 0.5)[band]
    for _ in range(int(40 * width * height)):
        size = float(rng.uniform(0.03, 0.16))
        centre = (rng.uniform(0.3, width - 0.3), rng.uniform(0.3, height - 0.3))
        picture.draw_shape(image, x, y, rng, centre, size)
    thread = 0.1 * np.sin(2 * np.pi * x / 0.025) + 0.2 * fractal_noise(rng, x.shape, 32, octaves=2)
    return image * (1.0 + thread[..., None]).astype(np.float32)


PATTERNS: dict[str, Painter] = {
    'even': even,
    'plain': plain,
    'fabric': fabric,
    'planks': planks,
    'wood': wood,
    'bricks': bricks,
    'stripes': stripes,
    'mural': mural,
    'tiles': tiles,
    'panels': panels,
    'carpet': carpet,
    'poster': picture.poster,
    'landscape': picture.landscape,
    'notices': picture.notices,
    'window': picture.window,
    'door': picture.door,
    'books': picture.books,
    'drawers': picture.drawers,
    'screen': picture.screen,
    'leaves': picture.leaves,
    'lamp': picture.lamp,
}
