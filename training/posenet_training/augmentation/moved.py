# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A moved crop window is, to first order, the robot's window seen by a turned camera.

What is left: a turn by the angle a moves a pixel whose ray has the slopes (x, y) from the
window's centre by a (1 + x^2) along and a x y across, the moved window by a everywhere.  For the
edge of a window 44 degrees wide (x = 0.4) that is a sixth of the move, and a twentieth on average
over the window; lens distortion adds its own change between the two places.  `rotate_view` leaves
nothing.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop_window
from posenet_training.check.epipolar import rays
from posenet_training.check.lens import undistorted


def crop_rotation(window: CropWindow, camera: Camera) -> Array:
    """R_camera_new [3, 3]: turns the robot's line of sight to the centre of a moved window.

    The robot's line of sight goes through the centre of the centred window, which is the optical
    axis where the principal point is the picture's centre.  The turn has no roll about it: the
    shortest one.  Label the moved window with `turned_pose(T_map_camera, R_camera_new)`.
    """
    centred = crop_window(camera.width, camera.height)
    ahead, there = rays(undistorted(camera, np.stack([_centre(centred), _centre(window)])))
    axis = np.cross(ahead, there)
    sine = float(np.linalg.norm(axis))
    if sine == 0.0:
        return np.eye(3)
    return Rotation.from_rotvec(np.arctan2(sine, ahead @ there) * axis / sine).as_matrix()


def _centre(window: CropWindow) -> Array:
    """The window's centre in pixels; pixel centres are at whole numbers."""
    return np.array([window.x0, window.y0]) + 0.5 * (window.side - 1)
