# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The TF tree over time, and chains of its edges from one frame to another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posenet_ros.geometry import Array, inverse
from posenet_ros.scene import SceneError
from posenet_training.importers.bag.tracks import Constant, Motion, Samples, Track
from posenet_training.importers.complaints import Complaints

# How many frames of a tree a sentence names.
FRAMES_NAMED = 8

# What to make of the track of an edge by which the way comes to a frame, maybe against the edge.
MotionOf = Callable[[str, Track, bool], Motion]


@dataclass(frozen=True)
class Step:
    """One edge on the way from a frame to the next: along the tree, or against it."""

    start: str
    end: str
    motion: Motion
    against: bool

    def at(self, stamp_ns: int) -> Array:
        """Return T_start_end [4, 4] at a stamp."""
        T = self.motion.at(stamp_ns)
        return inverse(T) if self.against else T


@dataclass(frozen=True)
class Chain:
    """Edges one after another, itself a transform over time; an empty chain is the identity."""

    steps: tuple[Step, ...] = ()

    def at(self, stamp_ns: int) -> Array:
        """Return T_start_end [4, 4] of the whole chain at a stamp; raises NoPose."""
        T = np.eye(4)
        for step in self.steps:
            T = T @ step.at(stamp_ns)
        return T

    def gaps_before(self, stamp_ns: int) -> int:
        """How many gaps of any edge ended before a stamp."""
        return sum(step.motion.gaps_before(stamp_ns) for step in self.steps)

    def split_at(self, frame: str) -> tuple['Chain', 'Chain']:
        """The chain up to a frame and the rest; empty and the whole when it is not on the way."""
        ends = [step.end for step in self.steps]
        cut = ends.index(frame) + 1 if frame in ends else 0
        return Chain(self.steps[:cut]), Chain(self.steps[cut:])


class TransformTree:
    """What /tf and /tf_static said, by edge (parent, child).

    Samples that are no poses are complaints once they are needed.
    """

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._moving: dict[tuple[str, str], Samples] = {}
        self._static: dict[tuple[str, str], Samples] = {}

    def add(
        self,
        edge: tuple[str, str],
        stamp_ns: int,
        position: Iterable[float],
        q_xyzw: Iterable[float],
    ) -> None:
        """Add a sample of T_parent_child."""
        self._moving.setdefault(edge, Samples()).add(stamp_ns, position, q_xyzw)

    def add_static(
        self, edge: tuple[str, str], position: Iterable[float], q_xyzw: Iterable[float]
    ) -> None:
        """Set T_parent_child for all times; the last one said counts."""
        self._static[edge] = Samples()
        self._static[edge].add(0, position, q_xyzw)

    def is_empty(self) -> bool:
        """Whether there is no transform at all."""
        return not self._edges()

    def chain(self, start: str, end: str, motion_of: MotionOf) -> Chain:
        """The way from a frame to another; `motion_of` decides on each edge that moves.

        Raises SceneError when TF never connects the two or a frame on the way has two parents.
        """
        if start == end:
            return Chain()
        down = self._ancestry(end, until=start)
        up = self._ancestry(start, until=down[-1])
        if up[-1] != down[-1]:
            raise SceneError(self._unconnected(start, end))
        top = next(frame for frame in up if frame in down)
        up, down = up[: up.index(top) + 1], down[: down.index(top) + 1][::-1]
        way = pairwise([*up, *down[1:]])
        return Chain(tuple(self._step(start, end, motion_of) for start, end in way))

    def _step(self, start: str, end: str, motion_of: MotionOf) -> Step:
        edges = self._edges()
        against = (start, end) not in edges
        edge = (end, start) if against else (start, end)
        # A transform that is on /tf as well moves, whatever /tf_static said of it.
        if edge in self._moving:
            track = self._moving[edge].track(_name(edge), self._complaints)
            return Step(start, end, motion_of(end, track, against), against)
        track = self._static[edge].track(_name(edge), self._complaints)
        return Step(start, end, Constant(track.T_a_b[0]), against)

    def _edges(self) -> set[tuple[str, str]]:
        return self._moving.keys() | self._static.keys()

    def _ancestry(self, frame: str, until: str) -> list[str]:
        """The frame, its parent, and so on to the root, or to a frame above which is no need."""
        line = [frame]
        while line[-1] != until and (parents := self._parents(line[-1])):
            if len(parents) > 1:
                raise SceneError(
                    f"frame '{line[-1]}' has two parents in TF, '{parents[0]}' and "
                    f"'{parents[1]}': who publishes it twice must be left out of the bag, or the "
                    'poses be given with --trajectory or --pose-topic'
                )
            if parents[0] in line:
                raise SceneError(
                    f"TF is no tree: going up from '{frame}' one comes to '{parents[0]}' again"
                )
            line.append(parents[0])
        return line

    def _parents(self, frame: str) -> list[str]:
        return sorted(parent for parent, child in self._edges() if child == frame)

    def _unconnected(self, start: str, end: str) -> str:
        edges = self._edges()
        known = {frame for edge in edges for frame in edge}
        missing = [f"'{frame}'" for frame in (start, end) if frame not in known]
        verb = 'are' if len(missing) > 1 else 'is'
        reason = f'; {" and ".join(missing)} {verb} in no transform' if missing else ''
        return (
            f"TF never connects '{start}' with '{end}'{reason}; the trees in the bag are "
            f'{self.trees()}: name the frames by --map-frame, --camera-frame or '
            '--trajectory-frame, or give the poses with --trajectory or --pose-topic'
        )

    def trees(self) -> str:
        """All trees for people: their roots, with the frames below."""
        edges = self._edges()
        roots = sorted({parent for parent, _ in edges} - {child for _, child in edges})
        return '; '.join(f"'{root}' ({_some(_below(root, edges))})" for root in roots) or 'none'


def _below(root: str, edges: set[tuple[str, str]]) -> list[str]:
    """Frames below a root, level by level."""
    found: list[str] = []
    level = {root}
    while level := {child for parent, child in edges if parent in level} - {root, *found}:
        found += sorted(level)
    return found


def _some(names: list[str]) -> str:
    more = f' and {len(names) - FRAMES_NAMED} more' if len(names) > FRAMES_NAMED else ''
    return ', '.join(names[:FRAMES_NAMED]) + more


def _name(edge: tuple[str, str]) -> str:
    parent, child = edge
    return f"'{parent}' -> '{child}'"
