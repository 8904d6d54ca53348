# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cameras of sensor_msgs/CameraInfo."""

from collections.abc import Sequence
from typing import Any

from posenet_ros.model_spec import Camera


def camera_of(info: Any) -> Camera | None:
    """The camera as it is: K and the distortion; None when it is not calibrated (K[0] is 0)."""
    fx, _, cx, _, fy, cy = (float(value) for value in info.k[:6])
    distortion = tuple(float(value) for value in info.d)
    return _scaled(info, (fx, fy, cx, cy), str(info.distortion_model), distortion)


def rectified_camera_of(info: Any) -> Camera | None:
    """The camera of rectified pictures: P without distortion; None when it is not calibrated."""
    fx, _, cx, _, _, fy, cy = (float(value) for value in info.p[:7])
    return _scaled(info, (fx, fy, cx, cy), 'plumb_bob', ())


def _scaled(
    info: Any, intrinsics: Sequence[float], model: str, distortion: tuple[float, ...]
) -> Camera | None:
    """Cut out the region of interest, then bin: K and P hold for the whole sensor.

    Source: sensor_msgs/CameraInfo; image_geometry's PinholeCameraModel.
    """
    fx, fy, cx, cy = intrinsics
    if fx <= 0.0 or fy <= 0.0:
        return None
    across, down = max(info.binning_x, 1), max(info.binning_y, 1)
    return Camera(
        width=(info.roi.width or info.width) // across,
        height=(info.roi.height or info.height) // down,
        fx=fx / across,
        fy=fy / down,
        cx=(cx - info.roi.x_offset) / across,
        cy=(cy - info.roi.y_offset) / down,
        distortion_model=model,
        distortion=distortion,
    )
