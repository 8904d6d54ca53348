# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Sensor noise, quickly: windows of one fixed pattern instead of new random numbers."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Noise in the pattern, in grey levels, around MIDDLE: it is cut off at four deviations.
DEVIATION = 32.0
MIDDLE = 128
# The pattern is larger than the picture by this many pixels each way: 256 x 256 windows.
ROOM = 256


def noisy(rgb: NDArray[np.uint8], deviation: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture [H, W, 3] with Gaussian noise of this deviation, in grey levels."""
    height, width, _ = rgb.shape
    top, left = (int(start) for start in rng.integers(0, ROOM, 2))
    window = _pattern(height + ROOM, width + ROOM)[top : top + height, left : left + width]
    share = deviation / DEVIATION
    return np.asarray(cv2.addWeighted(rgb, 1.0, window, share, -share * MIDDLE), np.uint8)


@lru_cache(maxsize=4)
def _pattern(height: int, width: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).standard_normal((height, width, 3), np.float32)
    return np.clip(np.round(DEVIATION * noise + MIDDLE), 0, 255).astype(np.uint8)
