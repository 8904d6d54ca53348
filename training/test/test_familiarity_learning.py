# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Strangers are made of a place's pictures, and told from it."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from posenet_training.calibrating.familiarity import FOLDS, learn_familiarity
from posenet_training.calibrating.strangers import MAKING, above, beside, made_strangers, mirrored

WIDTH = 60


def test_strangers_by_hand():
    crop = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)
    other = crop + 100
    assert mirrored(crop, other, 1)[0, :, 0].tolist() == [3, 2, 1, 0]
    assert beside(crop, other, 1)[0, :, 0].tolist() == [0, 100, 101, 102]
    assert above(crop, other, 3)[:, 0, 0].tolist() == [0, 4, 8, 100]


def test_of_each_picture_one_stranger_of_every_kind():
    crops = list(np.random.default_rng(1).integers(0, 256, (5, 20, 20, 3), dtype=np.uint8))
    made, again = (list(made_strangers(crops, np.random.default_rng(2))) for _ in range(2))
    assert len(made) == len(crops) * len(MAKING)
    assert all(picture.shape == (20, 20, 3) for picture in made)
    assert np.array_equal(made[0], crops[0][:, ::-1])
    assert all(map(np.array_equal, made, again))
    # Even beside itself a picture shows on the right what is on its left.
    (_, joined, stacked) = made_strangers(crops[:1], np.random.default_rng(3))
    assert not np.array_equal(joined, crops[0])
    assert not np.array_equal(stacked, crops[0])


def features(count: int, seed: int) -> np.ndarray:
    """Of a place: pairs of numbers that are alike."""
    rng = np.random.default_rng(seed)
    half = np.maximum(rng.standard_normal((count, WIDTH // 2)), 0.0)
    return np.hstack([half, half + 0.3 * rng.standard_normal(half.shape)]).astype(np.float32)


def strangers(count: int, seed: int) -> np.ndarray:
    """The same numbers each by itself, but in pairs that are not alike."""
    own = features(count, seed)
    return np.hstack([own[:, : WIDTH // 2], features(count, seed + 1)[:, WIDTH // 2 :]])


@pytest.fixture(scope='module')
def learned():
    return learn_familiarity(features(600, 1), features(203, 2), strangers(900, 3))


def test_strangers_are_told_from_frames_of_the_place(learned):
    good, bad = features(300, 5), strangers(300, 6)
    odds = [learned.familiarity.strangeness(feature) for feature in (*good, *bad)]
    assert roc_auc_score([0] * 300 + [1] * 300, odds) > 0.95


def test_held_out_frames_are_judged_as_frames_that_come_later(learned):
    """By networks that learned from them, they would look more familiar than others do."""
    assert learned.strangeness.shape == (203,)
    odds = [learned.familiarity.strangeness(feature) for feature in features(300, 5)]
    held_out, later = np.log(learned.strangeness), np.log(odds)
    assert np.median(held_out) > np.median(later) - 0.5
    assert np.quantile(held_out, 0.95) > np.quantile(later, 0.95) - 0.5


def test_it_is_one_network_of_all_folds(learned):
    assert len(learned.familiarity.outer) % FOLDS == 0
    again = learn_familiarity(features(600, 1), features(203, 2), strangers(900, 3))
    assert np.array_equal(again.familiarity.inner, learned.familiarity.inner)


def test_as_many_strangers_as_frames_or_not_odds_stay():
    few, many = (
        learn_familiarity(features(600, 1), features(100, 2), strangers(count, 3)).familiarity
        for count in (200, 1800)
    )
    feature = features(300, 5)
    difference = np.median(few.log_odds(feature)) - np.median(many.log_odds(feature))
    assert abs(difference) < abs(np.log(200 / 1800))
