# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How well two pictures' matched points agree with a relative pose.

A point that camera a sees along the ray f_a lies, seen from camera b, on the arc from R_b_a f_a
(the point is infinitely far) to the direction of camera a's centre (the point is at camera a's
lens).  Points behind one of the cameras lie on the rest of that great circle, so the distance to
the *arc* judges the epipolar constraint and cheirality together, without a jump where points are
far away.  All angles are between rays: no focal length hides in them.
"""

import numpy as np

from posenet_ros.geometry import Array

TINY = 1e-12


def rays(points: Array) -> Array:
    """Unit rays [N, 3] of points [N, 2] on the plane z = 1 (x right, y down)."""
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    return homogeneous / np.linalg.norm(homogeneous, axis=1, keepdims=True)


def residuals(f_a: Array, f_b: Array, T_b_a: Array, nearest: float = 0.0) -> Array:
    """Angles [..., N] in radians by which matched rays miss a relative pose.

    f_a, f_b [N, 3] are unit rays, T_b_a [..., 4, 4] the pose of camera a in b; points are taken
    to be in front of both cameras and at least `nearest` away from the camera, in the unit of the
    translation.  It is the smallest turn of *one* of the two rays that makes them meet, which is
    the L1-optimal angular error (Lee and Civera, Closed-Form Optimal Two-View Triangulation Based
    on Angular Errors, ICCV 2019).
    """
    R, t = T_b_a[..., :3, :3], T_b_a[..., :3, 3]
    R_transposed = np.swapaxes(R, -1, -2)
    t_a = -(R_transposed @ t[..., None])[..., 0]
    in_b = _to_arc(f_b, f_a @ R_transposed, t, nearest)
    in_a = _to_arc(f_a, f_b @ R, t_a, nearest)
    return np.minimum(in_a, in_b)


def _to_arc(f: Array, far: Array, t: Array, nearest: float) -> Array:
    """Angles [..., N] between rays f [N, 3] and the arcs from `far` [..., N, 3] towards t."""
    near = nearest * far + t[..., None, :]
    near = near / np.maximum(np.linalg.norm(near, axis=-1, keepdims=True), TINY)
    normal = _cross(far, near)
    length = np.linalg.norm(normal, axis=-1)
    normal = normal / np.maximum(length, TINY)[..., None]
    beyond_far = np.sum(_cross(normal, far) * f, axis=-1) < 0.0
    beyond_near = np.sum(_cross(normal, near) * f, axis=-1) > 0.0
    beside = np.abs(np.arcsin(np.clip(np.sum(normal * f, axis=-1), -1.0, 1.0)))
    to_ends = np.minimum(angles(f, far), angles(f, near))
    return np.where(beyond_far | beyond_near | (length < TINY), to_ends, beside)


def _cross(a: Array, b: Array) -> Array:
    """Cross products [..., 3]; several times faster than numpy's on many short arrays."""
    a_x, a_y, a_z = a[..., 0], a[..., 1], a[..., 2]
    b_x, b_y, b_z = b[..., 0], b[..., 1], b[..., 2]
    product = (a_y * b_z - a_z * b_y, a_z * b_x - a_x * b_z, a_x * b_y - a_y * b_x)
    return np.stack(product, axis=-1)


def angles(f: Array, g: Array) -> Array:
    """Angles [...] in radians between unit rays [..., 3]; exact for small ones."""
    return 2.0 * np.arcsin(np.clip(0.5 * np.linalg.norm(f - g, axis=-1), 0.0, 1.0))


def rotation_between(f_a: Array, f_b: Array) -> Array:
    """Rotation R_b_a [3, 3] that turns rays f_a into f_b best, without a few that do not fit."""
    weights = np.ones(len(f_a))
    R = np.eye(3)
    for _ in range(8):
        U, _, Vt = np.linalg.svd((f_b * weights[:, None]).T @ f_a)
        R = U @ np.diag([1.0, 1.0, np.linalg.det(U @ Vt)]) @ Vt
        left = angles(f_a @ R.T, f_b)
        weights = 1.0 / np.maximum(left, 0.1 * np.median(left) + TINY)
    return R


def parallax(f_a: Array, f_b: Array) -> float:
    """Median angle in radians that no rotation explains: what the camera's way has moved."""
    return float(np.median(angles(f_a @ rotation_between(f_a, f_b).T, f_b)))


def depths(f_a: Array, f_b: Array, T_b_a: Array) -> Array:
    """Distances [N] from camera a where matched rays come nearest to each other; inf if parallel.

    Negative distances are behind the camera.
    """
    g = f_a @ T_b_a[:3, :3].T
    t = T_b_a[:3, 3]
    cosine = np.sum(g * f_b, axis=1)
    sine_squared = np.maximum(1.0 - cosine**2, TINY)
    along = (cosine * (f_b @ t) - g @ t) / sine_squared
    return np.where(sine_squared < 1e-8, np.inf, along)
