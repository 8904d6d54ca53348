# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Commands of the real ROS 2 as processes of their own, and a robot that hears them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from harness import Camera

DOMAIN = 101


@contextmanager
def ros2(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a command of ros2; at the end Ctrl-C must end all of it quickly and quietly."""
    log = Path(os.environ.get('TMPDIR', '/tmp')) / f'{"_".join(arguments[:3])}_{os.getpid()}.log'
    with log.open('w') as output:
        process = subprocess.Popen(
            ['ros2', *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN)},
            start_new_session=True,
        )
        try:
            yield process, log
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15.0)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
    assert 'Traceback' not in log.read_text(), log.read_text()


def robot() -> closing[Camera]:
    return closing(Camera(DOMAIN))


@contextmanager
def ros2_launch(file: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a launch file of this package."""
    with ros2('launch', 'posenet_ros', file, *arguments) as running:
        yield running
