# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The geometry of the page. Pure; the page wants quaternions as w, x, y, z."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from posenet_ros.floor_plan import OCCUPIED_FROM, FloorPlan
from posenet_ros.geometry import Array, position_and_quaternion
from posenet_ros.model_spec import Camera

# Radius of the ellipsoid that holds 95 % of a normal distribution in space: sqrt(chi2_3(0.95)).
NINETY_FIVE_PERCENT = 2.7955
# Flatter than this an ellipsoid cannot be seen, nor turned by the page.
THINNEST_M = 0.005
# Positions of one drive follow each other within this many times the usual gap between pictures.
ONE_DRIVE = 4.0
USUAL_FOV_RAD = np.radians(60.0)
FREE, OCCUPIED, UNKNOWN = (250, 250, 250), (110, 116, 126), (225, 227, 231)


def position_wxyz(T_a_b: Array) -> tuple[Array, Array]:
    """Position [3] and quaternion w, x, y, z [4] of T_a_b [4, 4]."""
    position, q_xyzw = position_and_quaternion(T_a_b)
    return position, np.roll(q_xyzw, 1)


def ellipsoid(covariance: Array) -> tuple[Array, Array]:
    """Semi-axes [3], metres, and orientation w, x, y, z [4] of a pose's 95 % ellipsoid.

    covariance [6, 6] of REP-103's order; its position part counts.
    """
    variances, axes = np.linalg.eigh(covariance[:3, :3])
    if np.linalg.det(axes) < 0.0:
        axes[:, 0] = -axes[:, 0]
    radii = NINETY_FIVE_PERCENT * np.sqrt(np.maximum(variances, 0.0))
    q_xyzw = Rotation.from_matrix(axes).as_quat()
    return np.maximum(radii, THINNEST_M), np.roll(q_xyzw, 1)


def segments(positions: Array, longest_m: float) -> Array:
    """Lines [K, 2, 3] from each of the positions [N, 3] to the next, where it is near enough."""
    pairs = np.stack([positions[:-1], positions[1:]], axis=1)
    return pairs[np.linalg.norm(pairs[:, 1] - pairs[:, 0], axis=-1) <= longest_m]


def training_path(positions: Array) -> Array:
    """Lines [K, 2, 3] along the drives that training positions [N, 3] came from.

    Pictures that were taken one by one, all over a room, follow each other nowhere: no lines.
    """
    if len(positions) < 3:
        return np.empty((0, 2, 3))
    nearest, _ = KDTree(positions).query(positions, k=2)
    longest_m = ONE_DRIVE * float(np.median(np.asarray(nearest)[:, 1]))
    lines = segments(positions, longest_m)
    return lines if 2 * len(lines) >= len(positions) else np.empty((0, 2, 3))


def vertical_fov(camera: Camera | None) -> float:
    """Angle in radians from the top to the bottom of the camera's picture."""
    if camera is None:
        return float(USUAL_FOV_RAD)
    return float(2.0 * np.arctan2(camera.height, 2.0 * camera.fy))


def overlook(positions: Array) -> tuple[Array, Array]:
    """Where a viewer stands, and where it looks, to see all positions [N, 3] from above."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    middle = 0.5 * (low + high)
    away = max(float(np.linalg.norm(high - low)), 2.0)
    return middle + away * np.array([-0.1, -0.5, 0.65]), middle


def floor_picture(plan: FloorPlan) -> NDArray[np.uint8]:
    """RGB picture [rows, columns, 3] of an occupancy grid, its y axis upwards."""
    picture = np.full((*plan.cells.shape, 3), UNKNOWN, np.uint8)
    picture[plan.cells >= 0] = FREE
    picture[plan.cells >= OCCUPIED_FROM] = OCCUPIED
    return np.ascontiguousarray(picture[::-1])


def floor_middle(plan: FloorPlan) -> tuple[Array, float, float]:
    """Pose [4, 4] in the map of an occupancy grid's middle, and its width and height in metres."""
    rows, columns = plan.cells.shape
    width, height = columns * plan.resolution, rows * plan.resolution
    T_grid_middle = np.eye(4)
    T_grid_middle[:2, 3] = 0.5 * width, 0.5 * height
    return plan.T_map_grid @ T_grid_middle, width, height


def heading_deg(T_map_base: Array) -> float:
    """Heading in degrees, counter-clockwise from the map's x axis."""
    return float(np.degrees(np.arctan2(T_map_base[1, 0], T_map_base[0, 0])))


def deviations(covariance: Array) -> tuple[float, float]:
    """Standard deviations along the worst axis: of the position in m, of the angle in degrees."""
    worst = [np.linalg.eigvalsh(covariance[i : i + 3, i : i + 3])[-1] for i in (0, 3)]
    position_m, angle_rad = np.sqrt(np.maximum(worst, 0.0))
    return float(position_m), float(np.degrees(angle_rad))
