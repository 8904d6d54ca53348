# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A transform as it changes over time: interpolated, held at its latest value, or constant."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError, stamp_text
from posenet_training.importers.bag.jumps import steps
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.quaternion_pose import UNIT_TOLERANCE
from posenet_training.importers.trajectory import Trajectory, interpolated


class NoPose(LookupError):
    """There is no pose at a stamp: what is wrong, and which stamp it is wrong for."""

    def __init__(self, what: str, which: str) -> None:
        super().__init__(f'{what}: {which}')
        self.what = what
        self.which = which


class Motion(Protocol):
    """A transform T_a_b over time."""

    def at(self, stamp_ns: int) -> Array:
        """Return T_a_b [4, 4] at a stamp; raises NoPose."""

    def gaps_before(self, stamp_ns: int) -> int:
        """How many gaps, in which nobody knows the transform, ended before a stamp."""


@dataclass(frozen=True)
class Track:
    """Samples of a transform T_a_b.

    name        what people call it: "'odom' -> 'base_link'"
    stamps_ns   [N], int64, growing, N > 0
    T_a_b       [N, 4, 4]
    """

    name: str
    stamps_ns: NDArray[np.int64]
    T_a_b: Array

    @staticmethod
    def of(trajectory: Trajectory, name: str) -> 'Track':
        """The poses of a trajectory."""
        stamps_ns = np.array(trajectory.stamps_ns, dtype=np.int64)
        return Track(name, stamps_ns, trajectory.T_map_camera)

    def latest(self, stamp_ns: int) -> int:
        """Index of the latest sample not after a stamp; -1 before the first."""
        return int(np.searchsorted(self.stamps_ns, stamp_ns, side='right')) - 1


class Samples:
    """Collects the samples of a track in the order in which they were recorded.

    Compact, because TF of a long drive has millions of them: 64 bytes each.
    """

    def __init__(self) -> None:
        self._stamps_ns = array('q')
        self._numbers = array('d')

    def add(self, stamp_ns: int, position: Iterable[float], q_xyzw: Iterable[float]) -> None:
        """Add a sample, whatever its numbers are."""
        self._stamps_ns.append(stamp_ns)
        self._numbers.extend((*position, *q_xyzw))

    def __len__(self) -> int:
        return len(self._stamps_ns)

    def track(self, name: str, complaints: Complaints) -> Track:
        """The track of the samples, sorted; of several with one stamp the last recorded counts.

        Samples that are not finite, or whose quaternion is not of unit length, are complaints.
        Raises SceneError when none is left.
        """
        stamps_ns = np.array(self._stamps_ns, dtype=np.int64)
        numbers = np.array(self._numbers, dtype=np.float64).reshape(-1, 7)
        good = _is_pose(numbers)
        for row in np.flatnonzero(~good):
            complaints.add(
                f'pose of {name} is not finite or its quaternion not of unit length',
                f'{stamp_text(int(stamps_ns[row]))} {numbers[row].tolist()}',
            )
        if not good.any():
            raise SceneError(f'no pose of {name} can be used: none is finite and a rotation')
        stamps_ns, numbers = stamps_ns[good], numbers[good]
        order = np.argsort(stamps_ns, kind='stable')
        stamps_ns, numbers = stamps_ns[order], numbers[order]
        last = np.append(stamps_ns[1:] != stamps_ns[:-1], True)
        return Track(name, stamps_ns[last], _transforms(numbers[last]))


def _is_pose(numbers: Array) -> NDArray[np.bool_]:
    """Which rows x y z qx qy qz qw [N, 7] are poses."""
    lengths = np.linalg.norm(numbers[:, 3:], axis=1)
    near_unit = np.abs(lengths - 1.0) <= UNIT_TOLERANCE
    return np.isfinite(numbers).all(axis=1) & near_unit


def _transforms(numbers: Array) -> Array:
    T_a_b = np.tile(np.eye(4), (len(numbers), 1, 1))
    T_a_b[:, :3, :3] = Rotation.from_quat(numbers[:, 3:]).as_matrix()
    T_a_b[:, :3, 3] = numbers[:, :3]
    return T_a_b


@dataclass(frozen=True)
class Constant:
    """A transform that never changes."""

    T_a_b: Array

    def at(self, stamp_ns: int) -> Array:
        return self.T_a_b

    def gaps_before(self, stamp_ns: int) -> int:
        return 0


class Interpolated:
    """Positions are interpolated linearly, rotations along the shortest arc.

    Not over a gap, and not over a jump: where `jumps` [N-1] says that the motion from a sample to
    the next is none.  Both count as gaps.
    """

    def __init__(
        self, track: Track, max_gap_ns: int, jumps: NDArray[np.bool_] | None = None
    ) -> None:
        self._track = track
        self._max_gap_ns = max_gap_ns
        self._jumps = np.zeros(len(track.stamps_ns) - 1, np.bool_) if jumps is None else jumps
        gaps = np.diff(track.stamps_ns) > max_gap_ns
        self._gap_ends = track.stamps_ns[1:][gaps | self._jumps]

    def at(self, stamp_ns: int) -> Array:
        track = self._track
        first, last = int(track.stamps_ns[0]), int(track.stamps_ns[-1])
        if not first <= stamp_ns <= last:
            raise NoPose(
                f'picture was taken outside of the time of {track.name} '
                f'({stamp_text(first)} to {stamp_text(last)})',
                stamp_text(stamp_ns),
            )
        before = track.latest(stamp_ns)
        start = int(track.stamps_ns[before])
        if start == stamp_ns:
            return track.T_a_b[before]
        interval = int(track.stamps_ns[before + 1]) - start
        self._check_known(before, interval, stamp_ns)
        share = (stamp_ns - start) / interval
        return interpolated(track.T_a_b[before], track.T_a_b[before + 1], share)

    def _check_known(self, before: int, interval: int, stamp_ns: int) -> None:
        if interval > self._max_gap_ns:
            raise NoPose(
                f'picture was taken in a gap of {self._track.name} longer than --max-gap '
                f'{self._max_gap_ns / 1e9:g} s',
                f'{stamp_text(stamp_ns)} (gap of {interval / 1e9:.3f} s)',
            )
        if self._jumps[before]:
            moved_m, turned_rad = steps(self._track.T_a_b[before : before + 2])
            raise NoPose(
                f'picture was taken while {self._track.name} jumped, faster than --max-speed or '
                '--max-turn-rate',
                f'{stamp_text(stamp_ns)} ({moved_m[0]:.3f} m and {np.degrees(turned_rad[0]):.1f} '
                f'degrees in {interval / 1e9:.3f} s)',
            )

    def gaps_before(self, stamp_ns: int) -> int:
        return int(np.searchsorted(self._gap_ends, stamp_ns, side='right'))


class Held:
    """The latest value not after the stamp: for corrections, which jump and are no motion.

    `ahead_ns` is how far the samples are dated into the future, as localizers do so that others
    need not wait for them (REP-105); it is taken off their stamps.
    """

    def __init__(self, track: Track, ahead_ns: int = 0) -> None:
        self._track = track
        self._ahead_ns = ahead_ns

    def at(self, stamp_ns: int) -> Array:
        index = self._track.latest(stamp_ns + self._ahead_ns)
        if index < 0:
            first = stamp_text(int(self._track.stamps_ns[0]) - self._ahead_ns)
            raise NoPose(
                f'picture was taken before the first {self._track.name} ({first})',
                stamp_text(stamp_ns),
            )
        return self._track.T_a_b[index]

    def gaps_before(self, stamp_ns: int) -> int:
        return 0
