# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet scene`: make, check and export scenes."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_ros.scene import read_scene
from posenet_training.commands import (  # noqa: F401  (each registers its commands)
    formats,
    unposed_formats,
)
from posenet_training.commands.console import print_json, progress, say
from posenet_training.commands.importing import app as import_app
from posenet_training.importers.extras import need_pycolmap
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


@app.command('add-depth')
def add_depth(scene: SceneArgument) -> None:
    """Triangulate coarse depth pictures for a scene without, from the drive and its poses."""
    need_pycolmap()
    # Imported here: it takes pycolmap, which not everybody has.
    from posenet_training.scenes.motion_depth import add_motion_depth

    added = add_motion_depth(read_scene(scene), progress)
    having = sum(bool(picture.depth) for picture in added.pictures)
    say(f'{scene}: depth of {having} training pictures, triangulated')


@app.command('check')
def check(
    scene: SceneArgument,
    as_json: Annotated[
        bool, typer.Option('--json', help='Print the findings and all figures as JSON.')
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help='Write a page with pictures of what was found.')
    ] = None,
) -> None:
    """Find what would ruin training: wrong conventions, clocks, intrinsics, splits, pictures.

    Exit code 1 when the scene must not be trained on as it is.
    """
    # Imported here: OpenCV and matplotlib are for this command only.
    from posenet_training.check.check import check_scene
    from posenet_training.check.findings import Level
    from posenet_training.check.report_html import write_html
    from posenet_training.check.report_json import as_values
    from posenet_training.check.report_terminal import print_check

    result = check_scene(read_scene(scene), progress)
    if html is not None:
        write_html(result, html)
    if as_json:
        print_json(as_values(result))
    else:
        print_check(result, Console())
        if html is not None:
            say(f'pictures: {html}')
    if result.verdict is Level.refused:
        raise typer.Exit(1)
