# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Fewer of many items, from all over them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from posenet_training.sequences import ALL, evenly


@given(st.integers(1, 500), st.integers(1, 600))
def test_items_are_as_many_as_asked_and_evenly_spaced(total, most):
    rows = evenly(range(total), most)
    count = min(total, most)
    assert len(rows) == count
    gaps = [b - a for a, b in pairwise(rows)]
    assert all(gap >= 1 and abs(gap - total / count) < 1.0 for gap in gaps)
    assert 0 <= rows[0] <= total / count
    assert total - 1 - total / count <= rows[-1] <= total - 1


def test_all_are_all_and_nothing_stays_nothing():
    assert evenly('abc', ALL) == ['a', 'b', 'c']
    assert evenly([], 3) == []
