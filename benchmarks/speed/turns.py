# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Callables timed in turns, so that the machine's mood is the same for all of them."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from posenet_ros.geometry import Array

# Calls of a turn: the first finds the caches as the one before left them, and does not count.
CALLS = 4


def in_turns(
    calls: Mapping[str, Callable[[], Any]],
    turns: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Array]:
    """Milliseconds of each call, [turns, CALLS - 1]; who begins changes from turn to turn."""
    names = list(calls)
    taken: dict[str, list[list[float]]] = {name: [] for name in names}
    for turn in range(turns):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            times = []
            for _ in range(CALLS):
                began = clock()
                calls[name]()
                times.append(1e3 * (clock() - began))
            taken[name].append(times[1:])
    return {name: np.array(times) for name, times in taken.items()}
