# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Measures that tell a working camera from a dark, covered or broken one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posenet_ros.image_checks import Measures, Repeats, measured
from posenet_ros.preprocess import INPUT_SIZE

SHAPE = (INPUT_SIZE, INPUT_SIZE, 3)


def picture() -> np.ndarray:
    """Patches of 16 pixels of many colours, with the noise of a sensor."""
    rng = np.random.default_rng(5)
    patches = rng.integers(20, 230, (14, 14, 3)).repeat(16, axis=0).repeat(16, axis=1)
    return np.clip(patches + rng.normal(0.0, 2.0, SHAPE), 0, 255).astype(np.uint8)


GOOD = measured(picture())


def test_a_good_picture() -> None:
    assert 100.0 < GOOD.brightness < 230.0
    assert GOOD.saturated == 0.0
    assert GOOD.structure > 50.0
    assert GOOD.grain < 5.0
    assert GOOD.flat == 0.0
    assert GOOD.repeats == 0


@pytest.mark.parametrize('level', [0, 77, 255])
def test_one_colour(level: int) -> None:
    measures = measured(np.full(SHAPE, level, np.uint8))
    assert measures == Measures(
        brightness=level,
        saturated=float(level == 255),
        structure=0.0,
        grain=0.0,
        flat=1.0,
    )


def test_a_dark_picture_is_less_bright() -> None:
    dark = measured(picture() // 16)
    assert dark.brightness < 0.1 * GOOD.brightness
    assert dark.structure < 0.1 * GOOD.structure


def test_a_bright_picture_is_saturated() -> None:
    bright = measured(np.minimum(picture().astype(int) * 3, 255).astype(np.uint8))
    assert 0.3 < bright.saturated < 1.0


def test_a_covered_lens_has_noise_but_no_structure() -> None:
    rng = np.random.default_rng(6)
    covered = np.clip(rng.normal([90.0, 25.0, 15.0], 2.0, SHAPE), 0, 255)
    measures = measured(covered.astype(np.uint8))
    assert measures.structure < 0.1 * GOOD.structure
    assert measures.grain > 0.0
    assert measures.flat == 0.0


def test_noise_is_grain() -> None:
    noise = np.random.default_rng(7).integers(0, 256, SHAPE, dtype=np.uint8)
    assert measured(noise).grain > 10.0 * GOOD.grain


@given(st.integers(0, INPUT_SIZE // 4))
def test_the_share_of_missing_rows_is_flat(quarters: int) -> None:
    rows = 4 * quarters
    missing = picture()
    missing[INPUT_SIZE - rows :] = 128
    assert measured(missing).flat == pytest.approx(rows / INPUT_SIZE)


PICTURES = [picture(), picture()]
PICTURES[1][100, 100, 0] ^= 1


@given(st.lists(st.integers(0, 1), max_size=12))
def test_repeats_count_equal_pictures_in_a_row(order: list[int]) -> None:
    repeats, before, run = Repeats(), None, 0
    for number in order:
        run = run + 1 if number == before else 0
        assert repeats.count(PICTURES[number]) == run
        before = number


def test_a_buffer_that_is_written_again_is_no_repeat() -> None:
    buffer, repeats = picture(), Repeats()
    repeats.count(buffer)
    buffer[0, 0, 0] ^= 1
    assert repeats.count(buffer) == 0
    assert measured(buffer, repeats.count(buffer)).repeats == 1
