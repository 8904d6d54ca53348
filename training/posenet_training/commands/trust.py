# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet trust`."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_ros.trusted_models import default_list
from posenet_training.commands.console import say


def trust(
    models: Annotated[list[Path], typer.Argument(help='Model files: .pt, or .onnx for ONNX.')],
    place: Annotated[
        Path | None,
        typer.Option('--list', help="The list, unless it is the user's own.", show_default=False),
    ] = None,
) -> None:
    """List model files that others made as ones that may run here: a model file is a program.

    What `posenet` makes here is listed already.  On a robot: `ros2 run posenet_ros trust`.
    """
    from posenet_ros.trust_model import trust_models

    say('\n'.join(trust_models(models, place or default_list())))
