# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Curves of grey levels, as tables of 256 entries; and what light does to stored levels.

A picture's levels are taken to follow sRGB (IEC 61966-2-1): twice the light is not twice the
level.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

LEVELS: Curve = np.arange(256) / 255.0


def to_light(levels: Curve) -> Curve:
    """Light, 0 to 1, of stored levels, 0 to 1."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def to_levels(light: Curve) -> Curve:
    """Stored levels of light; more light than 1 is white."""
    light = np.clip(light, 0.0, 1.0)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1.0 / 2.4) - 0.055)


def exposed(rgb: NDArray[np.uint8], stops: float) -> NDArray[np.uint8]:
    """The picture [H, W, 3] with 2 ** stops times the light, cut off at white."""
    return through(rgb, to_levels(to_light(LEVELS) * 2.0**stops))


def through(rgb: NDArray[np.uint8], curve: Curve) -> NDArray[np.uint8]:
    """Put a picture [H, W, 3] through a curve [256] or one for each colour [256, 3]."""
    table = np.round(255.0 * np.clip(curve, 0.0, 1.0)).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, table.reshape(256, 1, -1)), np.uint8)
