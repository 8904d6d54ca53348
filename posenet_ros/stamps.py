# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tell pictures that arrive out of order from a clock that jumped."""

from dataclasses import dataclass
from enum import Enum, auto

from posenet_ros.refusal import StampRefusal

NS_PER_S = 1_000_000_000
OUT_OF_ORDER_NS = NS_PER_S
OLDER_IN_A_ROW = 3


def seconds_between(earlier_ns: int, later_ns: int) -> float:
    """Seconds from one stamp to another."""
    return (later_ns - earlier_ns) / NS_PER_S


def later(stamp_ns: int, seconds: float) -> int:
    """Stamp that many seconds later, nanoseconds."""
    return stamp_ns + round(seconds * NS_PER_S)


def describe(stamp_ns: int) -> str:
    """Stamp in seconds for people, to the millisecond."""
    return f'{stamp_ns / NS_PER_S:.3f} s'


class Order(Enum):
    """How a stamp follows the ones before it."""

    NEWER = auto()
    TIME_JUMP = auto()


@dataclass
class StampGuard:
    """Judges stamps in the order of their arrival.

    A stamp up to a second older than the newest is a picture out of order.  A larger step back,
    or the third older one in a row, means that time itself jumped (a bag that starts again).
    """

    _newest_ns: int | None = None
    _older: int = 0

    def check(self, stamp_ns: int) -> Order:
        """Take the next stamp, in nanoseconds; raises StampRefusal when it cannot be used."""
        if stamp_ns <= 0:
            raise StampRefusal(
                'picture without a stamp: the camera driver must stamp it when it takes it'
            )
        if stamp_ns == self._newest_ns:
            raise StampRefusal(
                'picture with the stamp of the one before it: the camera hangs, or its clock does'
            )
        if self._newest_ns is None or stamp_ns > self._newest_ns:
            order = Order.NEWER
        elif self._jumped(stamp_ns):
            order = Order.TIME_JUMP
        else:
            self._older += 1
            late_ms = (self._newest_ns - stamp_ns) / 1e6
            raise StampRefusal(
                f'picture out of order, {late_ms:.1f} ms older than the one before it: only one '
                'camera may publish on the image topic'
            )
        self._newest_ns = stamp_ns
        self._older = 0
        return order

    def reset(self) -> None:
        """Forget what was seen: the next stamp is the first."""
        self._newest_ns = None
        self._older = 0

    def _jumped(self, stamp_ns: int) -> bool:
        assert self._newest_ns is not None
        step_back = self._newest_ns - stamp_ns >= OUT_OF_ORDER_NS
        return step_back or self._older + 1 >= OLDER_IN_A_ROW
