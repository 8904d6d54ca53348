# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node takes of the machine over time, and whether it grows."""

import time
from dataclasses import dataclass, field
from statistics import median

import psutil

# Parts of the run that are compared: after it has warmed up, and at its end.
EARLY, LATE = (0.2, 0.4), (0.8, 1.0)
MOST_GROWTH = 0.05
# Of the median latency; a machine that others use too moves it by as much.
MOST_SLOWER = 1.25


@dataclass
class Curves:
    """Samples of the node's process; times in seconds from the start of the run."""

    at_s: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    latency_at_s: list[float] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """Early and late medians, and which of them grew: '' for none."""

    memory_mb: tuple[float, float]
    threads: tuple[float, float]
    handles: tuple[float, float]
    latency_ms: tuple[float, float]
    grown: str


class Watch:
    """Samples a process now and then."""

    def __init__(self, pid: int) -> None:
        self.curves = Curves()
        self.began_s = time.monotonic()
        self._process = psutil.Process(pid)

    def look(self) -> None:
        """Take a sample, at most one a second."""
        at_s, curves = time.monotonic() - self.began_s, self.curves
        if curves.at_s and at_s - curves.at_s[-1] < 1.0:
            return
        curves.at_s.append(at_s)
        curves.memory_mb.append(self._process.memory_info().rss / 1e6)
        curves.threads.append(self._process.num_threads())
        curves.handles.append(self._process.num_fds())

    def answered(self, at_s: float, latency_s: float) -> None:
        """Note the latency of a picture; at_s on the steady clock."""
        self.curves.latency_at_s.append(at_s - self.began_s)
        self.curves.latency_ms.append(1e3 * latency_s)


def judge(curves: Curves) -> Verdict:
    """Compare late with early."""
    memory, threads, handles = (
        _both(curves.at_s, values, curves.at_s[-1])
        for values in (curves.memory_mb, curves.threads, curves.handles)
    )
    latency = _both(curves.latency_at_s, curves.latency_ms, curves.at_s[-1])
    grown = [
        name
        for name, (early, late), most in (
            ('memory', memory, 1.0 + MOST_GROWTH),
            ('threads', threads, 1.0),
            ('file handles', handles, 1.0),
            ('latency', latency, MOST_SLOWER),
        )
        if late > most * early
    ]
    return Verdict(memory, threads, handles, latency, ', '.join(grown))


def _both(at_s: list[float], values: list[float] | list[int], end_s: float) -> tuple[float, float]:
    early, late = (
        [v for at, v in zip(at_s, values, strict=True) if low * end_s <= at <= high * end_s]
        for low, high in (EARLY, LATE)
    )
    return (float(median(early or [0.0])), float(median(late or [0.0])))
