# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does the localizer that was told a place believe it?

A pose that it publishes of a moment after the hand-over's is compared with the place that was
handed over, carried on by odometry.  Only agreement is conclusive at once: what it says first may
be what it believed before the hand-over reached it.
"""

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from posenet_ros.estimates import Handover
from posenet_ros.geometry import Array, pose_error
from posenet_ros.initial_pose import carried
from posenet_ros.rules import Cap

# Time in which a localizer that took the pose says so: a few of its scans.
PATIENCE_S = 2.0


class Step(Enum):
    """What is to be done about a hand-over."""

    NOTHING = 'nothing'
    REPEAT = 'repeat'
    GIVE_UP = 'give up'


@dataclass(frozen=True)
class Told:
    """A place that was handed over, to be confirmed until a time in seconds."""

    place: Handover
    until_s: float


class Confirmation:
    """Follows one hand-over until it is confirmed or was repeated often enough.

    agreement  largest distance, along the floor, and angle between what was handed over and
               what is believed
    repeats    times that a hand-over is repeated
    """

    def __init__(self, agreement: Cap, repeats: int) -> None:
        self._agreement = agreement
        self._repeats = self._left = repeats
        self._messages = 0
        self._told: Told | None = None
        self._apart = ''
        self.sentence = ''
        self.given_up = False

    def told(self, place: Handover, now_s: float) -> None:
        """Take note of a hand-over; after an unconfirmed one it counts as its repetition."""
        self._left = max(self._left - 1, 0) if self.waits else self._repeats
        self._messages = self._messages + 1 if self.waits else 1
        self.given_up = False
        self._wait(place, now_s)

    def repeated(self, place: Handover, now_s: float) -> None:
        """Take note that it was repeated."""
        self._left -= 1
        self._messages += 1
        self._wait(place, now_s)

    def missed(self, now_s: float) -> None:
        """Take note that it could not be repeated: that is tried as often as a repetition."""
        assert self._told is not None
        self._left -= 1
        self._told = replace(self._told, until_s=now_s + PATIENCE_S)

    @property
    def waits(self) -> bool:
        """Whether a hand-over waits to be confirmed."""
        return self._told is not None

    @property
    def by_odometry(self) -> bool:
        """Whether odometry must be known at the stamps of poses that are compared."""
        return self._told is not None and self._told.place.T_odom_base is not None

    def heard(self, stamp_ns: int, T_map_base: Array, T_odom_base: Array | None) -> None:
        """Compare what the localizer believes of a moment with what it was told."""
        if self._told is None or stamp_ns <= self._told.place.stamp_ns:
            return
        place = self._told.place
        if T_odom_base is not None:
            place = carried(place, stamp_ns, T_odom_base)
        error = pose_error(T_map_base, place.T_map_base)
        metres, angle = np.linalg.norm(error[:2]), np.linalg.norm(error[3:])
        apart = f'{metres:.2f} m and {np.degrees(angle):.0f} deg'
        if metres <= self._agreement.position and angle <= self._agreement.angle:
            self._told = None
            self.sentence = f'confirmed: amcl_pose is {apart} from what was handed over'
        else:
            self._apart = f'amcl_pose is {apart} from what was handed over'

    def next_step(self, now_s: float, someone_speaks: bool) -> Step:
        """What is to be done now; someone_speaks: is there a publisher of amcl_pose at all."""
        if self._told is None or now_s < self._told.until_s:
            return Step.NOTHING
        if not someone_speaks:
            self.forget()
            self.sentence = 'nobody publishes amcl_pose'
            return Step.NOTHING
        if self._left > 0:
            return Step.REPEAT
        self._told, self.given_up = None, True
        why = self._apart or 'amcl_pose has said nothing since'
        count = '1 message' if self._messages == 1 else f'{self._messages} messages'
        self.sentence = f'not confirmed after {count} on initialpose: {why}'
        return Step.GIVE_UP

    def forget(self) -> None:
        """Follow nothing: the place that was handed over is no longer believed."""
        self._told, self._apart, self.sentence = None, '', ''
        self.given_up = False

    def _wait(self, place: Handover, now_s: float) -> None:
        self._told, self._apart = Told(place, now_s + PATIENCE_S), ''
        self.sentence = 'waiting for amcl_pose'
