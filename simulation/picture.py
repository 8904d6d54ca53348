# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Painters of things with a face: posters, paintings, windows, doors, books, drawers, screens.

Each takes the metres of every pixel (x to the right, y downwards, [H, W]), a main colour and a
generator, and returns float32 RGB [H, W, 3].
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from simulation.noise import Image, blend, fractal_noise, jitter_colours, rgb

Grid = NDArray[np.float64]


def draw_shape(
    image: Image,
    x: Grid,
    y: Grid,
    rng: np.random.Generator,
    centre: tuple[float, float],
    size: float,
) -> None:
    """Draw one random shape (disc, ring, box, triangle, stripes) of radius `size` m in place."""
    step_x, step_y = x[0, 1] - x[0, 0], y[1, 0] - y[0, 0]
    left, right = (int((centre[0] + s * 1.5 * size) / step_x) for s in (-1, 1))
    top, bottom = (int((centre[1] + s * 1.5 * size) / step_y) for s in (-1, 1))
    window = np.s_[max(top, 0) : max(bottom + 1, 0), max(left, 0) : max(right + 1, 0)]
    dx, dy = x[window] - centre[0], y[window] - centre[1]
    angle = rng.uniform(0.0, 2 * np.pi)
    along, across = (
        dx * np.cos(angle) + dy * np.sin(angle),
        dy * np.cos(angle) - dx * np.sin(angle),
    )
    distance = np.hypot(dx, dy)
    kind = int(rng.integers(5))
    if kind == 0:
        mask = distance < size
    elif kind == 1:
        mask = np.abs(distance - 0.75 * size) < 0.25 * size
    elif kind == 2:
        mask = (np.abs(along) < size) & (np.abs(across) < rng.uniform(0.2, 0.9) * size)
    elif kind == 3:
        mask = (across > -0.5 * size) & (np.abs(along) * 1.7 + across < size)
    else:
        mask = (distance < size) & (np.mod(across, 0.5 * size) < 0.25 * size)
    colour = rng.uniform(0.05, 1.0, 3).astype(np.float32)
    image[window] = blend(image[window], colour, mask, float(rng.uniform(0.55, 1.0)))


def _frame(image: Image, x: Grid, y: Grid, width: float, colour: Image) -> Image:
    edge = np.minimum(np.minimum(x, x.max() - x), np.minimum(y, y.max() - y))
    return blend(image, colour, edge < width)


def poster(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """An abstract poster: a gradient, bold shapes, a line of lettering below."""
    width, height = float(x.max()), float(y.max())
    ends = jitter_colours(rng, colour, 2, 0.5)
    share = (y / height)[..., None].astype(np.float32)
    image = ends[0] * (1.0 - share) + ends[1] * share
    for size in np.sort(rng.uniform(0.03, 0.35, 12))[::-1] * min(width, height):
        centre = (rng.uniform(0, width), rng.uniform(0, 0.8 * height))
        draw_shape(image, x, y, rng, centre, float(size))
    image = blend(image, rgb(0.95, 0.95, 0.92), y > 0.86 * height)
    image = _lettering(image, x, y, rng, (0.89 * height, 0.96 * height))
    return _frame(image, x, y, 0.025, jitter_colours(rng, rgb(0.3, 0.25, 0.2), 1, 0.6)[0])


def _lettering(
    image: Image, x: Grid, y: Grid, rng: np.random.Generator, rows: tuple[float, float]
) -> Image:
    size = (rows[1] - rows[0]) * 0.6
    glyph = np.floor(x / size).astype(int) % 257
    strokes = rng.random((257, 3, 3)) < 0.55
    column = np.clip((np.mod(x, size) / size * 4).astype(int), 0, 3)
    row = np.clip(((y - rows[0]) / (rows[1] - rows[0]) * 3).astype(int), 0, 2)
    ink = np.where(column < 3, strokes[glyph, row, np.minimum(column, 2)], False)
    return blend(image, rgb(0.1, 0.1, 0.12), ink & (y >= rows[0]) & (y < rows[1]))


def landscape(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A framed painting: sky, sun, ranges of hills."""
    image = _scenery(x, y, rng)
    return _frame(image, x, y, 0.04, jitter_colours(rng, rgb(0.6, 0.45, 0.2), 1, 0.3)[0])


def _scenery(x: Grid, y: Grid, rng: np.random.Generator) -> Image:
    width, height = float(x.max()), float(y.max())
    share = (y / height)[..., None].astype(np.float32)
    sky = jitter_colours(rng, rgb(0.45, 0.65, 0.9), 1, 0.2)[0]
    image = sky * (1.0 - 0.6 * share) + rgb(0.95, 0.85, 0.7) * 0.6 * share
    clouds = fractal_noise(rng, x.shape, 4, octaves=5, stretch=2)
    image = blend(image, rgb(0.97, 0.97, 0.97), clouds > 0.15, 0.7)
    sun = np.hypot(x - rng.uniform(0.1, 0.9) * width, y - 0.2 * height) < 0.07 * height
    image = blend(image, rgb(1.0, 0.9, 0.4), sun)
    for level in (0.45, 0.6, 0.75):
        ridge = fractal_noise(rng, x.shape, 3, octaves=5)[:1] * 0.5 * height
        tone = rng.uniform(0.08, 0.6, 3).astype(np.float32) * rgb(0.8, 1.0, 0.6)
        grain = fractal_noise(rng, x.shape, 12, octaves=3)[..., None]
        hill = (y > level * height + ridge)[..., None]
        image = np.where(hill, tone * (1.0 + 0.5 * grain), image).astype(np.float32)
    return image


def notices(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A cork board full of notes."""
    width, height = float(x.max()), float(y.max())
    image = rgb(0.65, 0.48, 0.3) * (
        1.0 + 0.5 * fractal_noise(rng, x.shape, 40, octaves=2)[..., None]
    )
    for _ in range(int(22 * width * height)):
        w, h = rng.uniform(0.08, 0.22, 2)
        left, top = rng.uniform(0.03, width - w), rng.uniform(0.03, height - h)
        inside = (x > left) & (x < left + w) & (y > top) & (y < top + h)
        image = blend(image, rng.uniform(0.6, 1.0, 3).astype(np.float32), inside)
        line = inside & (np.mod(y - top, 0.03) > 0.02) & (x < left + w * rng.uniform(0.5, 0.95))
        image = blend(image, rng.uniform(0.05, 0.4, 3).astype(np.float32), line)
    return _frame(image, x, y, 0.03, rgb(0.35, 0.22, 0.12))


def window(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A window with its cross bars; outside a scenery of its own."""
    image = np.clip(_scenery(x, y, rng) * 1.15, 0.0, 1.0).astype(np.float32)
    width, height = float(x.max()), float(y.max())
    bars = (np.abs(x - 0.5 * width) < 0.03) | (np.abs(y - 0.4 * height) < 0.025)
    image = blend(image, rgb(0.93, 0.92, 0.9), bars)
    return _frame(image, x, y, 0.06, rgb(0.9, 0.9, 0.88))


def door(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A panelled door with a handle and a plate."""
    width, height = float(x.max()), float(y.max())
    image = colour * (1.0 + 0.25 * fractal_noise(rng, x.shape, 8, octaves=4)[..., None])
    for low, high in ((0.06, 0.3), (0.36, 0.6), (0.66, 0.94)):
        panel = (y > low * height) & (y < high * height) & (np.abs(x - width / 2) < 0.36 * width)
        inner = panel & (y > low * height + 0.03) & (np.abs(x - width / 2) < 0.36 * width - 0.03)
        image = blend(image, 0.55 * colour, panel)
        image = blend(image, jitter_colours(rng, colour, 1, 0.25)[0], inner)
    handle = (np.abs(y - 0.53 * height) < 0.02) & (np.abs(x - 0.9 * width) < 0.06)
    image = blend(image, rgb(0.85, 0.8, 0.5), handle)
    plate = (np.abs(y - 0.2 * height) < 0.06) & (np.abs(x - width / 2) < 0.15)
    image = blend(image, rgb(0.95, 0.95, 0.95), plate)
    image = _lettering(image, x, y, rng, (0.18 * height, 0.22 * height))
    return _frame(image, x, y, 0.05, 0.7 * colour)


def books(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Shelves of books: spines of random width, height and colour, some bays of boxes."""
    shelf_height = 0.34
    shelf = np.floor(y / shelf_height).astype(int)
    height_on_shelf = shelf_height - np.mod(y, shelf_height)
    image = np.broadcast_to(0.25 * colour, (*x.shape, 3)).astype(np.float32)
    for level in range(int(shelf.max()) + 1):
        wide = 2.2 if rng.random() < 0.3 else 1.0
        edges = np.cumsum(rng.uniform(0.02, 0.075, 512)) * wide
        spine = np.searchsorted(edges, x)
        tall = rng.uniform(0.18, 0.30, 513)[spine]
        tones = rng.uniform(0.05, 0.95, (513, 3)).astype(np.float32)[spine]
        band = rng.uniform(0.05, 0.25, 513)[spine]
        inside = (shelf == level) & (height_on_shelf < tall) & (rng.random(513) < 0.93)[spine]
        image = np.where(inside[..., None], tones, image)
        label = inside & (np.abs(height_on_shelf - band) < 0.018)
        image = np.where(label[..., None], 1.0 - 0.8 * tones, image).astype(np.float32)
    image = blend(image, colour, height_on_shelf < 0.03)
    return _frame(image, x, y, 0.03, colour)


def drawers(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """The front of a cupboard: doors and drawers of unequal size with knobs and a few stickers."""
    width, height = float(x.max()), float(y.max())
    image = np.broadcast_to(0.5 * colour, (*x.shape, 3)).astype(np.float32)
    columns = np.concatenate([[0.0], np.sort(rng.uniform(0.25, 0.75, 1)) * width, [width]])
    for left, right in itertools.pairwise(columns):
        count = int(rng.integers(1, 5))
        cuts = np.linspace(0.0, height, count + 1)
        for top, bottom in itertools.pairwise(cuts):
            inside = (x > left + 0.012) & (x < right - 0.012)
            inside &= (y > top + 0.012) & (y < bottom - 0.012)
            image = blend(image, jitter_colours(rng, colour, 1, 0.15)[0], inside)
            knob = np.hypot(x - (left + right) / 2, y - (top + bottom) / 2) < 0.022
            image = blend(image, rgb(0.2, 0.2, 0.22), knob)
    for _ in range(int(rng.integers(2, 6))):
        centre = (rng.uniform(0, width), rng.uniform(0, height))
        draw_shape(image, x, y, rng, centre, float(rng.uniform(0.03, 0.1)))
    return image * (1.0 + 0.2 * fractal_noise(rng, x.shape, 10, octaves=4)[..., None])


def screen(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A television or monitor that shows a test chart."""
    width, height = float(x.max()), float(y.max())
    bars = rng.uniform(0.0, 1.0, (9, 3)).astype(np.float32)
    image = bars[np.clip((x / width * 9).astype(int), 0, 8)]
    ramp = (x / width)[..., None].astype(np.float32) * rgb(1.0, 1.0, 1.0)
    image = np.where((y > 0.7 * height)[..., None], ramp, image)
    ring = np.abs(np.hypot(x - width / 2, y - height / 2) - 0.35 * height) < 0.02
    image = blend(image, rgb(1.0, 1.0, 1.0), ring)
    return _frame(image, x, y, 0.03, rgb(0.06, 0.06, 0.07))


def leaves(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """Dense foliage."""
    image = 0.35 * colour * np.ones((*x.shape, 3), np.float32)
    width, height = float(x.max()), float(y.max())
    tones = jitter_colours(rng, colour, 160, 0.35)
    for tone in tones:
        dx, dy = x - rng.uniform(0, width), y - rng.uniform(0, height)
        angle = rng.uniform(0, np.pi)
        along = dx * np.cos(angle) + dy * np.sin(angle)
        across = dy * np.cos(angle) - dx * np.sin(angle)
        image = blend(image, tone, (along / 0.09) ** 2 + (across / 0.03) ** 2 < 1.0)
    return image


def lamp(x: Grid, y: Grid, colour: Image, rng: np.random.Generator) -> Image:
    """A luminous panel with a grid."""
    grid = (np.mod(x, 0.15) < 0.015) | (np.mod(y, 0.15) < 0.015)
    image = np.ones((*x.shape, 3), np.float32) * colour
    return blend(image, rgb(0.75, 0.75, 0.75), grid)
