# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet scene`: make, check and export scenes."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_ros.scene import read_scene
from posenet_training.commands import formats  # noqa: F401  (registers its commands)
from posenet_training.commands.console import say
from posenet_training.commands.importing import app as import_app
from posenet_training.scenes.tum import write_tum

app = typer.Typer(help='Make, check and export scenes.', no_args_is_help=True)
app.add_typer(import_app, name='import')

SceneArgument = Annotated[Path, typer.Argument(help='Folder of the scene.')]


@app.command('export-tum')
def export_tum(
    scene: SceneArgument,
    file: Annotated[Path, typer.Argument(help='Trajectory to write, for evo and others.')],
) -> None:
    """Write the camera's poses as a TUM trajectory: stamp x y z qx qy qz qw."""
    say(f'{file}: {write_tum(read_scene(scene), file)} poses')
