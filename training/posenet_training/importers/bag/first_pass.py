# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All of a bag but its pictures: transforms, poses and camera_info, small enough to keep."""

from dataclasses import dataclass, field
from typing import Any

from posenet_ros.scene import SceneError, stamp_text
from posenet_training.importers.bag.reading import Bag, frame_of, stamp_ns, xyz, xyzw
from posenet_training.importers.bag.topics import POSE
from posenet_training.importers.bag.tracks import Samples
from posenet_training.importers.bag.transforms import TransformTree
from posenet_training.importers.complaints import Complaints


@dataclass
class FirstPass:
    """What the first pass found.

    poses        samples of T_map_child
    pose_child   whose poses they are, as Odometry says, else ''
    camera_info  the first message, None without any
    """

    tree: TransformTree
    poses: Samples = field(default_factory=Samples)
    pose_child: str = ''
    camera_info: Any = None


def read_first(
    bag: Bag,
    tf: tuple[str, str],
    camera_info: str,
    pose_topic: str,
    map_frame: str,
    complaints: Complaints,
) -> FirstPass:
    """Read transforms, poses and camera_info of the topics of these names ('' for none).

    Raises SceneError when the poses are not in the map.
    """
    found = FirstPass(TransformTree(complaints))
    for topic, message in bag.messages({*tf, camera_info, pose_topic} - {''}, complaints):
        if topic in tf:
            _add_transforms(found.tree, message, topic == tf[1])
        elif topic == camera_info:
            _add_camera_info(found, message, complaints)
        else:
            _add_pose(found, message, topic, map_frame)
    return found


def _add_transforms(tree: TransformTree, message: Any, static: bool) -> None:
    for stamped in message.transforms:
        edge = (frame_of(stamped.header), stamped.child_frame_id.removeprefix('/'))
        position = xyz(stamped.transform.translation)
        q_xyzw = xyzw(stamped.transform.rotation)
        if static:
            tree.add_static(edge, position, q_xyzw)
        else:
            tree.add(edge, stamp_ns(stamped.header), position, q_xyzw)


def _add_camera_info(found: FirstPass, message: Any, complaints: Complaints) -> None:
    if found.camera_info is None:
        found.camera_info = message
    elif _calibration(message) != _calibration(found.camera_info):
        complaints.add('camera_info differs from the first', stamp_text(stamp_ns(message.header)))


def _calibration(info: Any) -> tuple[object, ...]:
    roi = (info.roi.x_offset, info.roi.y_offset, info.roi.width, info.roi.height)
    binning = (info.binning_x, info.binning_y)
    numbers = (*info.k.tolist(), *info.p.tolist(), *info.d.tolist())
    return (info.width, info.height, info.distortion_model, roi, binning, numbers)


def _add_pose(found: FirstPass, message: Any, topic: str, map_frame: str) -> None:
    frame = frame_of(message.header)
    if frame != map_frame:
        raise SceneError(
            f"the poses on '{topic}' are in frame '{frame}', not in '{map_frame}': choose a topic "
            'with poses in the map, or name the frame to train in with --map-frame'
        )
    pose = message.pose if message.__msgtype__ == POSE else message.pose.pose
    found.pose_child = getattr(message, 'child_frame_id', '').removeprefix('/')
    found.poses.add(stamp_ns(message.header), xyz(pose.position), xyzw(pose.orientation))
