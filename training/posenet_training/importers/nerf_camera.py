# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Intrinsics of a frame of a transforms.json, for its picture as it is.

Both programs have the centre of the upper left pixel at (0.5, 0.5): nerfstudio adds the half in
Cameras.get_image_coords, instant-ngp divides cx by the width and pixel centres by it as well, and
COLMAP, which most such files come from, counts so too.  CameraInfo has that centre at (0, 0).
"""

import math
from collections.abc import Mapping
from typing import Any

from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError

FOCAL_KEYS = frozenset({'fl_x', 'fl_y', 'camera_angle_x', 'camera_angle_y'})
NUMBERS = FOCAL_KEYS | {
    *('w', 'h', 'cx', 'cy'),
    *('k1', 'k2', 'k3', 'k4', 'p1', 'p2'),
}
FISHEYE_MODELS = {'OPENCV_FISHEYE', 'FISHEYE'}
PINHOLE_MODELS = {'SIMPLE_PINHOLE', 'PINHOLE', 'SIMPLE_RADIAL', 'RADIAL', 'OPENCV', 'PERSPECTIVE'}

Json = Mapping[str, Any]


def camera_of(values: Json, size: tuple[int, int] | None) -> Camera | None:
    """Camera of a frame's values (with those of the file where it has none of its own).

    size   width and height of the picture: where `w` and `h` say otherwise, but of the same
           shape up to a pixel, the intrinsics are scaled to it; None when it cannot be read

    None when no focal length is given or the picture cannot be read.  Raises ValueError for
    values that are no numbers or do not fit, SceneError for panoramas.
    """
    fisheye = _is_fisheye(values)
    if size is None:
        return None
    numbers = {key: _number(values, key) for key in values if key in NUMBERS}
    width, height = numbers.get('w', float(size[0])), numbers.get('h', float(size[1]))
    focal = _focal_lengths(numbers, width, height)
    if focal is None:
        return None
    x_scale, y_scale = size[0] / width, size[1] / height
    if abs(height * x_scale - size[1]) > 1.0:
        raise ValueError(f'{size[0]}x{size[1]}, while the intrinsics are for {width:g}x{height:g}')
    model, distortion = _distortion(numbers, fisheye)
    return Camera(
        width=size[0],
        height=size[1],
        fx=focal[0] * x_scale,
        fy=focal[1] * y_scale,
        cx=numbers.get('cx', width / 2) * x_scale - 0.5,
        cy=numbers.get('cy', height / 2) * y_scale - 0.5,
        distortion_model=model,
        distortion=distortion,
    )


def _number(values: Json, key: str) -> float:
    try:
        number = float(values[key])
    except (TypeError, ValueError) as error:
        raise ValueError(f'{key} is {values[key]!r}') from error
    if not math.isfinite(number) or (key in ('w', 'h', 'fl_x', 'fl_y') and number <= 0.0):
        raise ValueError(f'{key} is {number}')
    return number


def _is_fisheye(values: Json) -> bool:
    model = str(values.get('camera_model', 'OPENCV'))
    if model in FISHEYE_MODELS or values.get('is_fisheye'):
        return True
    if model not in PINHOLE_MODELS:
        raise SceneError(
            f"camera_model '{model}' is not supported: cut perspective pictures out of it, or "
            'import the pictures with `posenet scene import images`'
        )
    return False


def _focal_lengths(
    numbers: Mapping[str, float], width: float, height: float
) -> tuple[float, float] | None:
    """Focal lengths in pixels along x and y; None when neither is given."""
    x = numbers.get('fl_x') or _of_angle(numbers.get('camera_angle_x'), width)
    y = numbers.get('fl_y') or _of_angle(numbers.get('camera_angle_y'), height)
    if x is None and y is None:
        return None
    return x or y or math.nan, y or x or math.nan


def _of_angle(angle: float | None, extent: float) -> float | None:
    """Focal length of a field of view in radians over an extent in pixels."""
    return None if angle is None else 0.5 * extent / math.tan(0.5 * angle)


def _distortion(numbers: Mapping[str, float], fisheye: bool) -> tuple[str, tuple[float, ...]]:
    """Model and coefficients in the order of sensor_msgs/CameraInfo."""
    names = ('k1', 'k2', 'k3', 'k4') if fisheye else ('k1', 'k2', 'p1', 'p2', 'k3')
    coefficients = tuple(numbers.get(name, 0.0) for name in names)
    if fisheye:
        return 'equidistant', coefficients
    return 'plumb_bob', coefficients if any(coefficients) else ()
