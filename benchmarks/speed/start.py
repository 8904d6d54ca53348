# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How long after its start a node publishes its first pose, its files being in memory."""

import tempfile
import time
from pathlib import Path

from benchmarks.speed.processes import (
    SIZES,
    FirstPose,
    Running,
    camera_arguments,
    node_arguments,
    running,
)

RATE = 30.0


def start_times(model_file: Path, engine: str, starts: int) -> list[float]:
    """Seconds from starting the process to a pose; the first may still read files from disk."""
    with tempfile.TemporaryDirectory() as folder:
        cameras = camera_arguments(SIZES[0], RATE, model_file, Path(folder) / 'sent.npy')
        with running('benchmarks.speed.camera', cameras) as camera:
            return [_start(model_file, engine, camera) for _ in range(starts)]


def _start(model_file: Path, engine: str, camera: Running) -> float:
    arguments = node_arguments(model_file, engine, 0)
    with FirstPose() as pose:
        began = time.monotonic()
        with running('posenet_ros.relocalizer', arguments) as node:
            pose.wait(node, camera)
            return time.monotonic() - began
