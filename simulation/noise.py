# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Seeded noise and colour helpers of the painters. Images are float32 RGB [H, W, 3], 0 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def rgb(red: float, green: float, blue: float) -> Image:
    """One colour [3]."""
    return np.array([red, green, blue], np.float32)


def _interpolation_matrix(samples: int, knots: int) -> Image:
    """[samples, knots]: linear interpolation of `knots` values, smoothed at the knots."""
    position = np.linspace(0.0, knots - 1.0, samples)
    left = np.minimum(position.astype(int), knots - 2)
    t = position - left
    t = t * t * (3.0 - 2.0 * t)
    matrix = np.zeros((samples, knots), np.float32)
    matrix[np.arange(samples), left] = 1.0 - t
    matrix[np.arange(samples), left + 1] = t
    return matrix


def fractal_noise(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    cells: int,
    octaves: int,
    stretch: int = 1,
) -> Image:
    """Value noise [H, W] in about -1..1, its first octave with `cells` cells across the rows.

    Each octave doubles the frequency and halves the amplitude. `stretch` makes the cells longer
    along x than along y by that factor (wood grain).
    """
    height, width = shape
    total = np.zeros((height, width), np.float32)
    amplitude = 0.5
    for octave in range(octaves):
        rows = min(cells * 2**octave + 1, height)
        columns = min(max(cells * width // height, 1) * 2**octave // stretch + 2, width)
        values = rng.uniform(-1.0, 1.0, (max(rows, 2), columns)).astype(np.float32)
        total += amplitude * (
            _interpolation_matrix(height, max(rows, 2))
            @ values
            @ _interpolation_matrix(width, columns).T
        )
        amplitude *= 0.5
    return total


def jitter_colours(rng: np.random.Generator, colour: Image, count: int, amount: float) -> Image:
    """[count, 3] colours around one: brightness and hue moved by about `amount`."""
    brightness = rng.normal(0.0, amount, (count, 1))
    hue = rng.normal(0.0, 0.45 * amount, (count, 3))
    return np.clip(np.asarray(colour) * (1.0 + brightness) + hue, 0.03, 1.0).astype(np.float32)


def blend(image: Image, colour: Image, mask: NDArray[np.bool_], opacity: float = 1.0) -> Image:
    """The image with `colour` laid over the masked pixels."""
    weight = (opacity * mask).astype(np.float32)[..., None]
    return (image * (1.0 - weight) + np.asarray(colour, np.float32) * weight).astype(np.float32)


def to_uint8(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """0..1 to 0..255, clipped and rounded."""
    return np.round(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8)
