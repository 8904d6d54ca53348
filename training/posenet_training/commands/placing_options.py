# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Options of formats whose poses come without a frame and a unit."""

from pathlib import Path
from typing import Annotated

import typer

Distance = Annotated[
    tuple[str, str, float] | None,
    typer.Option(
        metavar='A B METRES', help='Two pictures by name and the metres between their cameras.'
    ),
]
KnownPosesFile = Annotated[
    Path | None,
    typer.Option(
        help='File of poses of some pictures in the map, which gives frame and unit: lines '
        "'picture x y z' or 'picture x y z qx qy qz qw', the picture by name or by its stamp."
    ),
]
Level = Annotated[
    bool,
    typer.Option(
        help="Turn z up where no known poses do, assuming that the camera's x axis is level on "
        'average.'
    ),
]
