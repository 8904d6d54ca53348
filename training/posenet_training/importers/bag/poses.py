# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the camera's poses come from: the TF tree, or a track of some frame and an extrinsic."""

from dataclasses import dataclass, field

from posenet_ros.geometry import inverse
from posenet_training.importers.bag.cutting import CameraPose
from posenet_training.importers.bag.jumps import SpeedLimit
from posenet_training.importers.bag.tracks import Held, Interpolated, Motion, Track
from posenet_training.importers.bag.transforms import Chain, Step, TransformTree


@dataclass(frozen=True)
class Reach:
    """Between which samples a transform is known.

    max_gap_ns  longest time between two samples that is interpolated
    ahead_ns    how far map -> odom is dated into the future
    limit       faster steps from a sample to the next are jumps, which are not interpolated
    """

    max_gap_ns: int
    ahead_ns: int = 0
    limit: SpeedLimit = field(default_factory=SpeedLimit)

    def interpolated(self, track: Track, against: bool = False) -> Interpolated:
        """The motion of a track; `against` when the way goes from the child to the parent.

        Speed is that of the frame farther along the way: seen from a robot that turns, the map's
        origin is fast.
        """
        T = inverse(track.T_a_b) if against else track.T_a_b
        jumps = self.limit.exceeded(track.stamps_ns, T)
        return Interpolated(track, self.max_gap_ns, jumps)


@dataclass(frozen=True)
class CameraPath:
    """Pose of the camera over time, in the two parts that cutting.py tells apart.

    Where nothing jumps, T_map_odom has no steps.
    """

    T_map_odom: Chain
    T_odom_camera: Chain

    def at(self, stamp_ns: int) -> CameraPose:
        """Pose at a stamp; raises NoPose."""
        return CameraPose(
            self.T_map_odom.at(stamp_ns),
            self.T_odom_camera.at(stamp_ns),
            self.T_map_odom.gaps_before(stamp_ns) + self.T_odom_camera.gaps_before(stamp_ns),
        )


def path_in_tf(tree: TransformTree, frames: tuple[str, str, str], reach: Reach) -> CameraPath:
    """The camera's path by TF alone, by the names of the map, odom and camera frames.

    The edge by which the way from the map enters odom is held, all others are interpolated;
    where the way does not pass odom, nothing is held.  Raises SceneError without a way.
    """
    map_frame, odom_frame, camera_frame = frames

    def motion_of(end: str, track: Track, against: bool) -> Motion:
        if end == odom_frame:
            return Held(track, reach.ahead_ns)
        return reach.interpolated(track, against)

    chain = tree.chain(map_frame, camera_frame, motion_of)
    return CameraPath(*chain.split_at(odom_frame))


def path_of_track(
    track: Track, frame: str, tree: TransformTree, camera_frame: str, reach: Reach
) -> CameraPath:
    """The camera's path by a track of T_map_frame, and by TF from that frame to the camera.

    Raises SceneError when TF never connects the two; the camera's own frame needs no TF.
    """

    def motion_of(end: str, track: Track, against: bool) -> Motion:
        return reach.interpolated(track, against)

    known = Step('map', frame, reach.interpolated(track), against=False)
    extrinsic = tree.chain(frame, camera_frame, motion_of)
    return CameraPath(Chain(), Chain((known, *extrinsic.steps)))
