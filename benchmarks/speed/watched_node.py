# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The relocalization node with stopwatches on it, a process like any other.

    python -m benchmarks.speed.watched_node TIMES.npy plain|interleaved --ros-args ...

Writes one row a published pose: COLUMNS.  Interleaved, the bare engine answers each crop again as
soon as its pose is published, in the same thread.
"""

import sys
import time
from typing import Any

import numpy as np
import torch

import posenet_ros.node
from posenet_ros import messages
from posenet_ros.localization import BasePose
from posenet_ros.session import Frame, Session
from posenet_ros.sight import Seen

# Seconds; `taken` is a time of the monotonic clock, `bare` is nan where the engine was not asked.
COLUMNS = ('taken', 'transport', 'slot', 'path', 'after', 'inference', 'bare')
# An hour of 50 Hz; the memory that notes take is taken before anything is watched.
MOST_ROWS = 180_000


class WatchedSession(Session):
    """A session that notes when each picture was where."""

    interleaved = False
    rows = np.full((MOST_ROWS, len(COLUMNS)), np.nan)
    count = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._arrived: dict[int, tuple[float, float]] = {}
        self._published = float('nan')

    def picture(self, message: Any) -> None:
        """As Session."""
        stamp_ns = messages.stamp_ns(message.header.stamp)
        self._arrived[stamp_ns] = (time.monotonic(), 1e-9 * (time.time_ns() - stamp_ns))
        super().picture(message)

    def _process(self, frame: Frame) -> None:
        taken, self._published = time.monotonic(), float('nan')
        super()._process(frame)
        ended = time.monotonic()
        arrived, transport = self._arrived.pop(frame.stamp_ns)
        for stamp_ns in [stamp_ns for stamp_ns in self._arrived if stamp_ns < frame.stamp_ns]:
            del self._arrived[stamp_ns]
        if self._published != self._published or self.count == MOST_ROWS:
            return
        slot, path, after = taken - arrived, self._published - taken, ended - self._published
        bare = self._bare() if self.interleaved else float('nan')
        row = (taken, transport, slot, path, after, self._seen.inference_s, bare)
        self.rows[self.count] = row
        WatchedSession.count += 1

    def _see(self, frame: Frame) -> Seen:
        self._seen = super()._see(frame)
        return self._seen

    def _publish(self, frame: Frame, pose: BasePose) -> None:
        super()._publish(frame, pose)
        self._published = time.monotonic()

    def _bare(self) -> float:
        crops = torch.from_numpy(self._seen.crop)[None]
        began = time.monotonic()
        self._seen.model.answers(crops)
        return time.monotonic() - began


def main() -> None:
    """Run the node until it is interrupted, then write what was seen."""
    WatchedSession.interleaved = sys.argv[2] == 'interleaved'
    posenet_ros.node.Session = WatchedSession  # type: ignore[misc,assignment]
    posenet_ros.node.run()
    np.save(sys.argv[1], WatchedSession.rows[: WatchedSession.count])


if __name__ == '__main__':
    main()
