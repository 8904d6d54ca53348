# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where commands print: sentences for people, JSON for machines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

Item = TypeVar('Item')


def say(sentence: str) -> None:
    """Print a sentence."""
    typer.echo(sentence)


def note(sentence: str) -> None:
    """Print a sentence about work that goes on, where it does not mix with the result."""
    typer.echo(sentence, err=True)


def print_json(value: Any) -> None:
    """Print plain values as one JSON document."""
    typer.echo(json.dumps(value, indent=1))


def progress(items: Sequence[Item], title: str) -> Iterable[Item]:
    """Show a bar while items are worked on; it vanishes at the end."""
    return track(items, title, console=Console(stderr=True), transient=True)
