# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node over DDS, frame by frame: a camera process, the node's process and nobody else."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed.processes import (
    FirstPose,
    Size,
    camera_arguments,
    node_arguments,
    running,
)
from benchmarks.speed.watched_node import COLUMNS
from posenet_ros.geometry import Array

WARM_UP_S = 3.0
LOOK_S = 0.5


@dataclass(frozen=True)
class Load:
    """What the node has to bear.

    interleaved: whether the bare engine answers after each frame, in the node's worker.
    """

    size: Size
    rate: float
    seconds: float
    interleaved: bool


@dataclass(frozen=True)
class Watched:
    """What was seen: a column of COLUMNS each [frames], seconds; shares of a core; memory.

    resident_mb: [looks], one each LOOK_S.  delivered: share of the pictures that reached the node.
    """

    times: dict[str, Array]
    node_cpu: float
    camera_cpu: float
    resident_mb: Array

    @property
    def age(self) -> Array:
        """Seconds from the subscription's callback to the return of publish."""
        return self.times['slot'] + self.times['path']


def watch(load: Load, model_file: Path, engine: str, threads: int) -> Watched:
    """Let the node work under a load."""
    with tempfile.TemporaryDirectory() as folder, FirstPose() as pose:
        table, sent = Path(folder) / 'times.npy', Path(folder) / 'sent.npy'
        mode = 'interleaved' if load.interleaved else 'plain'
        arguments = [table, mode, *node_arguments(model_file, engine, threads)]
        cameras = camera_arguments(load.size, load.rate, model_file, sent)
        with (
            running('benchmarks.speed.watched_node', arguments) as node,
            running('benchmarks.speed.camera', cameras) as camera,
        ):
            pose.wait(node, camera)
            time.sleep(WARM_UP_S)
            began, cpu = time.monotonic(), (node.cpu_s(), camera.cpu_s())
            resident = []
            while time.monotonic() < began + load.seconds:
                resident.append(node.resident_mb())
                time.sleep(LOOK_S)
            ended = time.monotonic()
            shares = [
                (now - before) / (ended - began)
                for now, before in zip((node.cpu_s(), camera.cpu_s()), cpu, strict=True)
            ]
        rows = np.load(table)
    rows = rows[(rows[:, 0] >= began) & (rows[:, 0] < ended)]
    if not len(rows):
        raise RuntimeError('the node published no pose while it was watched')
    times = {name: rows[:, number] for number, name in enumerate(COLUMNS)}
    return Watched(times, shares[0], shares[1], np.array(resident))


def p99_over_median(values: Array) -> float:
    """How much slower than usual the slowest are."""
    return float(np.percentile(values, 99) / np.median(values))


def growth_mb(resident_mb: Array) -> float:
    """By how much the last tenth takes more than the second one: the first is still filling."""
    tenth = max(len(resident_mb) // 10, 1)
    return float(np.median(resident_mb[-tenth:]) - np.median(resident_mb[tenth : 2 * tenth]))
