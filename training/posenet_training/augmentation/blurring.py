# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Blur by a lens out of focus and by a moving camera."""

import cv2
import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float32]

# Kernels are drawn this many times finer than their pixels.
FINER = 8


def defocused(rgb: NDArray[np.uint8], diameter_px: float) -> NDArray[np.uint8]:
    """A picture [H, W, 3] in which each point has become a disc of this diameter."""
    return _blurred(rgb, disc(diameter_px))


def moving(rgb: NDArray[np.uint8], length_px: float, angle: float) -> NDArray[np.uint8]:
    """A picture [H, W, 3] in which each point has become a line; `angle` from the x axis, rad."""
    return _blurred(rgb, line(length_px, angle))


def disc(diameter_px: float) -> Kernel:
    """Kernel [K, K], K odd, of a disc of even brightness, 1 at the centre for a small one."""
    size = 2 * int(np.ceil(0.5 * diameter_px)) + 1
    steps = (np.arange(size * FINER) + 0.5) / FINER - 0.5 * size
    inside = np.hypot(steps, steps[:, None]) <= max(0.5 * diameter_px, 1.0 / FINER)
    # Sum the fine drawing up to pixels.
    kernel = inside.reshape(size, FINER, size, FINER).sum(axis=(1, 3))
    return np.asarray(kernel / kernel.sum(), np.float32)


def line(length_px: float, angle: float) -> Kernel:
    """Kernel [K, K], K odd, of a straight line of even brightness, 1 at the centre for none."""
    reach = int(np.ceil(0.5 * length_px))
    cells = np.arange(-reach, reach + 1)
    along = length_px * np.linspace(-0.5, 0.5, FINER * reach + 1)[:, None]
    # Each point of the line is shared out among the four pixels around it.
    across = np.maximum(0.0, 1.0 - np.abs(cells - np.cos(angle) * along))
    down = np.maximum(0.0, 1.0 - np.abs(cells - np.sin(angle) * along))
    return np.asarray(down.T @ across / len(along), np.float32)


def _blurred(rgb: NDArray[np.uint8], kernel: Kernel) -> NDArray[np.uint8]:
    return np.asarray(cv2.filter2D(rgb, -1, kernel, borderType=cv2.BORDER_REFLECT_101), np.uint8)
