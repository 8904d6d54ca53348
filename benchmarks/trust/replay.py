# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Decisions on the frames of an episode, as the node takes them when it recovers by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.trust.looking import Seen
from benchmarks.trust.watching import Watched
from posenet_ros.estimates import Refused
from posenet_ros.evidence import TWO_PLACES
from posenet_ros.geometry import Array, distance
from posenet_ros.rules import Rules
from posenet_ros.states import State
from posenet_ros.trust import Decision, Trust
from simulation.episodes import FRAMES_PER_S, Episode, Spoilt

# So far off a hand-over does harm: metres and radians.
WRONG = np.array([0.5, np.radians(10.0)])


@dataclass(frozen=True)
class Replay:
    """What came of an episode of N frames.

    spoilt [N]         names of Spoilt
    doubts             kinds of doubt about each frame
    strain [N], error [N, 2], radii [N, 2, L]   as in Seen
    states             after each frame
    offered [N, 2]     error of the place that ~/relocalize would have handed over, m and rad;
                       nan where nothing would have been
    told [N]           whether the node handed it over by itself
    undecided [N]      whether it said that it cannot decide between two places
    """

    episode: Episode
    spoilt: NDArray[np.str_]
    doubts: tuple[tuple[str, ...], ...]
    strain: Array
    error: Array
    radii: Array
    states: tuple[State, ...]
    offered: Array
    told: NDArray[np.bool_]
    undecided: NDArray[np.bool_]

    @property
    def good(self) -> NDArray[np.bool_]:
        """[N] whether nothing spoils the picture."""
        return self.spoilt == Spoilt.none.value

    @property
    def doubted(self) -> NDArray[np.bool_]:
        """[N] whether the frame was refused or doubted."""
        return np.array([bool(kinds) for kinds in self.doubts])

    @property
    def handed_over(self) -> Array:
        """[H, 2] errors of the places that were handed over, m and rad."""
        return self.offered[self.told]


def replay(episode: Episode, watched: Watched, frames: Iterable[Seen], rules: Rules) -> Replay:
    """Show the frames of an episode to a node that was just switched on."""
    trust = Trust(rules)
    shown = list(frames)
    decisions = [trust.observe(each.frame, each.frame.stamp_ns) for each in shown]
    return Replay(
        episode=episode,
        spoilt=watched.spoilt,
        doubts=tuple(_kinds(each) for each in shown),
        strain=np.array([each.strain for each in shown]),
        error=np.stack([each.error for each in shown]),
        radii=np.stack([each.radii for each in shown]),
        states=tuple(decision.state for decision in decisions),
        offered=np.stack([_offered(decision, watched) for decision in decisions]),
        told=np.array([decision.new for decision in decisions]),
        undecided=np.array([decision.reason.startswith(TWO_PLACES) for decision in decisions]),
    )


def is_wrong(errors: Array) -> NDArray[np.bool_]:
    """Which of the errors [..., 2] of places would send a robot astray; nan does not."""
    return np.any(errors > WRONG, axis=-1)


def recovery_s(kidnap: Replay) -> float:
    """Seconds from the first frame after a kidnap to the first right hand-over; inf for none."""
    first = kidnap.episode.kidnapped_at or 0
    right = kidnap.told & ~is_wrong(kidnap.offered)
    frames = np.flatnonzero(right[first:])
    return float(frames[0]) / FRAMES_PER_S if len(frames) else np.inf


def _kinds(each: Seen) -> tuple[str, ...]:
    if isinstance(each.frame, Refused):
        return (each.frame.doubt.kind,)
    return tuple(doubt.kind for doubt in each.frame.doubts)


def _offered(decision: Decision, watched: Watched) -> Array:
    if decision.handover is None:
        return np.full(2, np.nan)
    row = int(np.searchsorted(watched.stamp_ns, decision.handover.stamp_ns))
    return np.array(distance(decision.handover.T_map_base, watched.T_map_base[row]))
