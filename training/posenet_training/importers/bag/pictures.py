# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of messages as files: raw ones as PNG, compressed ones as they are."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.image import LAYOUTS, RawImage, pixels, rows, to_rgb
from posenet_ros.refusal import ImageRefusal
from posenet_training.importers.bag.topics import COMPRESSED
from posenet_training.importers.drive import Encoded

# By their first bytes: the format that messages claim is not always theirs.
SUFFIXES = {b'\xff\xd8\xff': '.jpg', b'\x89PNG\r\n\x1a\n': '.png'}
# PNG's usual level takes three times as long for a few per cent.
PNG_LEVEL = 1


def encode(message: Any) -> Encoded:
    """File of an Image or a CompressedImage; ImageRefusal when it is none that a robot reads."""
    if message.__msgtype__ == COMPRESSED:
        return _as_it_is(message)
    file = io.BytesIO()
    Image.fromarray(decode(message)).save(file, 'PNG', compress_level=PNG_LEVEL)
    return Encoded(file.getvalue(), '.png')


def decode(message: Any) -> NDArray[np.uint8]:
    """Decode an Image to RGB [H, W, 3] as the robot does; ImageRefusal when that is impossible."""
    raw = RawImage(
        encoding=message.encoding,
        width=message.width,
        height=message.height,
        step=message.step,
        is_bigendian=bool(message.is_bigendian),
        data=memoryview(message.data),
    )
    if raw.encoding in LAYOUTS:
        return to_rgb(pixels(raw), raw.encoding)
    return _converted(message, rows(raw))


def _converted(message: Any, tight: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert Bayer and YUV pictures; the converter takes padding of rows for pixels."""
    # Imported here: it brings OpenCV, which few drives need.
    from rosbags.image import image_to_cvimage

    packed = replace(message, step=tight.shape[1], data=np.ascontiguousarray(tight).ravel())
    try:
        return np.asarray(image_to_cvimage(packed, 'rgb8'), dtype=np.uint8)
    except Exception as error:  # It raises whatever OpenCV and it itself raise.
        raise ImageRefusal(
            f"encoding '{message.encoding}' cannot be converted to rgb8 ({error})"
        ) from error


def _as_it_is(message: Any) -> Encoded:
    data = message.data.tobytes()
    for start, suffix in SUFFIXES.items():
        if data.startswith(start):
            return Encoded(data, suffix)
    raise ImageRefusal(f"compressed picture of format '{message.format}' is neither JPEG nor PNG")
