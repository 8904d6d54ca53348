# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import`, one function each."""

from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.importing import format_command
from posenet_training.importers.cambridge import read_cambridge
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.matrix import Axes, Convention, read_matrix
from posenet_training.importers.nerf import Scale, read_nerf
from posenet_training.importers.seven_scenes import read_seven_scenes
from posenet_training.importers.tum import read_tum

FocalLength = Annotated[
    float | None, typer.Option(min=1.0, help='Focal length in pixels of these pictures.')
]


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
        Axes, typer.Option(help='Camera axes: z forward and y down, or z backward and y up.')
    ] = Axes.opencv,
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 10.0,
) -> Drive:
    """Pictures in images/ with 4x4 matrices in poses.txt or poses/NAME.txt, and K.txt if known."""
    return read_matrix(source, convention, axes, rate, complaints)


@format_command('cambridge')
def cambridge(
    source: Path,
    complaints: Complaints,
    focal_length: FocalLength = None,
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 2.0,
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
    scale: Annotated[
        Scale, typer.Option(help='Whether the positions are metres.')
    ] = Scale.unknown,
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 10.0,
) -> Drive:
    """A transforms.json of instant-ngp or nerfstudio, or the folder that holds one."""
    return read_nerf(source, scale, rate, complaints)
