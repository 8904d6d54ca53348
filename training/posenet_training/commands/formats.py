# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import`, one function each."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.bag_options import BagArguments
from posenet_training.commands.importing import format_command
from posenet_training.commands.picture_options import FocalLength, Rate, SourceScale
from posenet_training.commands.placing_options import Distance, KnownPosesFile, Level
from posenet_training.importers.bag.importing import read_bag
from posenet_training.importers.cambridge import read_cambridge
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.extras import need_pycolmap
from posenet_training.importers.matrix import Axes, Convention, read_matrix
from posenet_training.importers.nerf import Scale, read_nerf
from posenet_training.importers.seven_scenes import read_seven_scenes
from posenet_training.importers.structure_from_motion.options import PlacingOptions
from posenet_training.importers.tum import read_tum


@format_command('7scenes')
def seven_scenes(
    source: Path,
    complaints: Complaints,
    focal_length: FocalLength = None,
    pseudo_truth: Annotated[
        list[Path] | None,
        typer.Option(help='Pseudo ground truth file to use instead of the poses (repeatable).'),
    ] = None,
) -> Drive:
    """A scene of 7-Scenes: seq-NN/frame-NNNNNN.color.png or .jpg, .pose.txt and .depth.png."""
    return read_seven_scenes(source, focal_length, pseudo_truth or [], complaints)


@format_command('matrix')
def matrix(
    source: Path,
    complaints: Complaints,
    convention: Annotated[
        Convention, typer.Option(help='What the matrices map: camera to world or the inverse.')
    ] = Convention.c2w,
    axes: Annotated[
        Axes,
        typer.Option(
            help='Camera axes: z forward and y down; z backward and y up; x forward and z up.'
        ),
    ] = Axes.opencv,
    rate: Rate = 10.0,
) -> Drive:
    """Pictures in images/ with 4x4 matrices in poses.txt or poses/NAME.txt, and K.txt if known."""
    return read_matrix(source, convention, axes, rate, complaints)


@format_command('cambridge')
def cambridge(
    source: Path,
    complaints: Complaints,
    focal_length: FocalLength = None,
    rate: Rate = 2.0,
) -> Drive:
    """A scene of Cambridge Landmarks: dataset_train.txt, dataset_test.txt and their pictures."""
    return read_cambridge(source, focal_length, rate, complaints)


@format_command('tum')
def tum(
    source: Path,
    complaints: Complaints,
    trajectory: Annotated[
        Path | None, typer.Option(help='File of poses, instead of groundtruth.txt.')
    ] = None,
    max_gap: Annotated[
        float, typer.Option(min=0.0, help='Seconds between poses that may be interpolated over.')
    ] = 0.1,
    focal_length: FocalLength = None,
) -> Drive:
    """TUM RGB-D: rgb.txt and groundtruth.txt, or pictures named by their stamps."""
    return read_tum(source, trajectory, max_gap, focal_length, complaints)


@format_command('nerf')
def nerf(
    source: Path,
    complaints: Complaints,
    scale: SourceScale = Scale.unknown,
    depth_unit: Annotated[
        float | None,
        typer.Option(
            min=1e-9, help="What a step of a depth picture means, in metres; else the file's."
        ),
    ] = None,
    rate: Rate = 10.0,
) -> Drive:
    """A transforms.json of instant-ngp or nerfstudio, or a folder with one or one a split."""
    return read_nerf(source, scale, depth_unit, rate, complaints)


@format_command('room')
def room(
    source: Path,
    complaints: Complaints,
    pictures: Annotated[int, typer.Option(min=1, help='How many to draw.')] = 600,
    rate: Annotated[float, typer.Option(min=1.0, help='Pictures a second.')] = 5.0,
) -> Drive:
    """A simulated room, room:SEED (the demo's is room:11): pictures drawn along several drives."""
    from posenet_training.importers.room import read_room

    return read_room(str(source), pictures, rate)


@format_command('bag')
def bag(source: Path, complaints: Complaints, arguments: BagArguments) -> Drive:
    """A ROS 2 bag (MCAP or sqlite3, a folder or one file): pictures, and poses by TF.

    Poses of a SLAM that ran live are from before its loops were closed: where there is an
    optimised trajectory, give it with --trajectory.
    """
    return read_bag(source, arguments.options(), complaints)


@format_command('colmap')
def colmap(
    source: Path,
    complaints: Complaints,
    images: Annotated[
        Path | None, typer.Option(help='Folder of the pictures, instead of images/ beside it.')
    ] = None,
    undistort: Annotated[
        bool, typer.Option('--undistort', help='Write undistorted pictures of pinhole cameras.')
    ] = False,
    scale: SourceScale = Scale.unknown,
    distance: Distance = None,
    known_poses: KnownPosesFile = None,
    level: Level = False,
    rate: Rate = 10.0,
) -> Drive:
    """A COLMAP model, text or binary, or the project that holds one in sparse/0."""
    placing = PlacingOptions(distance, known_poses, level)
    need_pycolmap()
    from posenet_training.importers.colmap import read_colmap

    return read_colmap(source, images, undistort, scale is Scale.metric, placing, rate, complaints)
