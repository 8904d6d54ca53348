# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a camera would have seen had it been turned about its centre, and its pose then.

A turn about the centre shows nothing new and hides nothing: the picture of the turned camera is
the old one, resampled along rays (for a pinhole the homography K R K^-1, Hartley and Zisserman,
Multiple View Geometry, 8.4).  Position and pixels agree exactly, whatever the scene's depth.

    R = within_picture(draw_rotation(rng, limits), camera, window)
    crop = resample(rotate_view(rgb, camera, R, window))
    T_map_new = turned_pose(T_map_camera, R)
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.framing import FISHEYE
from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow
from posenet_training.check.epipolar import rays
from posenet_training.check.lens import intrinsics, projected, undistorted

STEP = 8


def rotate_view(
    rgb: NDArray[np.uint8], camera: Camera, R_camera_new: Array, window: CropWindow
) -> NDArray[np.uint8]:
    """The window [side, side, 3] of the picture that the camera, turned, would have taken.

    rgb [H, W, 3] is the camera's picture, R_camera_new [3, 3] the orientation of the turned
    camera in the old one.  Only the window's pixels are computed.  Pixels beyond the picture's
    edges are reflected; `within_picture` (turning.py) keeps turns free of them.  Raises
    SceneError for a lens that OpenCV does not know.
    """
    size = (window.side, window.side)
    if _is_pinhole(camera):
        shift = np.array([[1.0, 0.0, window.x0], [0.0, 1.0, window.y0], [0.0, 0.0, 1.0]])
        K = intrinsics(camera)
        H_old_new = K @ R_camera_new @ np.linalg.inv(K) @ shift
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        turned = cv2.warpPerspective(
            rgb, H_old_new, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101
        )
    else:
        where = _source_pixels(camera, R_camera_new, window)
        x, y = where[..., 0], where[..., 1]
        turned = cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(turned, np.uint8)


def turned_pose(T_map_camera: Array, R_camera_new: Array) -> Array:
    """T_map_new [4, 4]: the camera turned about its centre."""
    T_map_new = T_map_camera.copy()
    T_map_new[:3, :3] = T_map_camera[:3, :3] @ R_camera_new
    return T_map_new


def _is_pinhole(camera: Camera) -> bool:
    # A fisheye bends even with coefficients of zero.
    return camera.distortion_model not in FISHEYE and not any(camera.distortion)


def _source_pixels(camera: Camera, R_camera_new: Array, window: CropWindow) -> NDArray[np.float32]:
    """Where [side, side, 2] the old picture shows what the turned camera sees in its window.

    Computed every STEP pixels and interpolated, within hundredths of a pixel: projecting through
    a lens is slow.
    """
    nodes = _coarse_rays(camera, window)
    pixels = projected(camera, nodes.reshape(-1, 3) @ R_camera_new.T).astype(np.float32)
    coarse = pixels.reshape(*nodes.shape[:2], 2)
    fine = cv2.resize(coarse, None, fx=STEP, fy=STEP, interpolation=cv2.INTER_LINEAR)
    inside = slice(STEP, STEP + window.side)
    return np.ascontiguousarray(fine[inside, inside])


@lru_cache(maxsize=4)
def _coarse_rays(camera: Camera, window: CropWindow) -> Array:
    """Rays [n, n, 3] of the centres of squares of STEP pixels, from one beyond the window on."""
    count = -(-window.side // STEP) + 2
    centres = STEP * np.arange(-1.0, count - 1.0) + 0.5 * (STEP - 1)
    x, y = np.meshgrid(window.x0 + centres, window.y0 + centres)
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    return rays(undistorted(camera, pixels)).reshape(count, count, 3)
