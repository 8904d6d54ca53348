# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of poses and what is said about them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.geometry import pose_error, transform

Array = NDArray[np.float64]

# Metres and degrees within which a pose counts as found, both at once.
RECALL = ((0.05, 5.0), (0.1, 5.0), (0.25, 2.0), (0.5, 5.0), (5.0, 10.0))
PERCENTILES = (75, 90, 95, 99)
AXES = ('x_m', 'y_m', 'z_m', 'rot_x_deg', 'rot_y_deg', 'rot_z_deg')


def errors_of(position_hat: Tensor, q_hat_xyzw: Tensor, position: Tensor, q_xyzw: Tensor) -> Array:
    """Error 6-vectors [B, 6] (posenet_ros.geometry) of positions [B, 3], quaternions [B, 4]."""
    return pose_error(_poses(position_hat, q_hat_xyzw), _poses(position, q_xyzw))


def _poses(position: Tensor, q_xyzw: Tensor) -> Array:
    return np.stack(list(map(transform, position.tolist(), q_xyzw.tolist())))


def distances_and_angles(errors: Array) -> tuple[Array, Array]:
    """Position errors [N] in metres and rotation errors [N] in degrees of error 6-vectors."""
    return np.linalg.norm(errors[:, :3], axis=1), np.degrees(np.linalg.norm(errors[:, 3:], axis=1))


def error_summary(errors: Array) -> dict[str, float]:
    """Median and 95th percentile of position and angle errors [N, 6]."""
    distances, angles = distances_and_angles(errors)
    return {
        'median_position_m': float(np.median(distances)),
        'p95_position_m': float(np.percentile(distances, 95)),
        'median_angle_deg': float(np.median(angles)),
        'p95_angle_deg': float(np.percentile(angles, 95)),
    }


def full_summary(errors: Array) -> dict[str, Any]:
    """All that is said of errors [N, 6]: `error_summary`, and mean, percentiles, largest, recall.

    The angle is that of the rotation between both poses, 2 acos |<q, q_hat>|: the first PoseNet
    paper printed half of it.
    """
    distances, angles = distances_and_angles(errors)
    return {
        **error_summary(errors),
        'position_m': _spread(distances),
        'angle_deg': _spread(angles),
        'recall': {
            recall_name(metres, degrees): float(
                np.mean((distances <= metres) & (angles <= degrees))
            )
            for metres, degrees in RECALL
        },
    }


def recall_name(metres: float, degrees: float) -> str:
    """Key of a recall in a summary: '0.05m_5deg'."""
    return f'{metres:g}m_{degrees:g}deg'


def _spread(values: Array) -> dict[str, float]:
    percentiles = np.percentile(values, PERCENTILES)
    return {
        'mean': float(values.mean()),
        **{f'p{n}': float(value) for n, value in zip(PERCENTILES, percentiles, strict=True)},
        'max': float(values.max()),
    }


def axis_errors(errors: Array) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of the absolute error along each axis of the map."""
    absolute = np.abs(errors)
    absolute[:, 3:] = np.degrees(absolute[:, 3:])
    return {
        axis: {
            'median': float(np.median(absolute[:, index])),
            'p95': float(np.percentile(absolute[:, index], 95)),
        }
        for index, axis in enumerate(AXES)
    }


def headings(T_map_camera: Array) -> Array:
    """Heading [N] in degrees, -180 to 180, of the optical axes of poses [N, 4, 4] in the map.

    NaN where a camera looks within 10 degrees of straight up or down.
    """
    ahead = T_map_camera[:, :3, 2]
    angle = np.degrees(np.arctan2(ahead[:, 1], ahead[:, 0]))
    return np.where(np.abs(ahead[:, 2]) < np.cos(np.radians(10.0)), angle, np.nan)


def by_heading(errors: Array, T_map_camera: Array, width: int = 10) -> list[dict[str, float]]:
    """Summaries of the frames by heading, in bins `width` degrees wide, without empty ones."""
    heading = headings(T_map_camera)
    bins = []
    for low in range(-180, 180, width):
        inside = (heading >= low) & (heading < low + width)
        if np.any(inside):
            frames = {'from_deg': float(low), 'frames': float(np.sum(inside))}
            bins.append({**frames, **error_summary(errors[inside])})
    return bins


def second_moment(errors: Array) -> Array:
    """Second moment [6, 6] of errors [N, 6] about zero: bias and tails are left in."""
    moment: Array = errors.T @ errors / len(errors)
    return moment
