# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Executables that an interrupt ends quietly and at once, even while they still load torch."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import NoReturn

# Longer than any clean-up takes, shorter than people wait.
LONGEST_END_S = 1.2


def run_quietly(module: str) -> NoReturn:
    """Import a module, call its `run() -> int`, and end the process with what that returns.

    SIGINT and SIGTERM end it alike, with exit code 0: the background jobs of a script ignore
    SIGINT.
    """
    _on_interrupt(_leave_at_once)
    try:
        run = import_module(module).run
        _on_interrupt(_leave)
        code = int(run())
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter would take torch's libraries apart first: seconds that help nobody.
    os._exit(code)


def _on_interrupt(leave: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


def _leave_at_once(number: int, frame: FrameType | None) -> None:
    # Nothing is open yet, and an exception could get lost in the import system's callbacks.
    os._exit(0)


def _leave(number: int, frame: FrameType | None) -> None:
    # What was being made when the interrupt came may complain when it is taken away half-made.
    sys.unraisablehook = lambda complaint: None
    # Callbacks may swallow the exception, as those of imports do: it ends all the same.
    last_resort = threading.Timer(LONGEST_END_S, os._exit, (0,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(0)
