# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The crop: its geometry, its golden picture, and its equality with the paper's."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from posenet_ros.preprocess import CropWindow, crop, crop_window
from posenet_ros.refusal import CameraRefusal

GOLDEN_SHA256 = '08400519ed288962dc5dc181df6291f8c61af8fc484899ff2abae7c1b755113a'


def scene(height: int = 480, width: int = 640) -> np.ndarray:
    """A smooth picture with some structure, made from formulas."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 127 + 120 * np.sin(x / 17.0) * np.cos(y / 23.0)
    green = 255.0 * x / width
    blue = 255.0 * ((x // 40 + y // 40) % 2)
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ('width', 'height', 'window'),
    [
        (640, 480, CropWindow(110, 30, 420)),
        (480, 640, CropWindow(30, 110, 420)),
        (256, 256, CropWindow(16, 16, 224)),
        (1920, 1080, CropWindow(487, 67, 945)),
        (1, 1, CropWindow(0, 0, 1)),
    ],
)
def test_window_is_the_centred_square(width: int, height: int, window: CropWindow) -> None:
    assert crop_window(width, height) == window


def test_scaled_window_must_fit() -> None:
    assert crop_window(640, 480, 0.5) == CropWindow(215, 135, 210)
    with pytest.raises(CameraRefusal, match='wider view'):
        crop_window(640, 480, 1.2)


def test_golden_picture() -> None:
    result = crop(scene(), crop_window(640, 480))
    assert result.shape == (224, 224, 3)
    assert result.dtype == np.uint8
    digest = hashlib.sha256(result.tobytes()).hexdigest()
    assert digest == GOLDEN_SHA256, 'the crop changed: every trained model is invalid'


def test_equals_another_antialiased_bilinear_resize() -> None:
    picture = scene()
    other = Image.fromarray(picture).resize(
        (224, 224), Image.Resampling.BILINEAR, box=(110, 30, 530, 450)
    )
    difference = np.abs(crop(picture, crop_window(640, 480)).astype(int) - np.asarray(other))
    # Pillow looks beyond the box at its border.
    assert difference[2:-2, 2:-2].max() <= 1


def test_equals_the_papers_resize_and_crop_inside() -> None:
    picture = scene()
    whole = Image.fromarray(picture).resize((341, 256), Image.Resampling.BILINEAR)
    left = (341 - 224) / 2
    paper = np.asarray(whole)[16:240, int(left) : int(left) + 224].astype(int)
    ours = crop(picture, crop_window(640, 480)).astype(int)
    assert np.mean(np.abs(ours - paper)[4:-4, 4:-4]) < 6.0


def test_only_the_window_is_looked_at() -> None:
    picture = scene()
    window = crop_window(640, 480)
    blackened = np.zeros_like(picture)
    inside = np.s_[window.y0 : window.y0 + window.side, window.x0 : window.x0 + window.side]
    blackened[inside] = picture[inside]
    assert np.array_equal(crop(picture, window), crop(blackened, window))


def test_a_window_of_224_is_not_resampled() -> None:
    picture = scene(256, 256)
    assert np.array_equal(crop(picture, crop_window(256, 256)), picture[16:240, 16:240])
