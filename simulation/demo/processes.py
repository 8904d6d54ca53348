# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The other processes of the demo: simulator and relocalizer, each with a log file.

And where all of them meet: a DDS domain, and files of the package.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from posenet_ros.share import share
from simulation.room import DEMO_SEED

ROOT = Path(__file__).parents[2]
PATIENCE_S = 5.0


def default_domain_id() -> int:
    """The ROS_DOMAIN_ID of the environment, else one of this process's own."""
    return int(os.environ.get('ROS_DOMAIN_ID', '0')) or 100 + os.getpid() % 100


def enter_domain(domain_id: int) -> None:
    """Let this process and those that it starts meet in a DDS domain with room for pictures."""
    profile = str(share('config/fastdds.xml'))
    os.environ['ROS_DOMAIN_ID'] = str(domain_id)
    # The stock setting of Fast DDS loses pictures of 640x480; both names, as releases differ.
    os.environ['FASTRTPS_DEFAULT_PROFILES_FILE'] = profile
    os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = profile


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

    def start_simulator(self, drive_seed: int) -> None:
        """Let a robot drive through the demo's room."""
        seeds = ['-p', f'seed:={DEMO_SEED}', '-p', f'drive_seed:={drive_seed}']
        self.start('simulator', 'simulation.simulator', ['--ros-args', *seeds])

    def start_relocalizer(self, model: Path, *parameters: str) -> None:
        """Let the node look for the robot, with parameters as name:=value."""
        given = [f'model_path:={model.resolve()}', *parameters]
        arguments = [word for parameter in given for word in ('-p', parameter)]
        self.start('relocalizer', 'posenet_ros.relocalizer', ['--ros-args', *arguments])

    def start_view(self, port: int) -> None:
        """Let the browser view show what the node makes of it."""
        self.start('view', 'posenet_ros.view', ['--ros-args', '-p', f'port:={port}'])

    def start_recorder(self, path: Path) -> None:
        """Record what goes to the node and comes from it."""
        self.start('recorder', 'simulation.recorder', ['--ros-args', '-p', f'path:={path}'])

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
