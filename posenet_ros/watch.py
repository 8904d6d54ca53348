# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is new to the others, and whether they may be told by now (mode `continuous`)."""

from posenet_ros.stamps import seconds_between
from posenet_ros.states import State
from posenet_ros.trust import Decision


class Watch:
    """Remembers a new place until it is handed over, and when the last one was."""

    def __init__(self, cool_down_s: float) -> None:
        self._cool_down_s = cool_down_s
        self._news = False
        self._told_ns: int | None = None

    def see(self, decision: Decision) -> None:
        """Take what follows from the next frame."""
        if decision.state is not State.LOCALIZED:
            self._news = False
        elif decision.new:
            self._news = True

    def due(self, now_ns: int) -> bool:
        """Whether the place is new to the others and the last hand-over long enough ago."""
        if self._told_ns is None:
            return self._news
        return self._news and seconds_between(self._told_ns, now_ns) >= self._cool_down_s

    def told(self, now_ns: int) -> None:
        """Take note that the place was handed over."""
        self._news = False
        self._told_ns = now_ns

    def reset(self) -> None:
        """Forget all: the next place is new, and times before a jump mean nothing after it."""
        self._news = False
        self._told_ns = None
