# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A time-stamped tree of frames: the arithmetic of tf2, without ROS.

Stamps are integer nanoseconds; 0 asks for the latest time that all links of a path share.
`T_target_source` moves a point from source to target: the pose of `source` in `target`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation


class TransformException(Exception):
    """Any reason why a transform cannot be given."""


class LookupException(TransformException):
    """A frame does not exist, or the tree has a loop."""


class ConnectivityException(TransformException):
    """Both frames exist, but in separate trees."""


class ExtrapolationException(TransformException):
    """The stamp lies outside the stored time of a link."""


class InvalidArgumentException(TransformException):
    """A frame name is empty or starts with '/'."""


@dataclass(frozen=True)
class Rigid:
    """A rigid motion: position [3] in metres and a rotation."""

    position: NDArray[np.float64]
    rotation: Rotation

    def __matmul__(self, other: Rigid) -> Rigid:
        position = self.rotation.apply(other.position) + self.position
        return Rigid(position, self.rotation * other.rotation)

    def inverse(self) -> Rigid:
        """The motion that undoes this one."""
        back = self.rotation.inv()
        return Rigid(-back.apply(self.position), back)

    def towards(self, end: Rigid, fraction: float) -> Rigid:
        """Straight line for the position, slerp for the rotation."""
        position = self.position + fraction * (end.position - self.position)
        turn = (self.rotation.inv() * end.rotation).as_rotvec()
        return Rigid(position, self.rotation * Rotation.from_rotvec(fraction * turn))


@dataclass(frozen=True)
class Link:
    """A child's pose in its parent: at one stamp, or at every time with stamp 0."""

    stamp: int
    parent: str
    pose: Rigid


class History:
    """The poses of one moving frame in order of time."""

    def __init__(self) -> None:
        self._stamps: list[int] = []
        self._links: list[Link] = []

    @property
    def newest(self) -> Link | None:
        return self._links[-1] if self._links else None

    def insert(self, link: Link, cache_time: int) -> bool:
        """Store in order of time; False when older than the cache reaches."""
        if self._stamps:
            oldest = self._stamps[-1] - cache_time
            expired = next(i for i, stamp in enumerate(self._stamps) if stamp >= oldest)
            del self._stamps[:expired], self._links[:expired]
            if link.stamp < oldest:
                return False
        i = bisect_right(self._stamps, link.stamp)
        same = i > 0 and self._stamps[i - 1] == link.stamp
        self._stamps[i - same : i] = [link.stamp]
        self._links[i - same : i] = [link]
        return True

    def at(self, stamp: int) -> Link:
        """The link at a stamp, interpolated; 0 gives the newest."""
        if stamp == 0 and self._links:
            return self._links[-1]
        i = bisect_right(self._stamps, stamp)
        if i > 0 and self._stamps[i - 1] == stamp:
            return self._links[i - 1]
        if i == 0 or i == len(self._links):
            stored = f'{self._stamps[0]} to {self._stamps[-1]} ns' if self._stamps else 'nothing'
            raise ExtrapolationException(
                f'lookup would require extrapolation into the {"future" if i else "past"}: '
                f'requested time {stamp} ns, stored {stored}'
            )
        older, newer = self._links[i - 1], self._links[i]
        if older.parent != newer.parent:
            return older
        fraction = (stamp - older.stamp) / (newer.stamp - older.stamp)
        return Link(stamp, older.parent, older.pose.towards(newer.pose, fraction))


class FrameTree:
    """Links between named frames, and the way from one frame to another at a stamp."""

    def __init__(self, cache_time: int) -> None:
        """Keep moving links for `cache_time` nanoseconds."""
        self._cache_time = cache_time
        # A static link, the history of a moving one, or None for the root of a tree.
        self._links: dict[str, Link | History | None] = {}

    def insert(
        self,
        child: str,
        parent: str,
        stamp: int,
        position: NDArray[np.float64],
        q_xyzw: NDArray[np.float64],
        *,
        static: bool,
    ) -> str | None:
        """Store the pose of `child` in `parent`; gives the reason when it is not taken.

        A quaternion of another length than 1 is normalised, as tf2 does it.
        """
        child, parent = child.removeprefix('/'), parent.removeprefix('/')
        if not parent or not child or parent == child:
            return f'frame_id {parent!r} and child_frame_id {child!r} must be two names'
        if not np.isfinite(position).all() or not 0.0 < q_xyzw @ q_xyzw < inf:
            return f'position {position}, rotation {q_xyzw} of {child!r} is not a rigid motion'
        link = Link(0 if static else stamp, parent, Rigid(position, Rotation.from_quat(q_xyzw)))
        known = self._links.get(child)
        if static:
            self._links[child] = link
        else:
            history = known if isinstance(known, History) else History()
            self._links[child] = history
            if not history.insert(link, self._cache_time):
                return f'TF_OLD_DATA: stamp {stamp} ns of {child!r} is beyond the cache'
        self._links.setdefault(parent, None)
        return None

    def clear(self) -> None:
        """Forget moving links; frame names and static links stay."""
        for frame, known in self._links.items():
            self._links[frame] = History() if isinstance(known, History) else known

    def lookup(self, target: str, source: str, stamp: int) -> tuple[Rigid, int]:
        """(T_target_source, stamp used). Raises a TransformException."""
        if target == source:
            newest = self._newest(source)
            return IDENTITY, stamp or (newest.stamp if newest else 0)
        self.require(target)
        self.require(source)
        stamp = stamp or self._latest_common_stamp(target, source)
        T_frame_source, source_stop = self._climb(source, stamp, goals={target})
        T_frame_target, target_stop = self._climb(target, stamp, goals=set(T_frame_source))
        common = next((frame for frame in T_frame_target if frame in T_frame_source), None)
        if common is None:
            raise target_stop or source_stop or _disconnected(target, source)
        return T_frame_target[common].inverse() @ T_frame_source[common], stamp

    def require(self, frame: str) -> None:
        """Raise unless the frame has a valid name and exists."""
        if not frame or frame.startswith('/'):
            raise InvalidArgumentException(f"frame {frame!r} is empty or starts with '/'")
        if frame not in self._links:
            raise LookupException(f'"{frame}" does not exist.')

    def _climb(
        self, start: str, stamp: int, goals: set[str]
    ) -> tuple[dict[str, Rigid], ExtrapolationException | None]:
        """T_frame_start of each frame from `start` up to a goal, and what stopped it."""
        frame, passed = start, {start: IDENTITY}
        while frame not in goals and (known := self._links[frame]) is not None:
            try:
                link = known.at(stamp) if isinstance(known, History) else known
            except ExtrapolationException as stop:
                return passed, stop
            _refuse_loop(link.parent, passed)
            passed[link.parent] = link.pose @ passed[frame]
            frame = link.parent
        return passed, None

    def _latest_common_stamp(self, target: str, source: str) -> int:
        above_source, above_target = self._newest_stamps(source), self._newest_stamps(target)
        common = next((frame for frame in above_target if frame in above_source), None)
        if common is None:
            raise _disconnected(target, source)
        stamp = min(above_source[common], above_target[common])
        return 0 if stamp == inf else int(stamp)

    def _newest_stamps(self, start: str) -> dict[str, float]:
        """For each frame above `start`: the newest stamp that the links between share."""
        frame, passed = start, {start: inf}
        while (link := self._newest(frame)) is not None:
            _refuse_loop(link.parent, passed)
            passed[link.parent] = min(passed[frame], link.stamp or inf)
            frame = link.parent
        return passed

    def _newest(self, frame: str) -> Link | None:
        known = self._links.get(frame)
        return known.newest if isinstance(known, History) else known


IDENTITY = Rigid(np.zeros(3), Rotation.identity())


def _refuse_loop(frame: str, passed: dict) -> None:
    if frame in passed:
        raise LookupException(f'the tree has a loop through frame {frame!r}')


def _disconnected(target: str, source: str) -> ConnectivityException:
    return ConnectivityException(
        f"no connection between '{target}' and '{source}': they are not part of the same tree"
    )
