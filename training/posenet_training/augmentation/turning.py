# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Turns of the camera about its centre, R_camera_new [3, 3]: which, and how far.

Turns act in the camera's optical frame: yaw about y (down), pitch about x (right), roll about z
(ahead).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow
from posenet_training.check.epipolar import rays
from posenet_training.check.lens import projected, undistorted

# Points on each side of the window that are looked at: with distortion sides are not straight.
ON_A_SIDE = 9
HALVINGS = 8


@dataclass(frozen=True)
class TurnLimits:
    """Largest turn each way, degrees."""

    yaw_deg: float = 8.0
    pitch_deg: float = 5.0
    roll_deg: float = 6.0


def draw_rotation(rng: np.random.Generator, limits: TurnLimits) -> Array:
    """R_camera_new [3, 3], uniform within the limits."""
    reach = np.radians([limits.pitch_deg, limits.yaw_deg, limits.roll_deg])
    return Rotation.from_rotvec(rng.uniform(-reach, reach)).as_matrix()


def within_picture(R_camera_new: Array, camera: Camera, window: CropWindow) -> Array:
    """The same turn, made smaller until the window shows nothing beyond the picture's edges.

    A window that fills the picture cannot turn at all: the identity comes back.
    """
    turn = Rotation.from_matrix(R_camera_new).as_rotvec()
    border = _border_rays(camera, window)
    last = (camera.width - 1, camera.height - 1)

    def fits(share: float) -> bool:
        R = Rotation.from_rotvec(share * turn).as_matrix()
        pixels = projected(camera, border @ R.T)
        return bool(np.all((pixels >= 0.0) & (pixels <= last)))

    if fits(1.0):
        return R_camera_new
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if fits(middle) else (low, middle)
    return Rotation.from_rotvec(low * turn).as_matrix()


@lru_cache(maxsize=4)
def _border_rays(camera: Camera, window: CropWindow) -> Array:
    """Rays [N, 3] of pixels on the four sides of the window."""
    steps = np.linspace(0.0, window.side - 1.0, ON_A_SIDE)
    first, last = np.zeros(ON_A_SIDE), np.full(ON_A_SIDE, window.side - 1.0)
    sides = [(steps, first), (steps, last), (first, steps), (last, steps)]
    pixels = np.concatenate([np.stack(side, axis=1) for side in sides])
    corner = np.array([window.x0, window.y0])
    return rays(undistorted(camera, pixels + corner))
