# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Options of formats whose pictures come without stamps, intrinsics or a unit."""

from typing import Annotated

import typer

from posenet_training.importers.nerf import Scale

Rate = Annotated[float, typer.Option(min=0.001, help='Pictures a second.')]
FocalLength = Annotated[
    float | None, typer.Option(min=1.0, help='Focal length in pixels of these pictures.')
]
SourceScale = Annotated[Scale, typer.Option(help="Whether the source's unit is the metre.")]
