# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Out of order, or has time itself jumped?"""

import pytest

from posenet_ros.refusal import StampRefusal
from posenet_ros.stamps import Order, StampGuard

MS = 1_000_000
START = 10_000 * MS


def guard_at(*stamps_ms: int) -> StampGuard:
    guard = StampGuard()
    for stamp in stamps_ms:
        guard.check(START + stamp * MS)
    return guard


def test_newer_stamps_pass() -> None:
    assert guard_at(0, 33, 66).check(START + 100 * MS) is Order.NEWER


def test_zero_stamp_is_refused() -> None:
    with pytest.raises(StampRefusal, match='without a stamp'):
        StampGuard().check(0)


def test_one_older_stamp_is_refused_and_the_next_newer_passes() -> None:
    guard = guard_at(0, 100)
    with pytest.raises(StampRefusal, match=r'40\.0 ms older'):
        guard.check(START + 60 * MS)
    assert guard.check(START + 133 * MS) is Order.NEWER


def test_the_same_stamp_again_and_again_is_refused_and_no_jump_of_time() -> None:
    guard = guard_at(0)
    for _ in range(10):
        with pytest.raises(StampRefusal, match='with the stamp of the one before it'):
            guard.check(START)
    assert guard.check(START + MS) is Order.NEWER


def test_a_larger_step_back_is_a_time_jump() -> None:
    guard = guard_at(0, 2000)
    assert guard.check(START + 500 * MS) is Order.TIME_JUMP
    assert guard.check(START + 533 * MS) is Order.NEWER


def test_the_third_older_stamp_in_a_row_is_a_time_jump() -> None:
    guard = guard_at(0, 900)
    for stamp in (100, 133):
        with pytest.raises(StampRefusal):
            guard.check(START + stamp * MS)
    assert guard.check(START + 166 * MS) is Order.TIME_JUMP
    assert guard.check(START + 200 * MS) is Order.NEWER


def test_older_stamps_count_only_in_a_row() -> None:
    guard = guard_at(0, 500)
    for newest in (510, 520, 530):
        with pytest.raises(StampRefusal):
            guard.check(START + 400 * MS)
        assert guard.check(START + newest * MS) is Order.NEWER


def test_reset_forgets() -> None:
    guard = guard_at(0, 900)
    guard.reset()
    assert guard.check(START + 100 * MS) is Order.NEWER
