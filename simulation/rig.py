# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The camera on its mast.

Frames: `base_link` on the floor under the robot's centre (x ahead, y left, z up), `camera_link` at
the camera with the same axes (REP-103 body), `camera_optical_frame` (z ahead, x right, y down).
Height, tilt and roll of the mast change slowly within the ranges below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

BASE_FRAME = 'base_link'
CAMERA_FRAME = 'camera_link'
OPTICAL_FRAME = 'camera_optical_frame'

MAST_X = -0.10  # m, the mast stands behind the robot's centre
HEIGHT = (0.85, 1.15)  # m
TILT = (-np.radians(8.0), np.radians(8.0))  # rad, positive looks down
ROLL = (-np.radians(5.0), np.radians(5.0))  # rad, positive tips to the right

# camera_link -> optical frame (REP-103): columns are the optical axes right, down, ahead.
T_CAMERA_LINK_OPTICAL: Matrix = np.array(
    [[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
T_CAMERA_LINK_OPTICAL.setflags(write=False)


@dataclass(frozen=True)
class Mast:
    """Where the mast is: height in m, tilt and roll in radians."""

    height: float = 1.0
    tilt: float = 0.0
    roll: float = 0.0


def T_base_camera_link(mast: Mast) -> Matrix:
    """Pose [4, 4] of camera_link in base_link: first tilt about y, then roll about the new x."""
    ct, st = np.cos(mast.tilt), np.sin(mast.tilt)
    cr, sr = np.cos(mast.roll), np.sin(mast.roll)
    tilt = np.array([[ct, 0.0, st], [0.0, 1.0, 0.0], [-st, 0.0, ct]])
    roll = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    T = np.eye(4)
    T[:3, :3] = tilt @ roll
    T[:3, 3] = (MAST_X, 0.0, mast.height)
    return T


def T_base_camera(mast: Mast) -> Matrix:
    """Pose [4, 4] of the camera's optical frame in base_link."""
    return T_base_camera_link(mast) @ T_CAMERA_LINK_OPTICAL


def T_map_base(x: float, y: float, yaw: float) -> Matrix:
    """Pose [4, 4] of a robot on the floor."""
    c, s = np.cos(yaw), np.sin(yaw)
    T = np.eye(4)
    T[:2, :2] = [[c, -s], [s, c]]
    T[:2, 3] = (x, y)
    return T


def random_mast(rng: np.random.Generator) -> Mast:
    """A mast drawn uniformly over the full ranges."""
    return Mast(float(rng.uniform(*HEIGHT)), float(rng.uniform(*TILT)), float(rng.uniform(*ROLL)))
