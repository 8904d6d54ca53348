# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From an image message to the crop that the network takes."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image

from posenet_ros import image
from posenet_ros.conversion import convert
from posenet_ros.messages import raw_image
from posenet_ros.preprocess import CropWindow, crop, cut, resample

WindowOf = Callable[[int, int], CropWindow]


def look(message: Image | CompressedImage, window_of: WindowOf) -> NDArray[np.uint8]:
    """Return the crop [224, 224, 3], uint8 RGB, of a picture message.

    window_of gives the crop window for a width and a height.  Raises Refusal for a picture that
    cannot be decoded or framed.
    """
    if isinstance(message, CompressedImage):
        return _crop(image.decode_compressed(message.data), window_of)
    if message.encoding not in image.LAYOUTS:
        return _crop(convert(message), window_of)
    pixels = image.pixels(raw_image(message))
    # Cut first: only the pixels that the network sees are converted.
    part = cut(pixels, window_of(message.width, message.height))
    return resample(image.to_rgb(part, message.encoding))


def _crop(rgb: NDArray[np.uint8], window_of: WindowOf) -> NDArray[np.uint8]:
    height, width, _ = rgb.shape
    return crop(rgb, window_of(width, height))
