# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The other processes of the demo: simulator and relocalizer, each with a log file."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 5.0


class ChildError(RuntimeError):
    """A process of the demo ended by itself; says which, and its last words."""


@dataclass(frozen=True)
class Child:
    """One process, by name."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """Processes that live as long as this context; interrupted, then killed, at its end."""

    def __init__(self, log_folder: Path) -> None:
        self._folder = log_folder
        self._children: list[Child] = []

    def start(self, name: str, module: str, arguments: list[str]) -> None:
        """Run a Python module; its output goes to <name>.log."""
        log = self._folder / f'{name}.log'
        with log.open('wb') as output:
            process = subprocess.Popen(
                [sys.executable, '-m', module, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches the demo alone, which then ends its children.
                start_new_session=True,
            )
        self._children.append(Child(name, process, log))

    def check(self) -> None:
        """Raise ChildError when one of them has ended."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                words = child.log.read_text(errors='replace').strip().splitlines()[-5:]
                raise ChildError(
                    f'{child.name} ended with code {code}; see {child.log}:\n' + '\n'.join(words)
                )

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.process.send_signal(signal.SIGINT)
        for child in self._children:
            try:
                child.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
