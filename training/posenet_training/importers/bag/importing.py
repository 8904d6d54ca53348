# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a bag to a drive: transforms and poses in a first pass, pictures one by one in a second."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from posenet_ros.model_spec import Camera
from posenet_ros.refusal import ImageRefusal
from posenet_ros.scene import SceneError, stamp_text
from posenet_training.importers.bag import topics
from posenet_training.importers.bag.camera_info import camera_of, rectified_camera_of
from posenet_training.importers.bag.cutting import Cutter, CuttingRules
from posenet_training.importers.bag.first_pass import FirstPass, read_first
from posenet_training.importers.bag.pictures import encode
from posenet_training.importers.bag.poses import CameraPath, Reach, path_in_tf, path_of_track
from posenet_training.importers.bag.reading import Bag, frame_of, stamp_ns
from posenet_training.importers.bag.tracks import NoPose, Track
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.trajectory import read_trajectory

BASE_FRAME = 'base_link'


@dataclass(frozen=True)
class BagOptions:
    """What to take of a bag; '' leaves a choice to the bag.

    image_topic        else the only one with pictures
    camera_info_topic  else the one beside the image topic
    rectified          the pictures are rectified: they go by P of camera_info
    trajectory         file of poses; None for poses of the bag
    pose_topic         poses on a topic; '' for poses by TF
    trajectory_frame   whose poses those are; else as Odometry says, else base_link
    *_frame            of TF; the camera's is else the pictures' frame_id
    tf_namespace       where /tf and /tf_static are
    shift_ns           added to the stamps of the pictures, whose clock is not that of the poses
    """

    image_topic: str = ''
    camera_info_topic: str = ''
    rectified: bool = False
    trajectory: Path | None = None
    pose_topic: str = ''
    trajectory_frame: str = ''
    map_frame: str = 'map'
    odom_frame: str = 'odom'
    camera_frame: str = ''
    tf_namespace: str = ''
    shift_ns: int = 0
    reach: Reach = field(default_factory=lambda: Reach(200_000_000))
    rules: CuttingRules = field(default_factory=CuttingRules)


def read_bag(path: Path, options: BagOptions, complaints: Complaints) -> Drive:
    """Open a ROS 2 bag: a folder with metadata.yaml, or a single .mcap or .db3 file.

    The first pass, here, keeps transforms, poses and camera_info; the pictures are read while
    the drive's frames are consumed, and `source` says then how many were thinned.  Raises
    SceneError for a bag that cannot be read, lacks a topic or whose TF does not connect.
    """
    if options.trajectory and options.pose_topic:
        raise SceneError('--trajectory and --pose-topic both say where poses come from: give one')
    bag = Bag.open(path)
    image = topics.image_topic(bag.topics, options.image_topic)
    info = topics.camera_info_topic(bag.topics, image.name, options.camera_info_topic)
    tf = topics.tf_topics(bag.topics, options.tf_namespace)
    first = read_first(bag, tf, info, _pose_topic(bag, options), options.map_frame, complaints)
    camera_frame = options.camera_frame or _frame_of_pictures(bag, image.name)
    camera_path, poses = _camera_path(bag, first, camera_frame, options, complaints)
    source: dict[str, Any] = {
        'format': 'bag',
        'path': str(path.resolve()),
        'image_topic': image.name,
        'camera_info_topic': info,
        'poses': poses,
        'shift_pictures_s': options.shift_ns / 1e9,
        'max_gap_s': options.reach.max_gap_ns / 1e9,
        'limit': asdict(options.reach.limit),
        'rules': asdict(options.rules),
    }
    return Drive(
        name=bag.name,
        frames=_frames(bag, image.name, camera_path, options, source, complaints),
        count=image.count,
        cameras=_cameras(first, options.rectified),
        source=source,
        map_frame=options.map_frame,
        camera_frame=camera_frame,
    )


def _pose_topic(bag: Bag, options: BagOptions) -> str:
    if not options.pose_topic:
        return ''
    return topics.pose_topic(bag.topics, options.pose_topic).name


def _frame_of_pictures(bag: Bag, image: str) -> str:
    """frame_id of the first picture; SceneError when it has none."""
    # What is wrong with the first picture is said in its turn.
    _, message = next(bag.messages([image], Complaints()), (image, None))
    frame = frame_of(message.header) if message is not None else ''
    if not frame:
        raise SceneError(
            f"the pictures on '{image}' have no frame_id: name the camera's optical frame with "
            '--camera-frame'
        )
    return frame


def _camera_path(
    bag: Bag, first: FirstPass, camera_frame: str, options: BagOptions, complaints: Complaints
) -> tuple[CameraPath, str]:
    """The camera's path, and in words where it comes from."""
    reach = options.reach
    if options.trajectory:
        trajectory = read_trajectory(options.trajectory, complaints)
        track = Track.of(trajectory, f"the trajectory '{options.trajectory}'")
        frame, origin = options.trajectory_frame or BASE_FRAME, f'trajectory {options.trajectory}'
    elif options.pose_topic:
        track = first.poses.track(f"the poses on '{options.pose_topic}'", complaints)
        frame = options.trajectory_frame or first.pose_child or BASE_FRAME
        origin = f'topic {options.pose_topic}'
    else:
        _check_any_transform(bag, first)
        frames = (options.map_frame, options.odom_frame, camera_frame)
        path = path_in_tf(first.tree, frames, reach)
        held = f'{options.odom_frame} held' if path.T_map_odom.steps else 'nothing held'
        return path, f'TF {options.map_frame} -> {camera_frame}, {held}'
    path = path_of_track(track, frame, first.tree, camera_frame, reach)
    return path, f'{origin} of {frame}'


def _check_any_transform(bag: Bag, first: FirstPass) -> None:
    if first.tree.is_empty():
        raise SceneError(
            'the bag has no transforms and no poses were named: give a --trajectory or a '
            f'--pose-topic; its pose topics are {topics.listed(topics.pose_topics(bag.topics))}'
        )


def _cameras(first: FirstPass, rectified: bool) -> dict[str, Camera]:
    if first.camera_info is None:
        return {}
    camera = (rectified_camera_of if rectified else camera_of)(first.camera_info)
    return {'camera': camera} if camera else {}


def _frames(
    bag: Bag,
    image: str,
    path: CameraPath,
    options: BagOptions,
    source: dict[str, Any],
    complaints: Complaints,
) -> Iterator[DriveFrame]:
    cutter = Cutter(options.rules)
    latest_ns = -1
    source['thinned'] = 0
    for _, message in bag.messages([image], complaints):
        taken_ns = stamp_ns(message.header) + options.shift_ns
        if taken_ns <= latest_ns:
            complaints.add(
                'stamp of a picture does not come after the one before',
                f'{stamp_text(taken_ns)} after {stamp_text(latest_ns)}',
            )
            continue
        try:
            pose = path.at(taken_ns)
            latest_ns = taken_ns
            sequence = cutter.place(pose)
            if sequence is None:
                source['thinned'] += 1
                continue
            picture = encode(message)
        except NoPose as fault:
            complaints.add(fault.what, fault.which)
        except ImageRefusal as refusal:
            complaints.add('picture cannot be decoded', f'{stamp_text(taken_ns)} ({refusal})')
        else:
            drive = f'drive-{sequence:03d}'
            name = f'{drive}/{stamp_text(taken_ns)}'
            yield DriveFrame(name, picture, drive, taken_ns, pose.T_map_camera)
