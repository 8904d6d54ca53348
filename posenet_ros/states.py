# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node believes of itself, and how that follows from what the frames say.

searching --(frames agree)--> localized --(frames agree elsewhere)--> suspect
^                              ^                                     |
|                              +-----(new frames agree here)---------+
+---------------------(new frames agree elsewhere)-------------------+
"""

from enum import Enum


class State(Enum):
    """What the node believes of itself."""

    SEARCHING = 'searching'
    LOCALIZED = 'localized'
    SUSPECT = 'suspect'


class Verdict(Enum):
    """What the last frames mean for the place that is believed.

    SILENT     they agree on nothing, or on two places
    LOST       the same, and no odometry carries the place on: there is none, or none any more
    AGREED     they agree on a place, and there is none to compare it with
    HERE       they agree on the place that is believed
    ELSEWHERE  they agree on another
    """

    SILENT = 'silent'
    LOST = 'lost'
    AGREED = 'agreed'
    HERE = 'here'
    ELSEWHERE = 'elsewhere'


TABLE = {
    (State.SEARCHING, Verdict.SILENT): State.SEARCHING,
    (State.SEARCHING, Verdict.LOST): State.SEARCHING,
    (State.SEARCHING, Verdict.AGREED): State.LOCALIZED,
    (State.SEARCHING, Verdict.HERE): State.LOCALIZED,
    (State.SEARCHING, Verdict.ELSEWHERE): State.LOCALIZED,
    (State.LOCALIZED, Verdict.SILENT): State.LOCALIZED,
    (State.LOCALIZED, Verdict.LOST): State.SEARCHING,
    (State.LOCALIZED, Verdict.AGREED): State.LOCALIZED,
    (State.LOCALIZED, Verdict.HERE): State.LOCALIZED,
    (State.LOCALIZED, Verdict.ELSEWHERE): State.SUSPECT,
    (State.SUSPECT, Verdict.SILENT): State.SUSPECT,
    (State.SUSPECT, Verdict.LOST): State.SEARCHING,
    (State.SUSPECT, Verdict.AGREED): State.SEARCHING,
    (State.SUSPECT, Verdict.HERE): State.LOCALIZED,
    (State.SUSPECT, Verdict.ELSEWHERE): State.SEARCHING,
}


AGREEMENT = (Verdict.AGREED, Verdict.HERE)


def step(state: State, verdict: Verdict) -> State:
    """The state after a frame that made the last frames mean this."""
    return TABLE[state, verdict]
