# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the page knows of the node: what was heard, and what it comes to at one moment. Pure."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from posenet_ros.geometry import Array, distance
from posenet_ros.stamps import seconds_between

KEPT = 300  # poses
# The node speaks once a second on /diagnostics.
SILENT_AFTER_S = 3.5
# A robot does not drive this far between two pictures.
JUMP_M = 0.5


@dataclass(frozen=True)
class Sighting:
    """A published pose [4, 4], its covariance [6, 6], and what the node believed when it came."""

    stamp_ns: int
    T_map_base: Array
    covariance: Array
    published_ns: int
    state: str


@dataclass(frozen=True)
class Moment:
    """All that is shown of one moment.

    sightings     the last poses, the newest last
    truths        true positions [N, 3], the newest last; none where nobody knows the truth
    errors        distance in m and angle in degrees of each sighting to its truth [N, 2], NaN
                  where there is none
    handed_over   positions [N, 3] that went to initialpose
    silence       why nothing of this may be believed; empty while the node speaks
    """

    state: str
    reason: str
    sightings: tuple[Sighting, ...]
    T_map_truth: Array | None
    truths: Array
    errors: Array
    handed_over: Array
    diagnostics: dict[str, str]
    silence: str

    @property
    def newest(self) -> Sighting | None:
        """The newest pose."""
        return self.sightings[-1] if self.sightings else None

    @property
    def positions(self) -> Array:
        """Positions [N, 3] of the sightings."""
        return np.array([s.T_map_base[:3, 3] for s in self.sightings]).reshape(-1, 3)

    @property
    def ages_s(self) -> Array:
        """When each sighting was published, seconds before the newest: [N], at most 0."""
        newest_ns = self.sightings[-1].published_ns if self.sightings else 0
        return np.array([seconds_between(newest_ns, s.published_ns) for s in self.sightings])

    @property
    def latencies_ms(self) -> Array:
        """From the stamp of each sighting's picture to its publication: [N]."""
        return np.array(
            [1e3 * seconds_between(s.stamp_ns, s.published_ns) for s in self.sightings]
        )

    @property
    def newest_error(self) -> tuple[float, float] | None:
        """Error in m and degrees of the newest pose that has a truth among the last ones."""
        known = self.errors[-10:][np.isfinite(self.errors[-10:, 0])]
        return (float(known[-1, 0]), float(known[-1, 1])) if len(known) else None


@dataclass
class Record:
    """Collects what is heard; times are given by the caller."""

    node: str
    state: str = ''
    reason: str = ''
    diagnostics: dict[str, str] = field(default_factory=dict)
    _heard_s: float | None = None
    _sightings: deque[Sighting] = field(default_factory=lambda: deque(maxlen=KEPT))
    _truths: dict[int, Array] = field(default_factory=dict)
    _errors: dict[int, tuple[float, float]] = field(default_factory=dict)
    _handed_over: deque[Array] = field(default_factory=lambda: deque(maxlen=KEPT))

    def believe(self, state: str, reason: str) -> None:
        """Take what the node believes of itself, and why."""
        self.state, self.reason = state, reason

    def pose(self, stamp_ns: int, T_map_base: Array, covariance: Array, now_ns: int) -> None:
        """Take a pose [4, 4] with its covariance [6, 6], published at a time on the node's clock.

        After time jumped back everything begins anew.
        """
        if self._sightings and stamp_ns < self._sightings[-1].stamp_ns:
            self._sightings.clear()
            self._truths.clear()
        self._sightings.append(Sighting(stamp_ns, T_map_base, covariance, now_ns, self.state))
        if stamp_ns in self._truths:
            self._judge(self._sightings[-1])

    def truth(self, stamp_ns: int, T_map_base: Array) -> None:
        """Take the true pose [4, 4] at a stamp."""
        self._truths[stamp_ns] = T_map_base
        for sighting in self._sightings:
            if sighting.stamp_ns == stamp_ns:
                self._judge(sighting)
        for kept in (self._truths, self._errors):
            if len(kept) > 2 * KEPT:
                del kept[next(iter(kept))]

    def hand_over(self, T_map_base: Array) -> None:
        """Take a pose [4, 4] that went to initialpose."""
        self._handed_over.append(T_map_base[:3, 3])

    def diagnose(self, values: dict[str, str], now_s: float) -> None:
        """Take the node's word on /diagnostics, which says that it is alive."""
        self.diagnostics, self._heard_s = values, now_s

    def moment(self, now_s: float) -> Moment:
        """What all this comes to."""
        truths = np.array([T[:3, 3] for T in self._truths.values()]).reshape(-1, 3)
        return Moment(
            state=self.state,
            reason=self.reason,
            sightings=tuple(self._sightings),
            T_map_truth=next(reversed(self._truths.values()), None),
            truths=truths,
            errors=np.array(
                [self._errors.get(s.stamp_ns, (np.nan, np.nan)) for s in self._sightings]
            ).reshape(-1, 2),
            handed_over=np.array(self._handed_over).reshape(-1, 3),
            diagnostics=dict(self.diagnostics),
            silence=self._silence(now_s),
        )

    def _judge(self, sighting: Sighting) -> None:
        truth = self._truths[sighting.stamp_ns]
        position_m, angle_rad = distance(sighting.T_map_base, truth)
        self._errors[sighting.stamp_ns] = position_m, float(np.degrees(angle_rad))

    def _silence(self, now_s: float) -> str:
        if self._heard_s is None:
            return f"waiting for '{self.node}': nothing was heard from it on /diagnostics yet"
        silent_s = now_s - self._heard_s
        if silent_s < SILENT_AFTER_S:
            return ''
        return f"'{self.node}' has been silent for {silent_s:.0f} s: what is shown is old"
