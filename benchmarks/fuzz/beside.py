# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A process beside this one for readers in native code: it may crash or hang, this one goes on."""

import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.fuzz.inputs import LONGEST_S

# Earlier than the alarm of in_time, which would leave the process behind.
PATIENCE_S = LONGEST_S - 5
START_S = 60


class Beside:
    """Calls a function of a path in a process that is begun anew after a crash or a hang."""

    def __init__(self, function: Callable[[Path], None]) -> None:
        self._function = function
        self._begin()

    def __call__(self, path: Path) -> None:
        """Raises TimeoutError, ChildProcessError at a crash, AssertionError for what it raised."""
        self._pipe.send(path)
        if not self._pipe.poll(PATIENCE_S):
            self._begin_anew()
            raise TimeoutError(f'took more than {PATIENCE_S} s in native code')
        try:
            complaint = self._pipe.recv()
        except EOFError:
            code = self._begin_anew()
            raise ChildProcessError(f'the process ended with {code}') from None
        if complaint:
            raise AssertionError(complaint)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    def _begin(self) -> None:
        context = get_context('spawn')
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._function, other), daemon=True)
        self._process.start()
        other.close()
        if not self._pipe.poll(START_S) or self._pipe.recv() is not None:
            raise ChildProcessError('the process beside did not start')

    def _begin_anew(self) -> int | None:
        self._process.join(1.0)
        code = self._process.exitcode
        self.close()
        self._begin()
        return code


def _serve(function: Callable[[Path], None], pipe: Connection) -> None:
    # pycolmap prints a stack for every signal that it does not know.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ['OPENCV_FFMPEG_LOGLEVEL'] = '-8'
    os.environ['OPENCV_LOG_LEVEL'] = 'SILENT'
    pipe.send(None)
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        try:
            function(path)
        except Exception:
            pipe.send(traceback.format_exc(limit=-4).rstrip())
        else:
            pipe.send(None)
