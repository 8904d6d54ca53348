# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From frames to a decision: does the node know where the robot is, and may others act on it?

Nothing is handed over but by agreement; a frame that is doubted or refused speaks neither for a
place nor for a kidnap.  No clock and no ROS: times come as arguments.  How often hand-overs may
follow one another is for the caller to say.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from posenet_ros.agreement import errors_between, within
from posenet_ros.estimates import Handover
from posenet_ros.evidence import Evidence, Frame, weigh
from posenet_ros.geometry import Array
from posenet_ros.rules import Rules
from posenet_ros.stamps import later, seconds_between
from posenet_ros.states import AGREEMENT, State, Verdict, step


@dataclass(frozen=True)
class Decision:
    """What is believed and why, and what may be acted on.

    handover  the place that the frames agree on; None where nothing may be handed over
    new       whether the robot was not known to be there before: others should be told now
    """

    state: State
    reason: str
    handover: Handover | None = None
    new: bool = False


class Trust:
    """Watches the frames of one model in one map."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._held = ''
        self._frames: deque[Frame] = deque(maxlen=rules.window)
        self._T_map_odom: Array | None = None
        self._T_map_odom_others: Array | None = None
        self._agreed_ns = self._settled_ns = 0
        self._state, self._cause, self._new = State.SEARCHING, '', False

    def reset(self, reason: str) -> None:
        """Forget all frames and the place: time jumped, or the map or the model changed."""
        self._frames.clear()
        self._T_map_odom_others = None
        self._search(reason)

    def hold(self, reason: str) -> None:
        """Look at no frame and hand nothing over, for this reason, until `release`."""
        self.reset('')
        self._held = reason

    def release(self) -> None:
        """Search again, from the next frame on."""
        self._held = ''

    def observe(
        self, frame: Frame, now_ns: int, T_map_odom_others: Array | None = None
    ) -> Decision:
        """Take the next frame; what follows from it at the time now_ns.

        T_map_odom_others [4, 4] is what SLAM or AMCL believes, None where nobody else does.
        """
        self._new = False
        if self._held or self._comes_too_soon(frame):
            return self.decide(now_ns)
        self._T_map_odom_others = T_map_odom_others
        self._frames.append(frame)
        evidence = weigh(self._frames, now_ns, self._rules)
        verdict = self._verdict(evidence, now_ns)
        before, self._state = self._state, step(self._state, verdict)
        found = before is State.SEARCHING and self._state is State.LOCALIZED
        if evidence.place and (found or (verdict in AGREEMENT and self._state is State.LOCALIZED)):
            self._new = found and verdict is not Verdict.HERE
            self._believe(evidence.place, now_ns)
            return self._decision(evidence, True, now_ns)
        if self._state is State.SUSPECT is not before:
            T_map_odom = self._T_map_odom_believed(now_ns)
            assert evidence.place is not None
            assert T_map_odom is not None
            self._cause = _suspicion(evidence.place, T_map_odom)
            self._frames.clear()  # What raised the suspicion cannot confirm it too.
            evidence = weigh(self._frames, now_ns, self._rules)
        elif self._state is State.SEARCHING is not before:
            lost = verdict is Verdict.LOST
            self._search('the robot moved without odometry' if lost else 'the robot was moved')
        return self._decision(evidence, False, now_ns)

    def decide(self, now_ns: int) -> Decision:
        """What may be acted on at the time now_ns, without a further frame."""
        evidence = weigh(self._frames, now_ns, self._rules)
        localized = self._state is State.LOCALIZED
        agreed = localized and self._verdict(evidence, now_ns) in AGREEMENT
        return self._decision(evidence, agreed, now_ns)

    def _comes_too_soon(self, frame: Frame) -> bool:
        if not self._frames:
            return False
        since_s = seconds_between(self._frames[-1].stamp_ns, frame.stamp_ns)
        return 0.0 <= since_s < self._rules.spacing_s

    def _verdict(self, evidence: Evidence, now_ns: int) -> Verdict:
        place, T_map_odom = evidence.place, self._T_map_odom_believed(now_ns)
        contested = evidence.rival is not None
        # Of a robot that was moved, some of the last frames still show where it was.
        decided = not contested or self._state is State.LOCALIZED
        if place is not None and decided and self._contradicts(place, T_map_odom):
            return Verdict.ELSEWHERE
        if place is None or contested:
            return Verdict.LOST if T_map_odom is None or evidence.adrift else Verdict.SILENT
        compared = T_map_odom is not None and place.T_odom_base is not None
        return Verdict.HERE if compared else Verdict.AGREED

    def _contradicts(self, place: Handover, T_map_odom: Array | None) -> bool:
        """Whether the place is beyond the cap, and beyond what two such answers differ by."""
        if T_map_odom is None or place.T_odom_base is None:
            return False
        error = _error(place.T_map_base, T_map_odom @ place.T_odom_base)
        if within(error[None], self._rules.cap)[0]:
            return False
        return bool(error @ np.linalg.solve(2.0 * place.covariance, error) > self._rules.gate)

    def _T_map_odom_believed(self, now_ns: int) -> Array | None:
        # Who was told of a new place a moment ago may not have followed yet.
        if self._T_map_odom_others is None or now_ns < self._settled_ns:
            return self._T_map_odom
        return self._T_map_odom_others

    def _believe(self, place: Handover, now_ns: int) -> None:
        if place.T_odom_base is not None or self._new:
            self._T_map_odom = place.T_map_odom
        self._agreed_ns = now_ns
        if self._new:
            self._settled_ns = later(now_ns, self._rules.settle_s)

    def _search(self, cause: str) -> None:
        self._state, self._cause, self._new = State.SEARCHING, cause, False
        self._T_map_odom = None
        self._agreed_ns = self._settled_ns = 0

    def _decision(self, evidence: Evidence, agreed: bool, now_ns: int) -> Decision:
        if self._held:
            return Decision(self._state, f'nothing is handed over: {self._held}')
        reason = self._reason(evidence.sentence, agreed, now_ns)
        if not agreed:
            return Decision(self._state, reason)
        return Decision(self._state, reason, evidence.place, self._new)

    def _reason(self, sentence: str, agreed: bool, now_ns: int) -> str:
        if self._state is State.SUSPECT:
            return f'kidnapped? {self._cause}; since then {sentence}'
        if self._state is State.SEARCHING:
            return f'{sentence} (searching since {self._cause})' if self._cause else sentence
        if agreed:
            return sentence
        silence_s = seconds_between(self._agreed_ns, now_ns)
        if silence_s < self._rules.silence_s:
            return sentence
        return f'no frames agreed for {silence_s:.0f} s, odometry alone is followed: {sentence}'


def _suspicion(place: Handover, T_map_odom: Array) -> str:
    assert place.T_odom_base is not None
    error = _error(place.T_map_base, T_map_odom @ place.T_odom_base)
    metres, degrees = np.linalg.norm(error[:3]), np.degrees(np.linalg.norm(error[3:]))
    return f'frames agreed on a place {metres:.2f} m and {degrees:.0f} deg from the last one'


def _error(T_a: Array, T_b: Array) -> Array:
    return errors_between(T_a[None], T_b)[0]
