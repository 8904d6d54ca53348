# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What executables of nodes answer to --help, which ROS leaves to them."""

import sys
import textwrap
from collections.abc import Iterable

WIDTH = 79
Parameter = tuple[str, object, str]


def answer_help(name: str, does: str, parameters: Iterable[Parameter]) -> None:
    """Print the usage and end the process where the command line asks for help.

    does: one sentence.  parameters: name, default and meaning of each.
    """
    if {'-h', '--help'} & set(sys.argv[1:]):
        print(usage(name, does, parameters))
        raise SystemExit(0)


def usage(name: str, does: str, parameters: Iterable[Parameter]) -> str:
    """The usage of a node: what it does, and its parameters."""
    lines = [
        f'usage: {name} [--ros-args -p NAME:=VALUE -r FROM:=TO ...]',
        '',
        *textwrap.wrap(does, WIDTH),
        '',
        'parameters:',
    ]
    for parameter, default, meaning in parameters:
        lines.append(f'  {parameter} (default {default!r})')
        lines += textwrap.wrap(meaning, WIDTH, initial_indent=' ' * 6, subsequent_indent=' ' * 6)
    return '\n'.join(lines)
