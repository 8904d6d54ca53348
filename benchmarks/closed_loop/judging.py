# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the localizer believed, and what it was told, beside the truth.  Stamps in nanoseconds."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posenet_ros.stamps import seconds_between
from simulation.amcl_rules import PoseMessage, refusal
from simulation.demo.score import Estimate, Judged, Truth, find_kidnaps, judge, recovery

# The truth comes with the pictures, 15 a second; the robot drives 2 cm in this time.
SAME_TIME_S = 0.04
# How far the room extends from the map's origin, at most.
REACH_M = 50.0


@dataclass(frozen=True)
class Loop:
    """What a run came to.

    recovery_s       of each kidnap, from the last picture before it until the localizer believes
                     the right place and keeps to it (0.5 m, 10 degrees); None for never
    handovers        initial poses that were published
    wrong_handovers  of these, more than 0.5 m or 10 degrees off
    refused          why AMCL would have refused an initial pose, for each that it would
    astray_share     of all beliefs, those that were off, the time to recovery included
    """

    kidnaps: int
    recovery_s: tuple[float | None, ...]
    handovers: int
    wrong_handovers: int
    refused: tuple[str, ...]
    astray_share: float


def summarize(
    truths: Sequence[Truth],
    beliefs: Sequence[Estimate],
    told: Sequence[PoseMessage],
    told_poses: Sequence[Estimate],
) -> Loop:
    """Judge a run from all that was heard; told and told_poses are the same initial poses."""
    in_order = sorted(truths, key=lambda truth: truth.stamp_ns)
    believed, handed = _judged(in_order, beliefs), _judged(in_order, told_poses)
    kidnaps = find_kidnaps(in_order)
    return Loop(
        kidnaps=len(kidnaps),
        recovery_s=tuple(recovery(kidnap, believed) for kidnap in kidnaps),
        handovers=len(handed),
        wrong_handovers=sum(not pose.near for pose in handed),
        refused=tuple(filter(None, (refusal(pose, 'map', REACH_M) for pose in told))),
        astray_share=float(np.mean([not pose.near for pose in believed])) if believed else 1.0,
    )


def _judged(truths: Sequence[Truth], estimates: Sequence[Estimate]) -> list[Judged]:
    """All estimates that have a truth of their time, in the order of their arrival."""
    stamps = [truth.stamp_ns for truth in truths]
    found = []
    for estimate in sorted(estimates, key=lambda estimate: estimate.received_ns):
        place = bisect_left(stamps, estimate.stamp_ns)
        near = truths[max(place - 1, 0) : place + 1]
        if not near:
            continue
        truth = min(near, key=lambda truth: abs(truth.stamp_ns - estimate.stamp_ns))
        if abs(seconds_between(truth.stamp_ns, estimate.stamp_ns)) <= SAME_TIME_S:
            found.append(judge(truth, estimate))
    return found
