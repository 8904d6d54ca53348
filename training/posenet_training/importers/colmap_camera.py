# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""COLMAP's cameras in the terms of sensor_msgs/CameraInfo, and its poses as matrices.

COLMAP puts the centre of the upper left pixel at (0.5, 0.5), CameraInfo at (0, 0).
"""

import numpy as np
import pycolmap

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError

# Positions, among each model's parameters, of what CameraInfo's D holds; None for a zero.
# https://colmap.github.io/cameras.html and models.h name COLMAP's order.
PLUMB_BOB = {
    'SIMPLE_PINHOLE': (),
    'PINHOLE': (),
    'SIMPLE_RADIAL': (3, None, None, None, None),
    'RADIAL': (3, 4, None, None, None),
    'OPENCV': (4, 5, 6, 7, None),
}
RATIONAL = {'FULL_OPENCV': (4, 5, 6, 7, 8, 9, 10, 11)}
EQUIDISTANT = {
    'SIMPLE_FISHEYE': (None, None, None, None),
    'FISHEYE': (None, None, None, None),
    'SIMPLE_RADIAL_FISHEYE': (3, None, None, None),
    'RADIAL_FISHEYE': (3, 4, None, None),
    'OPENCV_FISHEYE': (4, 5, 6, 7),
}
MODELS = (
    ('plumb_bob', PLUMB_BOB),
    ('rational_polynomial', RATIONAL),
    ('equidistant', EQUIDISTANT),
)


def camera_of(camera: pycolmap.Camera) -> Camera:
    """Camera of a COLMAP camera; SceneError for a distortion that CameraInfo cannot express."""
    name = camera.model_name
    for distortion_model, places in MODELS:
        if name in places:
            parameters = camera.params.tolist()
            return Camera(
                width=camera.width,
                height=camera.height,
                fx=float(camera.focal_length_x),
                fy=float(camera.focal_length_y),
                cx=float(camera.principal_point_x) - 0.5,
                cy=float(camera.principal_point_y) - 0.5,
                distortion_model=distortion_model,
                distortion=tuple(0.0 if i is None else parameters[i] for i in places[name]),
            )
    raise SceneError(
        f'camera {camera.camera_id} has the distortion model {name}, which camera_info does not '
        'know: import with --undistort'
    )


def T_world_camera(image: pycolmap.Image) -> Array:
    """Pose [4, 4] of a registered picture's camera: its optical frame in the model's world."""
    T = np.eye(4)
    T[:3] = image.cam_from_world().inverse().matrix()
    return T
