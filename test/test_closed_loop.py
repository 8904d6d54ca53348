# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What benchmarks.closed_loop makes of what it heard."""

import numpy as np
import pytest

from benchmarks.closed_loop.judging import summarize
from posenet_ros.geometry import Array, transform
from simulation.amcl_rules import PoseMessage
from simulation.demo.score import Estimate, Truth

FRAME_NS = 66_666_667
KIDNAP = 60
FRAMES = 120
UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def place(frame: int) -> tuple[float, float, float]:
    """A robot that creeps along x and is carried 5 m away."""
    return 0.02 * frame, 5.0 if frame >= KIDNAP else 0.0, 0.0


def at(position: tuple[float, float, float]) -> Array:
    return transform(np.array(position), np.array(UPRIGHT))


def stamp_ns(frame: int) -> int:
    return 1_000_000_000 + frame * FRAME_NS


TRUTHS = [Truth(stamp_ns(frame), at(place(frame))) for frame in range(FRAMES)]


def beliefs(follows_from: int) -> list[Estimate]:
    """Beliefs between the pictures, 4 a second; the old place until a frame."""
    between_ns = FRAME_NS // 3
    return [
        Estimate(
            stamp_ns(frame) + between_ns,
            stamp_ns(frame) + between_ns,
            at(place(frame) if not KIDNAP <= frame < follows_from else (0.02 * frame, 0.0, 0.0)),
        )
        for frame in range(0, FRAMES - 1, 4)
    ]


def told(frame: int, y: float) -> tuple[PoseMessage, Estimate]:
    position = (0.02 * frame, y, 0.0)
    message = PoseMessage('map', stamp_ns(frame), position, UPRIGHT, (0.0,) * 36)
    return message, Estimate(stamp_ns(frame), stamp_ns(frame), at(position))


def test_recovery_is_counted_from_the_kidnap_to_the_first_right_belief():
    loop = summarize(TRUTHS, beliefs(follows_from=80), [], [])
    assert loop.kidnaps == 1
    # From the last picture before it to the belief of frame 80.
    assert loop.recovery_s == pytest.approx([(80 - KIDNAP + 1 + 1 / 3) * FRAME_NS / 1e9])
    assert loop.astray_share == pytest.approx(5 / 30)


def test_who_never_follows_never_recovers():
    assert summarize(TRUTHS, beliefs(follows_from=FRAMES), [], []).recovery_s == (None,)


def test_hand_overs_are_held_against_the_truth_and_the_rules():
    right, wrong = told(90, 5.0), told(91, 0.0)
    far = PoseMessage('odom', stamp_ns(90), (0.0, 0.0, 0.0), UPRIGHT, (0.0,) * 36)
    loop = summarize(TRUTHS, [], [right[0], wrong[0], far], [right[1], wrong[1]])
    assert (loop.handovers, loop.wrong_handovers) == (2, 1)
    assert loop.refused == ('its frame is not the global one',)
