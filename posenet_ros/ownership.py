# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether we may broadcast a transform: a frame has one parent, and one who says where it is.

No clock and no ROS: times come as arguments, in seconds.
"""

from collections import deque

# A moment in which anybody who broadcasts it will have done so: AMCL and SLAM send 10 to 50 a
# second.
WATCH_S = 1.0
# Stamps of our own by which we know them when they come back, more than are ever under way.
REMEMBERED = 1000


class Ownership:
    """Tells our own transforms to a child frame from those of others."""

    def __init__(self, child: str, now_s: float) -> None:
        self._child = child
        self._begins_s = now_s + WATCH_S
        self._sent: deque[tuple[str, int]] = deque(maxlen=REMEMBERED)
        self._conflict = ''

    @property
    def conflict(self) -> str:
        """Why we may not broadcast, empty while we may."""
        return self._conflict

    def granted(self, now_s: float) -> bool:
        """Whether nobody else was heard, and long enough was listened."""
        return not self._conflict and now_s >= self._begins_s

    def sent(self, parent: str, stamp_ns: int) -> None:
        """Note what we are about to broadcast."""
        self._sent.append((parent, stamp_ns))

    def heard(self, parent: str, child: str, stamp_ns: int) -> bool:
        """Take a transform from TF; true when it is the first that another node sent."""
        parent, child = parent.lstrip('/'), child.lstrip('/')
        if child != self._child or (parent, stamp_ns) in self._sent:
            return False
        first = not self._conflict
        self._conflict = (
            f"another node publishes '{parent}' to '{child}', and '{child}' can have one owner: "
            'stop that publisher (SLAM, AMCL, or a bag that plays /tf) and activate this node '
            'again, or set tf_mode to estimate or none; this node does not broadcast it'
        )
        return first
