# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""No hand-over without three young, inside, agreeing frames."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import transform
from posenet_ros.model_spec import Extent
from posenet_ros.trust import Estimate, Handover, History, NoHandover, decide

EXTENT = Extent((0.0, 0.0, 0.5), (8.0, 6.0, 1.5))
NOW_NS = 100_000_000_000
FRAME_NS = 100_000_000


def planar(x: float, y: float, degrees: float, z: float = 0.0) -> np.ndarray:
    return transform([x, y, z], Rotation.from_euler('z', degrees, degrees=True).as_quat())


# Odometry started somewhere else than the map, and the robot turns on a curve.
T_MAP_ODOM = planar(3.0, 2.0, 130.0)
T_ODOM_BASE = [planar(0.1 * i, 0.02 * i, 8.0 * i) for i in range(3)]


def estimate(i: int, T_error: np.ndarray | None = None) -> Estimate:
    T_map_base = T_MAP_ODOM @ T_ODOM_BASE[i]
    if T_error is not None:
        T_map_base = T_map_base @ T_error
    return Estimate(
        stamp_ns=NOW_NS - (3 - i) * FRAME_NS,
        T_map_base=T_map_base,
        covariance=np.eye(6) * 0.01,
        position_camera=T_map_base[:3, 3] + [0.0, 0.0, 1.0],
        T_odom_base=T_ODOM_BASE[i],
    )


def verdict(*frames: Estimate | str, max_age_s: float = 1.0) -> Handover | NoHandover:
    return decide(frames, EXTENT, NOW_NS, max_age_s)


def test_three_agreeing_frames_hand_over_the_newest() -> None:
    decision = verdict(estimate(0), estimate(1), estimate(2))
    assert isinstance(decision, Handover)
    assert decision.estimate.stamp_ns == NOW_NS - FRAME_NS
    assert np.allclose(decision.estimate.T_map_odom, T_MAP_ODOM)


def test_motion_between_frames_is_taken_out() -> None:
    """The same poses without odometry's word for the motion do not agree."""
    far = [planar(2.0 * i, 0.0, 60.0 * i) for i in range(3)]
    moving = [
        replace(estimate(i), T_odom_base=far[i], T_map_base=planar(2, 3, 20) @ far[i])
        for i in range(3)
    ]
    assert isinstance(verdict(*moving), Handover)
    standing = [replace(frame, T_odom_base=np.eye(4)) for frame in moving]
    assert isinstance(verdict(*standing), NoHandover)


@pytest.mark.parametrize('wrong', [0, 1, 2])
@pytest.mark.parametrize('error', [planar(0.6, 0.0, 0.0), planar(0.0, 0.0, 12.0)])
def test_one_frame_that_disagrees_stops_it(wrong: int, error: np.ndarray) -> None:
    frames = [estimate(i, error if i == wrong else None) for i in range(3)]
    decision = verdict(*frames)
    assert isinstance(decision, NoHandover)
    assert 'disagree' in decision.reason


def test_small_differences_pass() -> None:
    frames = [estimate(i, planar(0.2 * (i - 1), 0.1, 4.0 * (i - 1))) for i in range(3)]
    assert isinstance(verdict(*frames), Handover)


def test_reasons() -> None:
    good = [estimate(0), estimate(1), estimate(2)]
    outside = replace(good[1], position_camera=np.array([9.0, 1.0, 1.0]))
    without_odometry = replace(good[1], T_odom_base=None)
    cases = [
        (verdict(*good[:2]), 'only 2 of 3'),
        (verdict(), 'only 0 of 3'),
        (verdict(good[0], outside, good[2]), 'outside the trained extent'),
        (verdict(good[0], without_odometry, good[2]), 'no odometry'),
        (verdict(good[0], 'step 3 is too small', good[2]), 'step 3 is too small'),
        (verdict(*good, max_age_s=0.25), 'more than max_age'),
    ]
    for decision, words in cases:
        assert isinstance(decision, NoHandover)
        assert words in decision.reason


def test_history_keeps_three_and_forgets_on_demand() -> None:
    history = History()
    for i in (0, 1, 2, 2):
        history.add(estimate(i))
    history.add_refused('dark')
    frames = history.frames()
    assert len(frames) == 3
    assert frames[-1] == 'dark'
    history.clear()
    assert history.frames() == ()


@given(st.lists(st.tuples(*[st.floats(-2.0, 2.0)] * 2, st.floats(-180.0, 180.0)), min_size=3,
                max_size=3))  # fmt: skip
def test_no_hand_over_of_frames_that_differ(errors: list[tuple[float, float, float]]) -> None:
    """Whatever the errors, those that were handed over agree within the limits."""
    frames = [estimate(i, planar(*error)) for i, error in enumerate(errors)]
    if isinstance(verdict(*frames), Handover):
        newest = frames[-1].T_map_base
        for frame in frames:
            assert frame.T_odom_base is not None
            T = frame.T_map_odom @ T_ODOM_BASE[2]
            assert np.linalg.norm(T[:3, 3] - newest[:3, 3]) <= 0.5 + 1e-9
