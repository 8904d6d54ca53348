# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Message bytes to RGB: every layout, padding, endianness, and what is refused."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from posenet_ros.image import LAYOUTS, RawImage, decode_compressed, pixels, rows, to_rgb
from posenet_ros.refusal import ImageRefusal


def encode(rgb: np.ndarray, encoding: str, padding: int, is_bigendian: bool) -> RawImage:
    """Write a picture as a camera driver would, from the definition of the encoding."""
    height, width, _ = rgb.shape
    order = {'r': 0, 'g': 1, 'b': 2}
    name = encoding.rstrip('0123456789')
    if name == 'mono':
        planes = [rgb[..., 0]]
    else:
        alpha = np.full((height, width), 77, np.uint8)
        planes = [alpha if letter == 'a' else rgb[..., order[letter]] for letter in name]
    values = np.stack(planes, axis=-1)
    if encoding.endswith('16'):
        # The low byte is noise that must not matter.
        values = (values.astype(np.uint16) << 8 | 0x5A).astype('>u2' if is_bigendian else '<u2')
    lines = [line.tobytes() + b'\xee' * padding for line in values]
    data = b''.join(lines)
    return RawImage(encoding, width, height, len(lines[0]), is_bigendian, data)


@pytest.mark.parametrize('is_bigendian', [False, True])
@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize('encoding', sorted(LAYOUTS))
def test_every_layout(encoding: str, padding: int, is_bigendian: bool) -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    if encoding.startswith('mono'):
        rgb[:] = rgb[..., :1]
    raw = encode(rgb, encoding, padding, is_bigendian)
    assert np.array_equal(to_rgb(pixels(raw), encoding), rgb)
    part = pixels(raw)[2:6, 3:8]
    assert np.array_equal(to_rgb(part, encoding), rgb[2:6, 3:8])


def test_eight_bit_pixels_are_not_copied() -> None:
    data = bytearray(4 * 6 * 3)
    view = pixels(RawImage('rgb8', 6, 4, 18, False, data))
    data[0] = 200
    assert view[0, 0, 0] == 200


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'encoding': 'rgb7'}, "encoding 'rgb7' is unknown"),
        ({'encoding': ''}, "encoding '' is unknown"),
        ({'width': 0}, '0x4 pixels'),
        ({'height': 0}, '6x0 pixels'),
        ({'step': 17}, 'step 17 is too small'),
        ({'step': 0}, 'step 0 is too small'),
        ({'data': bytes(71)}, 'picture data of 71 bytes'),
        ({'data': b''}, 'picture data of 0 bytes'),
        ({'data': bytes(73)}, 'picture data of 73 bytes'),
    ],
)
def test_contradictions_are_refused(change: dict, words: str) -> None:
    fields = {
        'encoding': 'rgb8', 'width': 6, 'height': 4, 'step': 18, 'is_bigendian': False,
        'data': bytes(72),
    }  # fmt: skip
    with pytest.raises(ImageRefusal, match=words):
        rows(RawImage(**{**fields, **change}))


def jpeg(rgb: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, 'JPEG', quality=95)
    return buffer.getvalue()


def test_compressed_pictures_are_rgb() -> None:
    rgb = np.zeros((32, 48, 3), np.uint8)
    rgb[..., 0] = 250
    decoded = decode_compressed(jpeg(rgb))
    assert decoded.shape == (32, 48, 3)
    assert decoded[..., 0].mean() > 240
    assert decoded[..., 2].mean() < 10


def test_grey_and_png_become_rgb() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 99, np.uint8)).save(buffer, 'PNG')
    assert np.array_equal(decode_compressed(buffer.getvalue()), np.full((8, 8, 3), 99, np.uint8))


@pytest.mark.parametrize('data', [b'', b'no picture at all', b'\xff\xd8\xff\xe0' + bytes(40)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageRefusal, match='compressed picture'):
        decode_compressed(data)


def test_truncated_jpeg_is_refused() -> None:
    whole = jpeg(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    with pytest.raises(ImageRefusal, match='cannot be decoded'):
        decode_compressed(whole[: len(whole) // 2])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 200),
    st.binary(max_size=3000),
)
def test_anything_is_decoded_or_refused(
    encoding: str, width: int, height: int, step: int, data: bytes
) -> None:
    raw = RawImage(encoding, width, height, step, False, data)
    try:
        rgb = to_rgb(pixels(raw), encoding)
    except ImageRefusal:
        return
    assert rgb.shape == (height, width, 3)
