# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One line now and then, not one a frame."""

PERIOD_S = 5.0


class Throttle:
    """Lets a message of each kind through at most once a period."""

    def __init__(self, period_s: float = PERIOD_S) -> None:
        self._period_s = period_s
        self._last: dict[str, float] = {}

    def allows(self, kind: str, now: float) -> bool:
        """Whether a message of this kind may be said at this time, in seconds."""
        last = self._last.get(kind)
        if last is not None and now - last < self._period_s:
            return False
        self._last[kind] = now
        return True
