# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that start at once, as the libraries are there: torch alone takes seconds to import.

Each is a process of its own, forked from one that has imported the libraries and nothing of ours.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIBRARIES = (
    *('torch', 'torchvision', 'pytorch_lightning', 'roma', 'scipy.spatial.transform', 'PIL.Image'),
    *('rclpy.executors', 'rclpy.lifecycle', 'tf2_ros', 'sensor_msgs.msg', 'nav_msgs.msg'),
    *('panda3d.core', 'typer', 'rich.progress'),
)
FORKS = get_context('forkserver')
FORKS.set_forkserver_preload(list(LIBRARIES))


class Fork:
    """`python -m module arguments` in the root of the repository; what it prints is kept."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        received, printed = Pipe(duplex=False)
        changes = dict(environment or {})
        self._process = FORKS.Process(
            target=_run, args=(printed, module, list(arguments), {**os.environ, **changes})
        )
        self._process.start()
        printed.close()
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, args=(received,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return ''.join(self.lines)

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout_s: float) -> int:
        """Wait for its end and for all that it printed; returns its exit code."""
        self._process.join(timeout_s)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout_s, self.output)
        self._reader.join(timeout_s)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as the operating system does."""
        self._process.kill()

    def _read(self, received: Connection) -> None:
        with os.fdopen(os.dup(received.fileno()), errors='replace') as text:
            received.close()
            self.lines.extend(iter(text.readline, ''))


def _run(
    printed: Connection, module: str, arguments: list[str], environment: dict[str, str]
) -> None:
    """In the new process: become what `python -m` starts."""
    os.setsid()
    for number in (1, 2):
        os.dup2(printed.fileno(), number)
    printed.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT)]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name='__main__', alter_sys=True)
