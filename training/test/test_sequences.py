# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Fewer of many items, from all over them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from posenet_training.sequences import evenly


@given(st.integers(1, 400), st.integers(1, 500))
def test_items_are_as_many_as_asked_and_evenly_spread(total, most):
    rows = evenly(range(total), most)
    count = min(total, most)
    assert len(set(rows)) == count
    gaps = [b - a for a, b in pairwise(rows)]
    assert all(abs(gap - total / count) < 1.0 for gap in gaps)
    assert 0 <= rows[0] <= total / count
    assert total - 1 - total / count <= rows[-1] <= total - 1


def test_nothing_stays_nothing():
    assert evenly([], 3) == []
