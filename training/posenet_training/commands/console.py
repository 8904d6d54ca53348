# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where commands print: sentences for people, JSON for machines."""

import json
from typing import Any

import typer


def say(sentence: str) -> None:
    """Print a sentence."""
    typer.echo(sentence)


def note(sentence: str) -> None:
    """Print a sentence about work that goes on, where it does not mix with the result."""
    typer.echo(sentence, err=True)


def print_json(value: Any) -> None:
    """Print plain values as one JSON document."""
    typer.echo(json.dumps(value, indent=1))
