# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The camera's intrinsics and its sensor.

Pixel convention: pixel centres at whole numbers, u = fx x / z + cx to the right, v = fy y / z + cy
downwards, with x, y, z in the camera's optical frame.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow
from simulation.light import Light

BLACK_LEVEL = 12  # grey levels that a black surface gives
WHITE_LEVEL = 255 - BLACK_LEVEL  # brightest surface; the noise has room above it
GRAIN_SIDE = 1024  # pixels of the noise pattern that pictures take their windows from


CAMERA = Camera(640, 480, fx=420.0, fy=420.0, cx=320.0, cy=240.0)


def project(camera: Camera, p_camera: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels [N, 2] of points [N, 3] in the optical frame, z > 0, without distortion."""
    x, y, z = np.asarray(p_camera).T
    return np.stack([camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy], axis=-1)


def window_camera(camera: Camera, window: CropWindow) -> Camera:
    """The camera whose whole picture is this window of another's."""
    return replace(
        camera,
        width=window.side,
        height=window.side,
        cx=camera.cx - window.x0,
        cy=camera.cy - window.y0,
    )


def check_rigid(T: NDArray[np.float64]) -> None:
    """ValueError unless T [4, 4] is a rotation and a shift."""
    good = T.shape == (4, 4) and bool(np.all(np.isfinite(T)))
    if good:
        R = T[:3, :3]
        good = np.allclose(R @ R.T, np.eye(3), atol=1e-6) and np.linalg.det(R) > 0.0
        good = good and np.allclose(T[3], (0.0, 0.0, 0.0, 1.0))
    if not good:
        raise ValueError(f'the camera pose is no rigid transform [4, 4]: {np.array2string(T)}')


@cache
def _grain(half_levels: int) -> NDArray[np.uint8]:
    """Noise [GRAIN_SIDE, GRAIN_SIDE * 3] around BLACK_LEVEL, its deviation in half grey levels."""
    noise = np.random.default_rng(0).standard_normal((GRAIN_SIDE, GRAIN_SIDE * 3), np.float32)
    levels = np.round(0.5 * half_levels * noise) + BLACK_LEVEL
    return np.clip(levels, 0, 2 * BLACK_LEVEL).astype(np.uint8)


def expose(rgb: NDArray[np.uint8], light: Light) -> NDArray[np.uint8]:
    """Add black level and sensor noise to a picture [H, W, 3] in place, and return it.

    The picture's levels must not exceed WHITE_LEVEL - BLACK_LEVEL. The noise is a window of one
    fixed pattern, chosen by `light.noise_seed`; its deviation is rounded to half grey levels.
    """
    height, width, _ = rgb.shape
    top, left = np.random.default_rng(light.noise_seed).integers(
        0, (GRAIN_SIDE - height + 1, GRAIN_SIDE - width + 1)
    )
    grain = _grain(round(2.0 * light.noise))
    rgb += grain[top : top + height, 3 * left : 3 * (left + width)].reshape(rgb.shape)
    return rgb
