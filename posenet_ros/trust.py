# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the last frames are good enough for others to act on.

The rule: the last three frames were all usable, inside the trained extent, young, and agree on
where the odometry frame stands in the map.  No clock and no ROS: times come as arguments.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from posenet_ros.geometry import Array, distance, inverse
from posenet_ros.model_spec import Extent

FRAMES = 3
AGREE_POSITION = 0.5
AGREE_ANGLE = np.radians(10.0)
EXTENT_MARGIN = 0.25


@dataclass(frozen=True)
class Estimate:
    """One frame's pose of the robot.

    stamp_ns         stamp of the picture, nanoseconds
    T_map_base       [4, 4] the pose, covariance [6, 6] its errors along the map's axes
    position_camera  [3] where the camera stood in the map, for comparison with the extent
    T_odom_base      [4, 4] odometry at the stamp, None where TF has none
    """

    stamp_ns: int
    T_map_base: Array
    covariance: Array
    position_camera: Array
    T_odom_base: Array | None

    @property
    def T_map_odom(self) -> Array:
        """Where odometry starts in the map: both factors at the image stamp (REP-105)."""
        if self.T_odom_base is None:
            raise ValueError('this estimate has no odometry')
        return self.T_map_base @ inverse(self.T_odom_base)


@dataclass(frozen=True)
class Handover:
    """The last frames agree: `estimate`, the newest of them, may be acted on."""

    estimate: Estimate


@dataclass(frozen=True)
class NoHandover:
    """Why nothing is handed over, in one sentence."""

    reason: str


@dataclass
class History:
    """The last frames in order; a frame that was refused counts as one that does not agree."""

    _frames: deque[Estimate | str] = field(default_factory=lambda: deque(maxlen=FRAMES))

    def add(self, estimate: Estimate) -> None:
        """Add a frame that gave a pose."""
        self._frames.append(estimate)

    def add_refused(self, reason: str) -> None:
        """Add a frame that was refused, with the reason."""
        self._frames.append(reason)

    def clear(self) -> None:
        """Forget everything, after a jump of time or a change of model."""
        self._frames.clear()

    def frames(self) -> tuple[Estimate | str, ...]:
        """Return the last frames, oldest first."""
        return tuple(self._frames)


def decide(
    frames: Iterable[Estimate | str], extent: Extent, now_ns: int, max_age_s: float
) -> Handover | NoHandover:
    """Decide whether the newest of the last frames may be handed to others.

    frames are those of `History.frames`, oldest first; now_ns is the time of the decision.
    """
    frames = tuple(frames)
    if len(frames) < FRAMES:
        return NoHandover(f'only {len(frames)} of {FRAMES} frames have been seen')
    for frame in reversed(frames):
        reason = frame if isinstance(frame, str) else _doubt(frame, extent, now_ns, max_age_s)
        if reason:
            return NoHandover(f'one of the last {FRAMES} frames is not usable: {reason}')
    estimates = [frame for frame in frames if isinstance(frame, Estimate)]
    disagreement = _disagreement(estimates)
    return NoHandover(disagreement) if disagreement else Handover(estimates[-1])


def _doubt(estimate: Estimate, extent: Extent, now_ns: int, max_age_s: float) -> str:
    age_s = (now_ns - estimate.stamp_ns) / 1e9
    if age_s > max_age_s:
        return f'it is {age_s:.2f} s old, more than max_age {max_age_s:.2f} s'
    if estimate.T_odom_base is None:
        return 'there is no odometry at its stamp, so motion between frames cannot be taken out'
    low = np.array(extent.minimum) - EXTENT_MARGIN
    high = np.array(extent.maximum) + EXTENT_MARGIN
    if np.any(estimate.position_camera < low) or np.any(estimate.position_camera > high):
        place = ', '.join(f'{value:.2f}' for value in estimate.position_camera)
        return f'its camera position ({place}) is outside the trained extent'
    return ''


def _disagreement(estimates: list[Estimate]) -> str:
    T_odom_base = estimates[-1].T_odom_base
    assert T_odom_base is not None
    predicted = [estimate.T_map_odom @ T_odom_base for estimate in estimates]
    pairs = [distance(T_a, T_b) for T_a, T_b in combinations(predicted, 2)]
    metres = max(position for position, _ in pairs)
    angle = max(angle for _, angle in pairs)
    if metres <= AGREE_POSITION and angle <= AGREE_ANGLE:
        return ''
    return (
        f'the last {FRAMES} frames disagree by {metres:.2f} m and {np.degrees(angle):.1f} deg '
        f'after odometry, more than {AGREE_POSITION:.2f} m or {np.degrees(AGREE_ANGLE):.1f} deg'
    )
