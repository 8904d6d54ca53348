# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The soak for a minute, the order of its faults, and what it would call growth."""

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.soak.__main__ import soak
from benchmarks.soak.faults import all_faults, in_random_order
from benchmarks.soak.watch import Curves, judge


@pytest.mark.timeout(300)
def test_a_minute_of_faults_is_got_over(tmp_path: Path) -> None:
    watch, happened, printed = soak(tmp_path, 1.0, 5)
    assert len(happened) >= 2
    assert [fault for fault in happened if fault.wrong] == []
    assert 'Traceback' not in printed, printed
    assert watch.curves.latency_ms
    assert min(watch.curves.memory_mb) > 50.0


def test_each_fault_comes_once_a_round_in_an_order_of_its_seed() -> None:
    names = list(all_faults((Path('a'), Path('b'))))
    orders = [
        list(islice(in_random_order(names, np.random.default_rng(s)), 27)) for s in (1, 1, 2)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert set(Counter(orders[0]).values()) == {3}


def curves(**late: float) -> Curves:
    """A hundred samples, whose last twenty are changed."""
    at_s = [float(second) for second in range(100)]
    shares = {'memory_mb': 500.0, 'threads': 14.0, 'handles': 20.0, 'latency_ms': 10.0}
    values = {n: [v] * 80 + [late.get(n, v)] * 20 for n, v in shares.items()}
    return Curves(at_s=at_s, latency_at_s=at_s, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ('late', 'grown'),
    [
        ({}, ''),
        ({'memory_mb': 520.0}, ''),
        ({'memory_mb': 530.0}, 'memory'),
        ({'threads': 15.0}, 'threads'),
        ({'handles': 21.0}, 'file handles'),
        ({'latency_ms': 12.0}, ''),
        ({'latency_ms': 13.0, 'threads': 20.0}, 'threads, latency'),
    ],
)
def test_growth(late: dict[str, float], grown: str) -> None:
    assert judge(curves(**late)).grown == grown
