# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What was freed is given back to the system."""

import ctypes

import pytest

from posenet_ros.freed_memory import give_back_freed_memory
from posenet_ros.models import resident_mb

SIZE, COUNT = 100_000, 2000


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), 'malloc_trim'), reason='this C library has no malloc_trim'
)
def test_freed_memory_is_given_back_though_some_is_kept_above_it():
    give_back_freed_memory()
    before = resident_mb()
    parts = [b'x' * SIZE for _ in range(COUNT)]
    kept = parts[-1]
    del parts
    give_back_freed_memory()
    assert len(kept) == SIZE
    assert resident_mb() < before + 0.1 * SIZE * COUNT / 1e6
