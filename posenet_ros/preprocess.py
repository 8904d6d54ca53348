# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The crop: the one definition of what the network sees, used by the robot and by the trainer.

The network sees the centred square whose side is round(min(W, H) * 224 / 256 * scale) source
pixels, resampled to 224 x 224.  At scale 1 this is the paper's input (section 3: shorter side to
256, centre crop of 224) up to the borders, but only the pixels that are needed are touched.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from posenet_ros.model_spec import Camera
from posenet_ros.refusal import CameraRefusal

INPUT_SIZE = 224
SIDE_FRACTION = 224 / 256


@dataclass(frozen=True)
class CropWindow:
    """A square of the source picture: its upper left pixel and its side, in pixels."""

    x0: int
    y0: int
    side: int


def crop_window(width: int, height: int, scale: float = 1.0) -> CropWindow:
    """Place the centred square in a picture of this size.

    Raises CameraRefusal when the scaled square is larger than the picture.
    """
    side = round(min(width, height) * SIDE_FRACTION * scale)
    if side > min(width, height):
        raise CameraRefusal(
            f'the model needs the central {side} pixels of a {width}x{height} picture, more than '
            'it has: use a camera with a wider view or a model trained with this one'
        )
    return CropWindow((width - side) // 2, (height - side) // 2, max(side, 1))


def crop_scale(camera: Camera, trained: Camera) -> float:
    """Scale of the crop at which `camera` sees the angular width that `trained` showed."""
    trained_width = min(trained.width, trained.height) / trained.fx
    return trained_width / (min(camera.width, camera.height) / camera.fx)


def crop(rgb: NDArray[np.uint8], window: CropWindow) -> NDArray[np.uint8]:
    """Cut the window out of an RGB picture [H, W, 3] and resample it to [224, 224, 3], uint8."""
    return resample(cut(rgb, window))


def cut(pixels: NDArray[np.uint8], window: CropWindow) -> NDArray[np.uint8]:
    """View the window of a picture [H, W, C] as [side, side, C]."""
    side = window.side
    return pixels[window.y0 : window.y0 + side, window.x0 : window.x0 + side]


def resample(square: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Resample a square RGB picture [S, S, 3] to [224, 224, 3], bilinear with antialiasing."""
    if square.shape[:2] == (INPUT_SIZE, INPUT_SIZE):
        return np.ascontiguousarray(square)
    image = torch.from_numpy(np.ascontiguousarray(square)).permute(2, 0, 1)[None]
    small = interpolate(image, (INPUT_SIZE, INPUT_SIZE), mode='bilinear', antialias=True)
    return np.ascontiguousarray(small[0].permute(1, 2, 0).numpy())
