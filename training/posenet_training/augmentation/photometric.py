# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Light, contrast, colour balance, blur, noise and compression of one crop; no pixel moves.

In the order in which a camera does it: lens, exposure, sensor, encoder.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_training.augmentation.blurring import defocused, moving
from posenet_training.augmentation.grain import noisy
from posenet_training.augmentation.tone import LEVELS, Curve, through

Crop = NDArray[np.uint8]

# Ranges at strength 1; levels and offsets are shares of white.
GAIN = 0.5  # factor e ** (+-0.5): 0.6 to 1.65
GAMMA = 0.3  # exponent e ** (+-0.3)
OFFSET = 0.06
CONTRAST = 0.25
COLOUR = 0.1  # factor e ** (+-0.1) of each colour
DEFOCUS_SHARE, DEFOCUS_PX = 0.15, 4.0
MOTION_SHARE, MOTION_PX = 0.15, 7.0
NOISE_SHARE, NOISE = 0.5, 12.0  # grey levels
JPEG_SHARE, WORST_QUALITY, BEST_QUALITY = 0.3, 30, 95


def photometric(crop: Crop, strength: float, rng: np.random.Generator) -> Crop:
    """Change a crop [224, 224, 3] as another light, lens, sensor and encoder would.

    strength 0 leaves every bit as it is, 1 changes as the constants above say: it scales the
    ranges and the shares of crops that are blurred, noisy and compressed.
    """
    if strength == 0.0:
        return crop
    crop = _through_lens(crop, strength, rng)
    crop = through(crop, _curves(strength, rng))
    if rng.random() < strength * NOISE_SHARE:
        crop = noisy(crop, rng.uniform(0.0, strength * NOISE), rng)
    if rng.random() < strength * JPEG_SHARE:
        worst = BEST_QUALITY + strength * (WORST_QUALITY - BEST_QUALITY)
        crop = _compressed(crop, max(1, round(rng.uniform(worst, BEST_QUALITY))))
    return crop


def _through_lens(crop: Crop, strength: float, rng: np.random.Generator) -> Crop:
    """Out of focus, or moved during the exposure, or neither."""
    chance = rng.random() / strength
    if chance < DEFOCUS_SHARE:
        return defocused(crop, rng.uniform(1.0, 1.0 + strength * (DEFOCUS_PX - 1.0)))
    if chance < DEFOCUS_SHARE + MOTION_SHARE:
        return moving(crop, rng.uniform(0.0, strength * MOTION_PX), rng.uniform(0.0, np.pi))
    return crop


def _curves(strength: float, rng: np.random.Generator) -> Curve:
    """One curve of levels for each colour [256, 3]."""

    def draw(reach: float, count: int = 1) -> Curve:
        return strength * rng.uniform(-reach, reach, count)

    levels = LEVELS[:, None] ** np.exp(draw(GAMMA)) * np.exp(draw(GAIN) + draw(COLOUR, 3))
    return 0.5 + (1.0 + draw(CONTRAST)) * (levels - 0.5) + draw(OFFSET)


def _compressed(crop: Crop, quality: int) -> Crop:
    """As JPEG of a quality from 1 to 100; OpenCV's colour order matters to it."""
    bgr = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
