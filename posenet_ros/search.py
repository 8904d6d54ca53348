# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A search for the robot's place that someone asked for and waits for."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Whether the place was handed over, and the sentence that says so or why not."""

    success: bool
    message: str


class Search:
    """The one search that is going on, if any, and all who wait for its answer."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[Answer], object]] = []
        self._until_s = 0.0

    @property
    def active(self) -> bool:
        """Whether someone waits."""
        return bool(self._waiting)

    def join(self, tell: Callable[[Answer], object], until_s: float) -> None:
        """Wait for the answer until a time in seconds; a search that goes on keeps its own."""
        if not self._waiting:
            self._until_s = until_s
        self._waiting.append(tell)

    def overdue(self, now_s: float) -> bool:
        """Whether someone waits who was to wait no longer."""
        return self.active and now_s >= self._until_s

    def end(self, answer: Answer) -> None:
        """Give all who wait this answer."""
        waiting, self._waiting = self._waiting, []
        for tell in waiting:
            tell(answer)
