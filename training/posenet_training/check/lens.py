# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From pixels to points on the plane z = 1, distortion taken out."""

import cv2
import numpy as np

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError

# Focal length over width that is assumed until a sweep says better: 60 degrees across.
ASSUMED_FOCAL = 0.87
# Models of sensor_msgs/CameraInfo that cv2.undistortPoints takes as they are.
PLAIN = ('plumb_bob', 'rational_polynomial')


def assumed_camera(width: int, height: int) -> Camera:
    """A camera for pictures whose intrinsics nobody knows."""
    focal = ASSUMED_FOCAL * width
    return Camera(width, height, focal, focal, 0.5 * (width - 1), 0.5 * (height - 1))


def undistorted(camera: Camera, pixels: Array) -> Array:
    """Points [N, 2] on the plane z = 1 of pixels [N, 2]; SceneError for an unknown lens."""
    K = np.array([[camera.fx, 0.0, camera.cx], [0.0, camera.fy, camera.cy], [0.0, 0.0, 1.0]])
    distortion = np.array(camera.distortion, dtype=np.float64)
    if camera.distortion_model == 'equidistant' and len(distortion):
        points = cv2.fisheye.undistortPoints(pixels[:, None], K, distortion[:4])
    elif not len(distortion) or camera.distortion_model in PLAIN:
        points = cv2.undistortPoints(pixels[:, None], K, distortion)
    else:
        raise SceneError(
            f"camera has the distortion model '{camera.distortion_model}'; the check knows "
            'plumb_bob, rational_polynomial and equidistant'
        )
    return np.asarray(points[:, 0], dtype=np.float64)
