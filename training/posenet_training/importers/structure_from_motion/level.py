# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which way is up, from how people and robots hold a camera.

The assumption: the camera's x axis is level on average, as it is when it is not rolled to one
side.  Up is then what is most nearly at right angles to all x axes.  Where the camera never
turned its head, the x axes leave a whole plane to choose from; up is then the pictures' own up
within it, which also assumes that the camera looked straight ahead on average.
"""

import numpy as np

from posenet_ros.geometry import Array

# Root mean square angle between x axes, below which they leave up undecided.
TURNED_RAD = np.radians(10.0)


def up_direction(R_sfm_camera: Array) -> Array:
    """Unit vector [3] that points up in the frame of the rotations [N, 3, 3]."""
    x_axes = R_sfm_camera[:, :, 0]
    picture_up = -R_sfm_camera[:, :, 1].mean(axis=0)
    squares, directions = np.linalg.eigh(x_axes.T @ x_axes / len(x_axes))
    if squares[1] > np.sin(TURNED_RAD) ** 2:
        up = directions[:, 0]
    else:
        # The largest direction is the common x axis.
        common = directions[:, 2]
        up = picture_up - common * (common @ picture_up)
    return np.asarray(np.copysign(1.0, up @ picture_up) * up / np.linalg.norm(up))


def level_rotation(R_sfm_camera: Array) -> Array:
    """R_level_sfm [3, 3]: z up, and x where the first camera looks, as far as that is level."""
    z = up_direction(R_sfm_camera)
    ahead = R_sfm_camera[0, :, 2]
    if np.linalg.norm(np.cross(z, ahead)) < 0.1:
        # It looks up or down: the upper side of its picture says where ahead is.
        ahead = -R_sfm_camera[0, :, 1]
    y = np.cross(z, ahead)
    y /= np.linalg.norm(y)
    return np.stack([np.cross(y, z), y, z])
