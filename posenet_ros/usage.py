# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What executables of nodes answer to --help, which ROS leaves to them."""

import sys
import textwrap
from collections.abc import Iterable

from posenet_ros.parameter_table import Entry

WIDTH = 79


def answer_help(name: str, does: str, parameters: Iterable[Entry]) -> None:
    """Print the usage and end the process where the command line asks for help.

    does: one sentence.
    """
    if {'-h', '--help'} & set(sys.argv[1:]):
        print(usage(name, does, parameters))
        raise SystemExit(0)


def usage(name: str, does: str, parameters: Iterable[Entry]) -> str:
    """The usage of a node: what it does, and its parameters."""
    lines = [
        f'usage: {name} [--ros-args -p NAME:=VALUE -r FROM:=TO ...]',
        '',
        *textwrap.wrap(does, WIDTH),
        '',
        'parameters:',
    ]
    for entry in parameters:
        lines.append(f'  {entry.name} (default {entry.default!r})')
        lines += textwrap.wrap(
            entry.meaning, WIDTH, initial_indent=' ' * 6, subsequent_indent=' ' * 6
        )
    return '\n'.join(lines)
