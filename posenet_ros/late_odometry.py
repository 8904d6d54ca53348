# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Frames that wait for odometry, which may arrive after the picture."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from posenet_ros.estimates import Estimate
from posenet_ros.evidence import Frame
from posenet_ros.geometry import Array

# T_odom_base [4, 4] at a stamp in nanoseconds; None where odometry does not reach it.
Odometry = Callable[[int], Array | None]


@dataclass(frozen=True)
class Waiting:
    """A frame of an era, waiting since a time in seconds."""

    frame: Frame
    era: int
    since_s: float


class LateOdometry:
    """Keeps frames in the order in which they came, each until odometry reaches its stamp.

    One thread may put frames while another takes them.
    """

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()

    @property
    def waits(self) -> bool:
        """Whether a frame waits."""
        return bool(self._waiting)

    def put(self, frame: Frame, era: int, now_s: float) -> None:
        """Let the next frame wait."""
        self._waiting.append(Waiting(frame, era, now_s))

    def clear(self) -> None:
        """Let nothing wait any longer."""
        self._waiting.clear()

    def ready(self, odometry: Odometry, now_s: float, patience_s: float) -> Iterator[Waiting]:
        """Take the frames that wait no longer: with odometry, or without it after patience_s.

        A frame that must wait holds those behind it, so that none overtakes another.
        """
        while self._waiting:
            first = self._waiting[0]
            frame = first.frame
            if isinstance(frame, Estimate):
                T_odom_base = odometry(frame.stamp_ns)
                if T_odom_base is None and now_s - first.since_s < patience_s:
                    return
                first = replace(first, frame=replace(frame, T_odom_base=T_odom_base))
            self._waiting.popleft()
            yield first
