# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import`, one function each."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.importing import format_command
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.matrix import Axes, Convention, read_matrix


@format_command('matrix')
def matrix(
    source: Path,
    complaints: Complaints,
    convention: Annotated[
        Convention, typer.Option(help='What the matrices map: camera to world or the inverse.')
    ] = Convention.c2w,
    axes: Annotated[
        Axes, typer.Option(help='Camera axes: z forward and y down, or z backward and y up.')
    ] = Axes.opencv,
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 10.0,
) -> Drive:
    """Pictures in images/ with 4x4 matrices in poses.txt or poses/NAME.txt, and K.txt if known."""
    return read_matrix(source, convention, axes, rate, complaints)
