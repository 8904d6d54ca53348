# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Camera, node and receiver as processes, and what they cost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import rclpy
from geometry_msgs.msg import PoseStamped
from numpy.typing import NDArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from simulation.demo.processes import ROOT

PATIENCE_S = 180.0
END_S = 20.0


@dataclass(frozen=True)
class Size:
    """Of a picture, pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f'{self.width}x{self.height}'


SIZES = (Size(640, 480), Size(1280, 720), Size(1920, 1080))


class Running:
    """A Python module as a process; interrupted at the end of `running`."""

    def __init__(self, module: str, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [sys.executable, '-m', module, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._usage = psutil.Process(self._process.pid)
        self._words = ''

    def wait_for_line(self, words: str) -> None:
        """Wait until it prints a line with these words; raises RuntimeError when it ends instead.

        Fast DDS prints lines of its own.
        """
        assert self._process.stdout is not None
        if not any(words in line for line in self._process.stdout):
            self._process.wait(END_S)
            self.check()

    def cpu_s(self) -> float:
        """Seconds of a core that it has taken."""
        times = self._usage.cpu_times()
        return float(times.user + times.system)

    def resident_mb(self) -> float:
        """Memory that it takes at the moment."""
        return float(self._usage.memory_info().rss / 1e6)

    def check(self) -> None:
        """Raise RuntimeError when it has ended by itself."""
        if self._process.poll() is not None:
            words, _ = self._process.communicate()
            raise RuntimeError(f'{self._module} ended by itself:\n{words}')

    def end(self) -> None:
        """Interrupt it and wait."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._words, _ = self._process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._words, _ = self._process.communicate()

    def saved(self, file: Path) -> NDArray[np.int64]:
        """The array that it saved at its end; raises RuntimeError where there is none."""
        if not file.is_file():
            raise RuntimeError(
                f'{self._module} ended with {self._process.returncode} and saved nothing:\n'
                f'{self._words}'
            )
        return np.asarray(np.load(file), np.int64)


@contextmanager
def running(
    module: str, arguments: Sequence[object], environment: dict[str, str] | None = None
) -> Iterator[Running]:
    """A process for as long as this context lasts."""
    process = Running(module, [str(argument) for argument in arguments], environment or {})
    try:
        yield process
    finally:
        process.end()


def camera_arguments(
    size: Size, rate: float, model_file: Path, sent: Path, kind: str = 'raw'
) -> list[object]:
    """Of benchmarks.speed.camera."""
    return [size.width, size.height, rate, kind, model_file, sent]


def node_arguments(model_file: Path, engine: str, threads: int) -> list[str]:
    """Of a relocalizer."""
    values = {'model_path': model_file.resolve(), 'engine': engine, 'num_threads': threads}
    pairs = [('-p', f'{name}:={value}') for name, value in values.items()]
    return ['--ros-args', *(word for pair in pairs for word in pair)]


class FirstPose:
    """Hears when the node publishes poses; use it in `with`."""

    def __enter__(self) -> 'FirstPose':
        self._context = rclpy.Context()
        rclpy.init(args=[], context=self._context)
        self._node = Node('listener', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._heard = False
        self._node.create_subscription(PoseStamped, 'relocalizer/pose', self._hear, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def wait(self, *processes: Running) -> None:
        """Wait for a pose; raises RuntimeError when none comes or a process ends."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._heard:
            self._executor.spin_once(0.2)
            for process in processes:
                process.check()
            if time.monotonic() > deadline:
                raise RuntimeError(f'the node published no pose within {PATIENCE_S:g} s')

    def _hear(self, message: PoseStamped) -> None:
        self._heard = True
