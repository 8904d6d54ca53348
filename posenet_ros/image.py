# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Message bytes to RGB pictures, for the encodings that need no converter.

Only the pixels that are asked for are touched: `pixels` is a view of the message, and `to_rgb`
converts the part of it that the caller cut out.
"""

import io
import re
from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.refusal import ImageRefusal

Buffer = bytes | bytearray | memoryview | array


@dataclass(frozen=True)
class Layout:
    """How one encoding stores a pixel: bits a channel, and where red, green and blue stand."""

    bits: int
    channels: int
    rgb: tuple[int, int, int]


LAYOUTS = {
    'rgb8': Layout(8, 3, (0, 1, 2)),
    'bgr8': Layout(8, 3, (2, 1, 0)),
    'rgba8': Layout(8, 4, (0, 1, 2)),
    'bgra8': Layout(8, 4, (2, 1, 0)),
    'mono8': Layout(8, 1, (0, 0, 0)),
    'rgb16': Layout(16, 3, (0, 1, 2)),
    'bgr16': Layout(16, 3, (2, 1, 0)),
    'rgba16': Layout(16, 4, (0, 1, 2)),
    'bgra16': Layout(16, 4, (2, 1, 0)),
    'mono16': Layout(16, 1, (0, 0, 0)),
}
# Bytes a pixel of the encodings that a converter must handle, to find padding at the row's end.
CONVERTED = {
    r'bayer_(?:rggb|bggr|gbrg|grbg)8': 1,
    r'bayer_(?:rggb|bggr|gbrg|grbg)16': 2,
    r'(?:yuv422|yuv422_yuy2|uyvy|yuyv)': 2,
}


@dataclass(frozen=True)
class RawImage:
    """The fields of sensor_msgs/Image that matter here; `data` is any buffer of bytes."""

    encoding: str
    width: int
    height: int
    step: int
    is_bigendian: bool
    data: Buffer


def bytes_per_pixel(encoding: str) -> int:
    """Bytes of one pixel; raises ImageRefusal for an encoding that nobody here can read."""
    if encoding in LAYOUTS:
        layout = LAYOUTS[encoding]
        return layout.bits // 8 * layout.channels
    for pattern, size in CONVERTED.items():
        if re.fullmatch(pattern, encoding):
            return size
    raise ImageRefusal(
        f"encoding '{encoding}' is unknown or says nothing of its colours: publish rgb8, bgr8, "
        'mono8, or a Bayer or YUV 4:2:2 encoding of sensor_msgs/image_encodings.hpp'
    )


def rows(raw: RawImage) -> NDArray[np.uint8]:
    """View the picture's bytes as [H, W * bytes_per_pixel], without the padding of the rows.

    Raises ImageRefusal when size, step and data do not fit together.
    """
    size = bytes_per_pixel(raw.encoding)
    if raw.width < 1 or raw.height < 1:
        raise ImageRefusal(f'picture of {raw.width}x{raw.height} pixels: it has none to look at')
    if raw.step < raw.width * size:
        raise ImageRefusal(
            f'step {raw.step} is too small: a row of {raw.width} {raw.encoding} pixels has '
            f'{raw.width * size} bytes'
        )
    data = np.frombuffer(raw.data, dtype=np.uint8)
    if data.size != raw.step * raw.height:
        raise ImageRefusal(
            f'picture data of {data.size} bytes, but {raw.height} rows of step {raw.step} need '
            f'{raw.step * raw.height}: the camera driver truncates or mislabels its pictures'
        )
    return data.reshape(raw.height, raw.step)[:, : raw.width * size]


def pixels(raw: RawImage) -> NDArray[np.uint8]:
    """View the picture as [H, W, C] in its own channel order, without a copy.

    Of 16-bit channels it is the high byte.  Raises ImageRefusal when the fields contradict each
    other; KeyError when the encoding is not in LAYOUTS.
    """
    layout = LAYOUTS[raw.encoding]
    size = layout.bits // 8
    high_byte = 0 if raw.is_bigendian else size - 1
    channels = rows(raw).reshape(raw.height, raw.width, layout.channels, size)
    return channels[..., high_byte]


def to_rgb(part: NDArray[np.uint8], encoding: str) -> NDArray[np.uint8]:
    """Convert pixels [h, w, C] of an encoding in LAYOUTS to contiguous uint8 RGB [h, w, 3]."""
    layout = LAYOUTS[encoding]
    if layout.channels == 3 and layout.rgb == (0, 1, 2):
        return np.ascontiguousarray(part)
    return np.ascontiguousarray(part[..., layout.rgb])


def from_rgb(rgb: NDArray[np.uint8], encoding: str) -> NDArray[np.uint8]:
    """Store an RGB picture [H, W, 3] as 8-bit pixels [H, W, C] of rgb8, bgr8 or mono8.

    Raises ValueError for another encoding.
    """
    if encoding == 'rgb8':
        return rgb
    if encoding == 'bgr8':
        return rgb[..., ::-1]
    if encoding == 'mono8':
        return np.asarray(Image.fromarray(rgb).convert('L'))[..., None]
    raise ValueError(f"encoding '{encoding}' cannot be written: use rgb8, bgr8 or mono8")


def to_jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """JPEG bytes of an RGB picture [H, W, 3]."""
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, 'JPEG', quality=90)
    return stream.getvalue()


def decode_compressed(data: Buffer) -> NDArray[np.uint8]:
    """Decode JPEG or PNG bytes (sensor_msgs/CompressedImage) to RGB [H, W, 3].

    Raises ImageRefusal for bytes that are corrupt, truncated or of another kind.
    """
    try:
        with Image.open(io.BytesIO(data), formats=('JPEG', 'PNG')) as picture:
            return np.asarray(picture.convert('RGB'))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = str(error).strip() or type(error).__name__
        raise ImageRefusal(
            f'compressed picture of {len(data)} bytes cannot be decoded ({reason}): publish whole '
            'JPEG or PNG pictures'
        ) from error
