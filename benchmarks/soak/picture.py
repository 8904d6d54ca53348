# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The run as a picture: memory, threads, handles and latency over time, faults marked."""

from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.soak.watch import Curves


def draw(file: Path, curves: Curves, faults: list[tuple[float, str]]) -> None:
    """Write a PNG; faults are (seconds, name)."""
    figure = Figure(figsize=(10, 8), layout='constrained')
    memory, counts, latency = figure.subplots(3, 1, sharex=True)
    minutes = [at / 60.0 for at in curves.at_s]
    memory.plot(minutes, curves.memory_mb)
    memory.set_ylabel('memory (RSS), MB')
    memory.set_ylim(0.0, 1.15 * max(curves.memory_mb))
    counts.plot(minutes, curves.threads, label='threads')
    counts.plot(minutes, curves.handles, label='file handles')
    counts.set_ylim(0.0)
    counts.legend()
    latency.semilogy([at / 60.0 for at in curves.latency_at_s], curves.latency_ms, ',')
    latency.set_ylabel('picture to pose, ms')
    latency.set_xlabel('minutes')
    for axes in (memory, counts, latency):
        for at, _ in faults:
            axes.axvline(at / 60.0, color='grey', alpha=0.25, linewidth=0.5)
        axes.grid(alpha=0.3)
    memory.set_title(f'{len(faults)} faults, marked by lines')
    figure.savefig(file, format='png', dpi=110)
