# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The ways in which camera poses are commonly misread, and how to undo each.

A scene says that its poses are T_map_camera of the optical frame, quaternions x y z w.  Each
`Reading` is a claim that they are something else, and gives the T_map_camera that would follow.

What pictures can tell.  Two pictures see the *relative* pose only, T_a_map @ T_map_b.  So a map
that is rotated, shifted or scaled as a whole is invisible: whether z is up cannot be tested here.
Other camera axes turn every relative pose into A^-1 T A.  Poses that map the world to the camera
turn T_a^-1 T_b into T_a T_b^-1, which depends on where the map's origin is.  Numbers of a
quaternion moved by one place are a reflection of the sphere of rotations, R -> B R^T C with fixed
B and C: rotations turn the other way while positions stay.  The *angle* between two poses is the
same under all of these, which is why pairs can be chosen by it without taking sides.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array, inverse

# Camera axes of the source seen from the optical frame's: columns are T_axes_optical.
T_AXES_OPTICAL = {
    'optical': np.eye(4),
    'opengl': np.diag([1.0, -1.0, -1.0, 1.0]),
    'body': np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]]),
}
# Places of x, y, z, w in the stored quaternion.
ORDERS = {'xyzw': (0, 1, 2, 3), 'wxyz': (1, 2, 3, 0), 'xyzw as wxyz': (3, 0, 1, 2)}


@dataclass(frozen=True)
class Reading:
    """What the stored poses may really be.

    inverted   they map the world to the camera (T_camera_map), not the camera to the world
    axes       'optical' (x right, y down, z forward), 'opengl' (x right, y up, z backward) or
               'body' (x forward, y left, z up)
    order      'xyzw'; 'wxyz' when w, x, y, z was read as if it were x, y, z, w; 'xyzw as wxyz'
               when x, y, z, w was read as if it were w, x, y, z
    """

    inverted: bool = False
    axes: str = 'optical'
    order: str = 'xyzw'

    @property
    def name(self) -> str:
        """For people: 'camera-to-world, optical axes, x y z w'."""
        direction = 'world-to-camera' if self.inverted else 'camera-to-world'
        axes = {'optical': 'optical', 'opengl': 'OpenGL', 'body': 'body'}[self.axes]
        order = {
            'xyzw': 'x y z w',
            'wxyz': 'w x y z read as x y z w',
            'xyzw as wxyz': 'x y z w read as w x y z',
        }[self.order]
        return f'{direction}, {axes} axes, {order}'

    def T_map_camera(self, stored: Array) -> Array:
        """Poses [N, 4, 4] of the optical frame, if the stored ones [N, 4, 4] are this."""
        T = _reordered(stored, self.order)
        T = inverse(T) if self.inverted else T
        return T @ T_AXES_OPTICAL[self.axes]


AS_STORED = Reading()
READINGS = tuple(
    Reading(inverted, axes, order)
    for order, inverted, axes in product(ORDERS, (False, True), T_AXES_OPTICAL)
)


def misread(true: Array, reading: Reading) -> Array:
    """Poses [N, 4, 4] as a scene would hold them after this misreading of T_map_camera."""
    T = true @ inverse(T_AXES_OPTICAL[reading.axes])
    T = inverse(T) if reading.inverted else T
    places = tuple(int(place) for place in np.argsort(ORDERS[reading.order]))
    return _with_places(T, places)


def _reordered(T: Array, order: str) -> Array:
    return T if order == 'xyzw' else _with_places(T, ORDERS[order])


def _with_places(T: Array, places: tuple[int, ...]) -> Array:
    """Poses whose quaternions' numbers are taken from other places."""
    q = Rotation.from_matrix(T[:, :3, :3]).as_quat()[:, places]
    result = T.copy()
    result[:, :3, :3] = Rotation.from_quat(q).as_matrix()
    return result


def relative(T_map_camera: Array, a: Array, b: Array) -> Array:
    """Poses T_b_a [P, 4, 4] of the cameras with numbers a [P] in those with numbers b [P]."""
    return inverse(T_map_camera[b]) @ T_map_camera[a]
