# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import` that have no poses: pictures, videos."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.console import note
from posenet_training.commands.importing import format_command
from posenet_training.commands.placing_options import Distance, KnownPosesFile, Level
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.extras import need_pycolmap
from posenet_training.importers.structure_from_motion.options import (
    MappingOptions,
    PlacingOptions,
    Request,
)

FocalLength = Annotated[
    float | None, typer.Option(min=1.0, help='Focal length in pixels; guessed if not given.')
]
Work = Annotated[
    Path | None,
    typer.Option(help='Folder that keeps the steps done; SCENE.sfm if not given.'),
]
KeepWork = Annotated[
    bool, typer.Option('--keep-work', help='Keep that folder when the scene is there.')
]
Step = Annotated[
    float,
    typer.Option(
        min=0.001, help="Image motion between mapped pictures, a share of the picture's width."
    ),
]
Features = Annotated[int, typer.Option(min=100, help='SIFT features a picture, at most.')]
Fine = Annotated[
    bool,
    typer.Option('--fine', help='Look for smaller features too: slower, for little texture.'),
]
Overlap = Annotated[
    int, typer.Option(min=1, help='Following pictures that each one is matched with.')
]
Loops = Annotated[
    int, typer.Option(min=0, help='Alike pictures, further away, that each one is matched with.')
]
MinimumShare = Annotated[
    float, typer.Option(min=0.0, max=1.0, help='Share of the pictures that must be placed.')
]
Threads = Annotated[int, typer.Option(min=0, help='CPU threads; 0 takes all cores.')]


@format_command('images')
def images(
    source: Path,
    complaints: Complaints,
    scene: Path,
    pattern: Annotated[str, typer.Option(help='Names of the pictures to take.')] = '*',
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 10.0,
    distance: Distance = None,
    known_poses: KnownPosesFile = None,
    level: Level = True,
    focal_length: FocalLength = None,
    step: Step = MappingOptions.step,
    features: Features = MappingOptions.features,
    fine: Fine = False,
    overlap: Overlap = MappingOptions.overlap,
    loops: Loops = MappingOptions.loops,
    minimum_share: MinimumShare = MappingOptions.minimum_share,
    threads: Threads = 0,
    work: Work = None,
    keep_work: KeepWork = False,
) -> Drive:
    """Pictures without poses, in the order of their names: structure from motion finds them."""
    mapping = MappingOptions(
        step, focal_length, features, fine, overlap, loops, minimum_share, threads
    )
    placing = PlacingOptions(distance, known_poses, level)
    request = Request.beside(scene, work, keep_work, mapping, placing)
    need_pycolmap()
    from posenet_training.importers.structure_from_motion.drives import open_images

    return open_images(source, pattern, rate, request, complaints, note)


@format_command('video')
def video(
    source: Path,
    complaints: Complaints,
    scene: Path,
    distance: Distance = None,
    known_poses: KnownPosesFile = None,
    level: Level = True,
    focal_length: FocalLength = None,
    step: Step = MappingOptions.step,
    features: Features = MappingOptions.features,
    fine: Fine = False,
    overlap: Overlap = MappingOptions.overlap,
    loops: Loops = MappingOptions.loops,
    minimum_share: MinimumShare = MappingOptions.minimum_share,
    threads: Threads = 0,
    work: Work = None,
    keep_work: KeepWork = False,
) -> Drive:
    """A video without poses: structure from motion finds those of its sharpest frames."""
    mapping = MappingOptions(
        step, focal_length, features, fine, overlap, loops, minimum_share, threads
    )
    placing = PlacingOptions(distance, known_poses, level)
    request = Request.beside(scene, work, keep_work, mapping, placing)
    need_pycolmap()
    from posenet_training.importers.structure_from_motion.drives import open_video

    return open_video(source, request, complaints, note)
