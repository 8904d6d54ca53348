# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All numbers by which frames become a decision, with the reason for each."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtri

DEGREES_OF_FREEDOM = 6


@dataclass(frozen=True)
class Cap:
    """How far a frame may be from a place and still speak for it: metres and radians."""

    position: float
    angle: float


@dataclass(frozen=True)
class Rules:
    """When frames agree, and when they contradict what was agreed before.

    max_age_s            oldest frame that may speak for a hand-over, seconds
    window               last frames that are looked at, of whatever kind.  Those older than
                         max_age_s speak against a hand-over only: 2 s at 10 Hz show whether the
                         network goes back and forth between two places
    agreeing             frames that must agree: 0.7 s at 10 Hz, of two seconds in which a lost
                         robot should know its place; with five, twice as many frames of rooms
                         put up from our own walls pass, and no more robots know theirs in time
    agreeing_standing    the same without odometry, where nothing tells motion from error
    share                least part of all young frames, refused and doubted ones included, that
                         must agree: a foreign room lets single frames pass, not every second one.
                         Of all frames in the window as many must be trusted at all: where another
                         room has a wall like ours, frames pass while it is in view
    rival_share          part of the votes at a second place from which on nothing is decided:
                         one stray frame of five is none yet, two of seven are
    gate_probability     of frames whose covariance holds, the part that chi-square lets agree
    cap                  limit to agreement however wide the covariance: half of what would send
                         a robot astray, and what a good model keeps in all but stray frames
    cap_standing         the same without odometry: pictures of one place differ by noise alone,
                         and 0.1 m within max_age_s is a robot that creeps
    spacing_s            frames sooner than this after another are left out, or the window of a
                         fast camera would be shorter than span_s
    span_s               the agreeing frames span this time ...
    span_position        ... or this way ...
    span_angle           ... or this turn: frames of one moment are one frame seen several times
    look_position        way after which the error of a frame has become another, and
    look_angle           the turn: between frames that are closer, errors are taken as the same
    odometry_drift       error of odometry as a part of the way and of the turn
    silence_s            time without an agreeing frame that is worth saying
    belief_s             oldest map to odom that still says what its owner believes
    settle_s             time that whoever owns map to odom may take to follow a hand-over
    """

    max_age_s: float = 1.0
    window: int = 20
    agreeing: int = 7
    agreeing_standing: int = 8
    share: float = 0.5
    rival_share: float = 0.25
    gate_probability: float = 0.99
    cap: Cap = Cap(0.5, float(np.radians(10.0)))
    cap_standing: Cap = Cap(0.1, float(np.radians(5.0)))
    spacing_s: float = 0.03
    span_s: float = 0.4
    span_position: float = 0.1
    span_angle: float = float(np.radians(5.0))
    look_position: float = 0.5
    look_angle: float = float(np.radians(30.0))
    odometry_drift: float = 0.05
    silence_s: float = 10.0
    belief_s: float = 5.0
    settle_s: float = 2.0

    def __post_init__(self) -> None:
        if not 2 <= self.agreeing <= self.agreeing_standing <= self.window:
            raise ValueError(
                f'{self.agreeing} frames of {self.window} ({self.agreeing_standing} without '
                'odometry) cannot agree: it must be 2 <= agreeing <= agreeing_standing <= window'
            )

    @cached_property
    def gate(self) -> float:
        """Squared Mahalanobis distance up to which two frames agree."""
        return float(chdtri(DEGREES_OF_FREEDOM, 1.0 - self.gate_probability))
