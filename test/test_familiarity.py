# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The network that tells this place from others, as the robot runs it."""

import time
from dataclasses import replace

import numpy as np
import pytest
from familiar_samples import undecided

from posenet_ros.familiarity import Familiarity


def by_hand() -> Familiarity:
    """Two hidden units: odds grow with the first number above 1, and the second below 0.25."""
    return Familiarity(
        middle=np.float32([1.0, 0.0]),
        spread=np.float32([0.5, 1.0]),
        inner=np.float32([[1.0, 0.0], [0.0, -2.0]]),
        inner_bias=np.float32([0.0, 0.5]),
        outer=np.float32([1.0, 3.0]),
        outer_bias=np.float32([-4.0]),
    )


def test_odds_by_hand() -> None:
    network = by_hand()
    # Hidden units: (2 - 1) / 0.5 and -2 * -0.25 + 0.5.
    assert network.strangeness(np.array([2.0, -0.25])) == pytest.approx(np.exp(2.0 + 3.0 - 4.0))
    # Neither unit fires.
    assert network.strangeness(np.array([0.0, 9.0])) == pytest.approx(np.exp(-4.0))


def test_what_is_far_outside_counts_as_that_and_no_more() -> None:
    network = by_hand()
    far, farther = (network.strangeness(np.array([x, 0.0])) for x in (4.0, 400.0))
    assert far == farther


def test_odds_are_never_infinite() -> None:
    sure = replace(by_hand(), outer_bias=np.float32([1e6]))
    assert np.isfinite(sure.strangeness(np.zeros(2)))
    assert replace(sure, outer_bias=np.float32([-1e6])).strangeness(np.zeros(2)) > 0.0


def test_a_feature_that_is_not_finite_has_no_odds_to_trust() -> None:
    assert not np.isfinite(by_hand().strangeness(np.array([np.nan, 0.0])))


def test_it_is_what_it_was_when_it_was_stored() -> None:
    network = by_hand()
    arrays = {**network.as_arrays('its_'), 'other': np.zeros(3)}
    again = Familiarity.from_arrays(arrays, 'its_')
    feature = np.array([1.3, -0.4])
    assert again.strangeness(feature) == pytest.approx(network.strangeness(feature), rel=1e-2)
    assert arrays['its_inner'].dtype == np.float16


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match='do not fit together'):
        replace(undecided(4), middle=np.zeros(3, np.float32))
    with pytest.raises(ValueError, match='not finite'):
        replace(undecided(4), outer=np.float32([np.inf]))
    with pytest.raises(ValueError, match='spread that is not above 0'):
        replace(undecided(4), spread=np.zeros(4, np.float32))


def test_it_takes_less_than_a_look_up() -> None:
    rng = np.random.default_rng(1)
    wide = replace(
        undecided(2048),
        inner=rng.standard_normal((160, 2048)).astype(np.float32),
        inner_bias=np.zeros(160, np.float32),
        outer=rng.standard_normal(160).astype(np.float32),
    )
    feature = rng.standard_normal(2048)
    times = []
    for _ in range(200):
        began = time.perf_counter()
        wide.strangeness(feature)
        times.append(time.perf_counter() - began)
    assert np.median(times) < 0.3e-3
