# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is broadcast as map to odom: the agreed T_map_odom, at once or by and by.

No clock and no ROS: times come as arguments.  Both factors of a correction belong to the stamp of
one picture (REP-105), so that it does not matter how late it comes.
"""

from dataclasses import dataclass

from posenet_ros.geometry import Array, between, inverse
from posenet_ros.stamps import later, seconds_between
from posenet_ros.states import State
from posenet_ros.trust import Decision

WITHDRAW = 'withdraw'
SMOOTH = 'smooth'


@dataclass(frozen=True)
class Correction:
    """A new T_map_odom [4, 4], from the time on at which it came.

    T_odom_base [4, 4] is where the robot was then: what glides is its place, not the origin of
    odometry, which may be far away and would swing the robot about when it turns.
    """

    began_ns: int
    T_map_odom: Array
    T_odom_base: Array

    def share(self, now_ns: int, duration_s: float) -> float:
        """How much of it is done: 0 to 1."""
        if now_ns >= later(self.began_ns, duration_s):
            return 1.0
        return max(seconds_between(self.began_ns, now_ns) / duration_s, 0.0)

    def applied(self, T_map_odom_before: Array, share: float) -> Array:
        """T_map_odom when this share of the robot's way from the old belief is done."""
        T_before = T_map_odom_before @ self.T_odom_base
        T_after = self.T_map_odom @ self.T_odom_base
        return between(T_before, T_after, share) @ inverse(self.T_odom_base)


class MapOdom:
    """Follows what is decided about the robot's place, from frame to frame.

    duration_s  time that each correction takes; 0 jumps.  One that comes before another is done
                is laid over it: each is done after its own time, and nothing ever jumps
    when_lost   'hold' goes on with the last transform when the node is no longer localized,
                'withdraw' has none then
    """

    def __init__(self, duration_s: float, when_lost: str) -> None:
        self._duration_s = duration_s
        self._when_lost = when_lost
        # Replaced as a whole: one thread follows while another asks.
        self._corrections: tuple[Correction, ...] = ()

    def follow(self, decision: Decision, now_ns: int) -> None:
        """Take what was decided at the time now_ns."""
        place = decision.handover
        if place is not None and place.T_odom_base is not None:
            assert place.T_map_odom is not None
            correction = Correction(now_ns, place.T_map_odom, place.T_odom_base)
            # A jump is done when it comes: nothing before it counts.
            before = self._unfinished(now_ns) if self._duration_s else ()
            self._corrections = (*before, correction)
        elif decision.state is not State.LOCALIZED and self._when_lost == WITHDRAW:
            self.forget()

    def forget(self) -> None:
        """Have none: time jumped, or the map is another one."""
        self._corrections = ()

    def at(self, now_ns: int) -> Array | None:
        """T_map_odom [4, 4] at the time now_ns, None while there is none to broadcast."""
        corrections = self._corrections
        if not corrections:
            return None
        T_map_odom = corrections[0].T_map_odom
        for correction in corrections[1:]:
            share = correction.share(now_ns, self._duration_s)
            T_map_odom = correction.applied(T_map_odom, share)
        return T_map_odom

    def _unfinished(self, now_ns: int) -> tuple[Correction, ...]:
        """The last correction that is done, and those after it."""
        corrections = self._corrections
        done = [i for i, c in enumerate(corrections) if c.share(now_ns, self._duration_s) >= 1.0]
        return corrections[done[-1] :] if done else corrections
