# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colours for places and for directions, of even lightness so that all are seen alike."""

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# More chroma at this lightness would leave sRGB for blue and green.
LIGHTNESS = 66.0
CHROMA = 50.0
UNKNOWN = 0.75


def of_positions(floor: Array, low: Array, high: Array) -> Array:
    """RGB [N, 3] in 0..1 of positions [N, 2] in the box low..high: near ones look alike.

    One axis goes from green to red, the other from blue to yellow, as in CIELAB.
    """
    share = (floor - low) / np.maximum(high - low, 1e-9)
    return _rgb(2.0 * np.clip(share, 0.0, 1.0) - 1.0)


def of_headings(degrees: Array) -> Array:
    """RGB [N, 3] in 0..1 of headings [N]; a full turn comes back to its colour, NaN is grey."""
    angle = np.radians(np.nan_to_num(degrees))
    rgb = _rgb(np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    return np.where(np.isnan(degrees)[:, None], UNKNOWN, rgb)


def _rgb(plane: Array) -> Array:
    """RGB of points [N, 2] within -1..1, laid on the a-b plane of CIELAB."""
    lab = np.column_stack([np.full(len(plane), LIGHTNESS), CHROMA * plane]).astype(np.float32)
    rgb = cv2.cvtColor(lab[None], cv2.COLOR_Lab2RGB)[0]
    return np.clip(rgb, 0.0, 1.0).astype(np.float64)
