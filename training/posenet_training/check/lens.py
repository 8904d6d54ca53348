# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Between pixels and rays, by the camera's own lens: OpenCV's pinhole and fisheye models.

A lens that sees a right angle off its axis has no point on the plane z = 1 for it; points
farther out than FARTHEST are not used.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.framing import FISHEYE
from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError

# Focal length over width that is assumed until a sweep says better: 60 degrees across.
ASSUMED_FOCAL = 0.87
# Models of sensor_msgs/CameraInfo that cv2.undistortPoints takes as they are.
PLAIN = ('plumb_bob', 'rational_polynomial')
FARTHEST = 1.4  # rad off the optical axis


def assumed_camera(width: int, height: int) -> Camera:
    """A camera for pictures whose intrinsics nobody knows."""
    focal = ASSUMED_FOCAL * width
    return Camera(width, height, focal, focal, 0.5 * (width - 1), 0.5 * (height - 1))


def focused(camera: Camera, factor: float) -> Camera:
    """The same camera with a focal length that much longer."""
    return replace(camera, fx=factor * camera.fx, fy=factor * camera.fy)


def undistorted(camera: Camera, pixels: Array) -> Array:
    """Points [N, 2] on the plane z = 1 of pixels [N, 2]; SceneError for an unknown lens."""
    if not len(pixels):
        return np.zeros((0, 2))  # OpenCV gives nothing at all for none.
    undistort = cv2.fisheye.undistortPoints if _is_fisheye(camera) else cv2.undistortPoints
    points = undistort(pixels[:, None], intrinsics(camera), _coefficients(camera))
    return np.asarray(points[:, 0], dtype=np.float64)


def projected(camera: Camera, p_camera: Array) -> Array:
    """Pixels [N, 2] of points [N, 3] in front of the camera; SceneError for an unknown lens."""
    if not len(p_camera):
        return np.zeros((0, 2))
    project = cv2.fisheye.projectPoints if _is_fisheye(camera) else cv2.projectPoints
    pixels, _ = project(
        p_camera[:, None], np.zeros(3), np.zeros(3), intrinsics(camera), _coefficients(camera)
    )
    return np.asarray(pixels[:, 0], dtype=np.float64)


def usable(camera: Camera, pixels: Array, points: Array) -> NDArray[np.bool_]:
    """Which pixels [N, 2] have true points [N, 2] on the plane z = 1."""
    near = np.linalg.norm(points, axis=1) < np.tan(FARTHEST)
    if not _is_fisheye(camera):
        return np.asarray(near)
    # OpenCV takes everything farther out for a right angle.
    off_axis = (pixels - (camera.cx, camera.cy)) / (camera.fx, camera.fy)
    return np.asarray(near & (np.linalg.norm(off_axis, axis=1) < FARTHEST))


def _is_fisheye(camera: Camera) -> bool:
    return camera.distortion_model in FISHEYE


def intrinsics(camera: Camera) -> Array:
    """K [3, 3]."""
    return np.array([[camera.fx, 0.0, camera.cx], [0.0, camera.fy, camera.cy], [0.0, 0.0, 1.0]])


def _coefficients(camera: Camera) -> Array:
    given = np.array(camera.distortion, dtype=np.float64)
    # OpenCV wants four at least; without any, a fisheye's radius still grows with the angle.
    padded = np.concatenate([given, np.zeros(max(0, 4 - len(given)))])
    if _is_fisheye(camera):
        return padded[:4]
    if given.any() and camera.distortion_model not in PLAIN:
        raise SceneError(
            f"camera has the distortion model '{camera.distortion_model}'; the check knows "
            f'{", ".join(PLAIN + FISHEYE)}'
        )
    return padded
