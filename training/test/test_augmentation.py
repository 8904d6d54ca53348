# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Photometric augmentation: repeatable, of the strength asked for, and no pixel moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from training_samples import crops

from posenet_training.augmentation.blurring import defocused, disc, line, moving
from posenet_training.augmentation.grain import noisy
from posenet_training.augmentation.photometric import photometric
from posenet_training.augmentation.tone import LEVELS, exposed, through, to_levels, to_light

CROP = crops(1)[0]


def test_strength_zero_changes_no_bit():
    before = CROP.copy()
    np.testing.assert_array_equal(photometric(CROP, 0.0, np.random.default_rng(0)), before)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), strength=st.floats(0.01, 1.5))
def test_a_seed_repeats_its_change_and_leaves_the_source_alone(seed, strength):
    before = CROP.copy()
    first, again = (photometric(CROP, strength, np.random.default_rng(seed)) for _ in range(2))
    assert first.shape == CROP.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(CROP, before)


def test_stronger_is_further_from_the_source():
    def change(strength: float) -> float:
        changed = [photometric(CROP, strength, np.random.default_rng(i)) for i in range(40)]
        return float(np.mean([np.abs(c.astype(float) - CROP).mean() for c in changed]))

    assert 0.0 < change(0.1) < 0.5 * change(0.5) + 1.0 < change(1.0)


def test_colours_keep_their_names():
    """Red, green and blue keep their order through the encoder too."""
    crop = np.full((224, 224, 3), (200, 120, 40), np.uint8)
    for seed in range(60):
        red, green, blue = photometric(crop, 1.0, np.random.default_rng(seed)).mean((0, 1))
        assert red > green > blue


def test_a_spot_stays_where_it_is():
    crop = np.full((224, 224, 3), 60, np.uint8)
    crop[99:104, 149:154] = 220
    for seed in range(60):
        changed = photometric(crop, 1.0, np.random.default_rng(seed)).astype(float).mean(2)
        near = changed[82:121, 132:171] - np.median(changed)
        near[near < 0.3 * near.max()] = 0.0
        y, x = (np.average(axis.ravel(), weights=near.ravel()) for axis in np.mgrid[:39, :39])
        assert np.hypot(x - 19.0, y - 19.0) < 0.5


@settings(max_examples=50, deadline=None)
@given(size=st.floats(0.0, 40.0), angle=st.floats(0.0, np.pi))
def test_kernels_are_centred_and_keep_the_light(size, angle):
    for kernel in (disc(size), line(size, angle)):
        reach = len(kernel) // 2
        assert kernel.shape == (2 * reach + 1, 2 * reach + 1)
        assert kernel.min() >= 0.0
        assert kernel.sum() == pytest.approx(1.0, abs=1e-5)
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        np.testing.assert_allclose([(kernel * x).sum(), (kernel * y).sum()], 0.0, atol=0.05)


def test_blur_has_the_size_that_was_asked_for():
    spot = np.zeros((101, 101, 3), np.uint8)
    spot[50, 50] = 255
    moved = np.argwhere(moving(spot, 20.0, 0.0)[..., 0])
    assert np.ptp(moved[:, 1]) == 20
    assert np.ptp(moved[:, 0]) == 0
    square = np.zeros_like(spot)
    square[48:53, 48:53] = 255
    opened = np.argwhere(defocused(square, 12.0)[..., 0])
    np.testing.assert_allclose(np.ptp(opened, axis=0), 16, atol=2)
    np.testing.assert_array_equal(moving(spot, 0.0, 0.0), spot)
    np.testing.assert_array_equal(defocused(spot, 1.0), spot)


def test_light_follows_srgb():
    np.testing.assert_allclose(to_levels(to_light(LEVELS)), LEVELS, atol=1e-7)
    # Half of white's light is stored as 0.7354 (IEC 61966-2-1).
    grey = np.full((2, 2, 3), 255, np.uint8)
    np.testing.assert_array_equal(exposed(grey, -1.0), 188)
    np.testing.assert_array_equal(exposed(CROP, 0.0), CROP)
    np.testing.assert_array_equal(exposed(grey, 3.0), 255)


def test_a_curve_for_each_colour():
    curves = np.stack([LEVELS, 1.0 - LEVELS, np.zeros(256)], axis=1)
    expected = np.stack([CROP[..., 0], 255 - CROP[..., 1], np.zeros_like(CROP[..., 2])], axis=2)
    np.testing.assert_array_equal(through(CROP, curves), expected)


@pytest.mark.parametrize('deviation', [2.0, 10.0, 25.0])
def test_noise_has_its_deviation(deviation):
    grey = np.full((224, 224, 3), 128, np.uint8)
    noise = noisy(grey, deviation, np.random.default_rng(1)).astype(float) - 128.0
    assert noise.std() == pytest.approx(deviation, rel=0.05)
    assert abs(noise.mean()) < 0.1 * deviation
    other = noisy(grey, deviation, np.random.default_rng(2)).astype(float) - 128.0
    assert abs(np.corrcoef(noise.ravel(), other.ravel())[0, 1]) < 0.05
