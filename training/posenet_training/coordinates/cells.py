# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the cells of a crop look, and the points of the map that they show."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow
from posenet_training.check.epipolar import rays
from posenet_training.check.lens import projected, undistorted

# On the plane z = 1.
SAME_RAY = 0.01


def cell_rays(camera: Camera, window: CropWindow, count: int) -> Array:
    """Unit rays [count * count, 3] of the centres of a crop's cells, row by row.

    window: of the camera's picture that becomes the crop, cut into count x count cells.  Raises
    SceneError for a lens that OpenCV does not know.
    """
    centres = (np.arange(count) + 0.5) * window.side / count - 0.5
    x, y = np.meshgrid(window.x0 + centres, window.y0 + centres)
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    return rays(undistorted(camera, pixels))


def points_along(
    directions: Array, depth: Array, camera: Camera, T_map_camera: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Points [N, 3] of the map that a depth picture [h, w] (m) shows along directions [N, 3].

    Directions are in the frame of the camera, at whose place the depth picture was taken, of
    whatever resolution.  The second [N] says where there is a point; the others are at 0.
    """
    ahead = directions[:, 2] > 0.1
    forward = directions / np.where(ahead, directions[:, 2], 1.0)[:, None]
    pixels = projected(camera, forward)
    height, width = depth.shape
    x = np.floor((pixels[:, 0] + 0.5) * width / camera.width)
    y = np.floor((pixels[:, 1] + 0.5) * height / camera.height)
    inside = ahead & (x >= 0) & (x < width) & (y >= 0) & (y < height)
    # Beyond its rim a polynomial lens folds back into the picture.
    back = np.linalg.norm(undistorted(camera, pixels) - forward[:, :2], axis=1)
    inside &= back < SAME_RAY
    columns, rows = (np.where(inside, part, 0).astype(np.intp) for part in (x, y))
    z = np.where(inside, depth[rows, columns], 0.0)
    there = z > 0.0
    p_map = (forward * z[:, None]) @ T_map_camera[:3, :3].T + T_map_camera[:3, 3]
    return np.where(there[:, None], p_map, 0.0), there
