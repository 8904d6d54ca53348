# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `posenet scene import bag`."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from posenet_training.importers.bag.cutting import CuttingRules
from posenet_training.importers.bag.importing import BagOptions
from posenet_training.importers.bag.jumps import SpeedLimit
from posenet_training.importers.bag.poses import Reach


def _limit(help_text: str) -> Any:
    """A number that is zero or more."""
    return typer.Option(min=0.0, help=help_text)


@dataclass(frozen=True)
class BagArguments:
    """Options in the order of their help: topics, poses, frames, time, limits."""

    image_topic: Annotated[
        str, typer.Option(help='Topic of the pictures; needed where there are several.')
    ] = ''
    camera_info_topic: Annotated[
        str, typer.Option(help='Topic of the intrinsics, else the one beside the pictures.')
    ] = ''
    rectified: Annotated[
        bool, typer.Option('--rectified', help='The pictures are rectified: use P, not K and D.')
    ] = False
    trajectory: Annotated[
        Path | None, typer.Option(help='Poses from a TUM file: an optimised trajectory.')
    ] = None
    pose_topic: Annotated[
        str,
        typer.Option(
            help='Poses from a topic: Odometry, PoseStamped or PoseWithCovarianceStamped.'
        ),
    ] = ''
    trajectory_frame: Annotated[
        str,
        typer.Option(
            help="Whose poses those are, else as Odometry says, else base_link; the camera's "
            'place on it comes from TF.'
        ),
    ] = ''
    map_frame: Annotated[str, typer.Option(help='Frame in which poses are learned.')] = 'map'
    odom_frame: Annotated[
        str, typer.Option(help='Frame whose pose in the map jumps: held, never interpolated.')
    ] = 'odom'
    camera_frame: Annotated[
        str, typer.Option(help="The camera's optical frame, else the pictures' frame_id.")
    ] = ''
    tf_namespace: Annotated[str, typer.Option(help='Namespace of /tf and /tf_static.')] = ''
    transform_tolerance: Annotated[
        float, _limit('Seconds that map to odom is dated into the future.')
    ] = 0.0
    shift_pictures: Annotated[
        float,
        typer.Option(
            help='Seconds to add to the stamps of the pictures, as `posenet scene check` says.'
        ),
    ] = 0.0
    max_gap: Annotated[float, _limit('Seconds between transforms that may be interpolated.')] = 0.2
    jump_distance: Annotated[
        float, _limit('Metres that a correction may move the camera uncut.')
    ] = 0.05
    jump_angle: Annotated[
        float, _limit('Degrees that a correction may turn the camera uncut.')
    ] = 1.0
    max_speed: Annotated[
        float,
        _limit('Metres a second beyond which a pose jumps: cut there, never interpolated.'),
    ] = SpeedLimit.m_s
    max_turn_rate: Annotated[float, _limit('Degrees a second beyond which it does.')] = (
        math.degrees(SpeedLimit.rad_s)
    )
    min_motion: Annotated[float, _limit('Metres from picture to picture; 0 keeps all.')] = 0.02
    min_turn: Annotated[float, _limit('Degrees that serve as well as that motion.')] = 1.0

    def options(self) -> BagOptions:
        """In the units of the importer: nanoseconds, metres, radians."""
        jump_rad = math.radians(self.jump_angle)
        limit = SpeedLimit(
            self.max_speed, math.radians(self.max_turn_rate), self.jump_distance, jump_rad
        )
        return BagOptions(
            image_topic=self.image_topic,
            camera_info_topic=self.camera_info_topic,
            rectified=self.rectified,
            trajectory=self.trajectory,
            pose_topic=self.pose_topic,
            trajectory_frame=self.trajectory_frame,
            map_frame=self.map_frame,
            odom_frame=self.odom_frame,
            camera_frame=self.camera_frame,
            tf_namespace=self.tf_namespace,
            shift_ns=_ns(self.shift_pictures),
            reach=Reach(_ns(self.max_gap), _ns(self.transform_tolerance), limit),
            rules=CuttingRules(
                self.jump_distance, jump_rad, self.min_motion, math.radians(self.min_turn)
            ),
        )


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
