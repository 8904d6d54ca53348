# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Executables that an interrupt ends quietly and at once, even while they still load torch."""

import gc
import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from types import FrameType, ModuleType
from typing import NoReturn

# Longer than any clean-up takes, shorter than people wait.
LONGEST_END_S = 1.2
_gently = False


def run_quietly(module: str) -> NoReturn:
    """Import a module, call its `run() -> int`, and end the process with what that returns.

    SIGINT and SIGTERM end it alike, with exit code 0: the background jobs of a script ignore
    SIGINT.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_interrupt)
    try:
        code = int(_imported(module).run())
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter would take torch's libraries apart first: seconds that help nobody.
    os._exit(code)


def _imported(module: str) -> ModuleType:
    """Import it, while nobody looks for garbage in what it makes: that stays.

    A tenth of the time of importing torch, and no look at a million of its objects later, which
    would keep a frame waiting.
    """
    gc.disable()
    imported = import_module(module)
    gc.freeze()
    gc.enable()
    return imported


def end_gently() -> None:
    """From now on an interrupt raises SystemExit, so that what was made is cleaned up.

    Until then it ends the process at once: there is nothing to save, and what is only half made
    does not always survive its own end.
    """
    global _gently
    _gently = True


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    if not _gently:
        os._exit(0)
    # What was being made when the interrupt came may complain when it is taken away half-made.
    sys.unraisablehook = lambda complaint: None
    # Callbacks may swallow the exception, as those of imports do: it ends all the same.
    last_resort = threading.Timer(LONGEST_END_S, os._exit, (0,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(0)
