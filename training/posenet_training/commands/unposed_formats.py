# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import` that have no poses: pictures, videos."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.console import note
from posenet_training.commands.importing import format_command
from posenet_training.commands.picture_options import Rate
from posenet_training.commands.placing_options import Distance, KnownPosesFile, Level
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.extras import need_pycolmap
from posenet_training.importers.structure_from_motion.options import (
    MappingOptions,
    PlacingOptions,
    Request,
)


@dataclass(frozen=True)
class MappingArguments:
    """Options of structure from motion, in the order of their help."""

    distance: Distance = None
    known_poses: KnownPosesFile = None
    level: Level = True
    focal_length: Annotated[
        float | None, typer.Option(min=1.0, help='Focal length in pixels; guessed if not given.')
    ] = None
    step: Annotated[
        float,
        typer.Option(
            min=0.001,
            help="Image motion between mapped pictures, a share of the picture's width.",
        ),
    ] = MappingOptions.step
    features: Annotated[int, typer.Option(min=100, help='SIFT features a picture, at most.')] = (
        MappingOptions.features
    )
    fine: Annotated[
        bool,
        typer.Option('--fine', help='Look for smaller features too: slower, for little texture.'),
    ] = False
    overlap: Annotated[
        int, typer.Option(min=1, help='Following pictures that each one is matched with.')
    ] = MappingOptions.overlap
    loops: Annotated[
        int,
        typer.Option(min=0, help='Alike pictures, further away, that each one is matched with.'),
    ] = MappingOptions.loops
    minimum_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help='Share of the pictures that must be placed.')
    ] = MappingOptions.minimum_share
    threads: Annotated[int, typer.Option(min=0, help='CPU threads; 0 takes all cores.')] = 0
    work: Annotated[
        Path | None,
        typer.Option(help='Folder that keeps the steps done; SCENE.sfm if not given.'),
    ] = None
    keep_work: Annotated[
        bool, typer.Option('--keep-work', help='Keep that folder when the scene is there.')
    ] = False

    def request(self, scene: Path) -> Request:
        """What is wanted of structure from motion for a scene that must not exist yet."""
        mapping = MappingOptions(
            step=self.step,
            focal_px=self.focal_length,
            features=self.features,
            fine=self.fine,
            overlap=self.overlap,
            loops=self.loops,
            minimum_share=self.minimum_share,
            threads=self.threads,
        )
        placing = PlacingOptions(self.distance, self.known_poses, self.level)
        return Request.beside(scene, self.work, self.keep_work, mapping, placing)


@format_command('images')
def images(
    source: Path,
    complaints: Complaints,
    scene: Path,
    arguments: MappingArguments,
    pattern: Annotated[str, typer.Option(help='Names of the pictures to take.')] = '*',
    rate: Rate = 10.0,
) -> Drive:
    """Pictures without poses, in the order of their names: structure from motion finds them."""
    request = arguments.request(scene)
    need_pycolmap()
    from posenet_training.importers.structure_from_motion.drives import open_images

    return open_images(source, pattern, rate, request, complaints, note)


@format_command('video')
def video(source: Path, complaints: Complaints, scene: Path, arguments: MappingArguments) -> Drive:
    """A video without poses: structure from motion finds those of its sharpest frames."""
    request = arguments.request(scene)
    need_pycolmap()
    from posenet_training.importers.structure_from_motion.drives import open_video

    return open_video(source, request, complaints, note)
