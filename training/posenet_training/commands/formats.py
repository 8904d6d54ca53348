# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The formats of `posenet scene import`, one function each."""

import math
from pathlib import Path
from typing import Annotated

import typer

from posenet_training.commands.importing import format_command
from posenet_training.commands.placing_options import Distance, KnownPosesFile, Level
from posenet_training.importers.bag.cutting import CuttingRules
from posenet_training.importers.bag.importing import BagOptions, read_bag
from posenet_training.importers.bag.poses import Reach
from posenet_training.importers.cambridge import read_cambridge
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.extras import need_pycolmap
from posenet_training.importers.matrix import Axes, Convention, read_matrix
from posenet_training.importers.nerf import Scale, read_nerf
from posenet_training.importers.seven_scenes import read_seven_scenes
from posenet_training.importers.structure_from_motion.options import PlacingOptions
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


@format_command('bag')
def bag(
    source: Path,
    complaints: Complaints,
    image_topic: Annotated[
        str, typer.Option(help='Topic of the pictures; needed where there are several.')
    ] = '',
    camera_info_topic: Annotated[
        str, typer.Option(help='Topic of the intrinsics, else the one beside the pictures.')
    ] = '',
    rectified: Annotated[
        bool, typer.Option('--rectified', help='The pictures are rectified: use P, not K and D.')
    ] = False,
    trajectory: Annotated[
        Path | None, typer.Option(help='Poses from a TUM file: an optimised trajectory.')
    ] = None,
    pose_topic: Annotated[
        str,
        typer.Option(
            help='Poses from a topic: Odometry, PoseStamped or PoseWithCovarianceStamped.'
        ),
    ] = '',
    trajectory_frame: Annotated[
        str,
        typer.Option(
            help="Whose poses those are, else as Odometry says, else base_link; the camera's "
            'place on it comes from TF.'
        ),
    ] = '',
    map_frame: Annotated[str, typer.Option(help='Frame in which poses are learned.')] = 'map',
    odom_frame: Annotated[
        str, typer.Option(help='Frame whose pose in the map jumps: held, never interpolated.')
    ] = 'odom',
    camera_frame: Annotated[
        str, typer.Option(help="The camera's optical frame, else the pictures' frame_id.")
    ] = '',
    tf_namespace: Annotated[str, typer.Option(help='Namespace of /tf and /tf_static.')] = '',
    transform_tolerance: Annotated[
        float,
        typer.Option(min=0.0, help='Seconds that map to odom is dated into the future.'),
    ] = 0.0,
    max_gap: Annotated[
        float, typer.Option(min=0.0, help='Seconds between transforms that may be interpolated.')
    ] = 0.2,
    jump_distance: Annotated[
        float, typer.Option(min=0.0, help='Metres that a correction may move the camera uncut.')
    ] = 0.05,
    jump_angle: Annotated[
        float, typer.Option(min=0.0, help='Degrees that a correction may turn the camera uncut.')
    ] = 1.0,
    min_motion: Annotated[
        float, typer.Option(min=0.0, help='Metres from picture to picture; 0 keeps all.')
    ] = 0.02,
    min_turn: Annotated[
        float, typer.Option(min=0.0, help='Degrees that serve as well as that motion.')
    ] = 1.0,
) -> Drive:
    """A ROS 2 bag (MCAP or sqlite3, a folder or one file): pictures, and poses by TF.

    Poses of a SLAM that ran live are from before its loops were closed: where there is an
    optimised trajectory, give it with --trajectory.
    """
    options = BagOptions(
        image_topic=image_topic,
        camera_info_topic=camera_info_topic,
        rectified=rectified,
        trajectory=trajectory,
        pose_topic=pose_topic,
        trajectory_frame=trajectory_frame,
        map_frame=map_frame,
        odom_frame=odom_frame,
        camera_frame=camera_frame,
        tf_namespace=tf_namespace,
        reach=Reach(round(max_gap * 1e9), round(transform_tolerance * 1e9)),
        rules=CuttingRules(
            jump_distance, math.radians(jump_angle), min_motion, math.radians(min_turn)
        ),
    )
    return read_bag(source, options, complaints)


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
    scale: Annotated[
        Scale, typer.Option(help="Whether the model's unit is the metre.")
    ] = Scale.unknown,
    distance: Distance = None,
    known_poses: KnownPosesFile = None,
    level: Level = False,
    rate: Annotated[float, typer.Option(min=0.001, help='Pictures a second.')] = 10.0,
) -> Drive:
    """A COLMAP model, text or binary, or the project that holds one in sparse/0."""
    placing = PlacingOptions(distance, known_poses, level)
    need_pycolmap()
    from posenet_training.importers.colmap import read_colmap

    return read_colmap(source, images, undistort, scale is Scale.metric, placing, rate, complaints)
