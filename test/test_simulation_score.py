# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The demo's score: pairing by stamp, errors by axis, recovery from each kidnap."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array
from simulation.demo.report import write_report, write_summary
from simulation.demo.score import (
    AXES,
    Estimate,
    Kidnap,
    Summary,
    Truth,
    find_kidnaps,
    judge,
    judged,
    recovery,
    shortcomings,
    summarize,
)
from simulation.rig import T_map_base
from simulation.room import Room

FRAME_NS = 66_000_000
DELAY_NS = 40_000_000


def moved(
    T: Array, shift: tuple[float, float, float], rpy_deg: tuple[float, float, float]
) -> Array:
    T_hat = T.copy()
    T_hat[:3, 3] += shift
    T_hat[:3, :3] = T[:3, :3] @ Rotation.from_euler('xyz', rpy_deg, degrees=True).as_matrix()
    return T_hat


def drive(frames: int, kidnapped_at: tuple[int, ...] = ()) -> list[Truth]:
    """Slow circles, set over by two metres at each kidnap."""
    truths = []
    for frame in range(frames):
        side = 2.0 * sum(frame >= at for at in kidnapped_at)
        pose = T_map_base(0.02 * frame, -3.0 + side, 0.03 * frame)
        truths.append(Truth(1_000_000_000 + frame * FRAME_NS, pose))
    return truths


def estimates_of(truths: list[Truth], wrong: range = range(0)) -> list[Estimate]:
    """Estimates 0.1 m off along x; those of the frames in `wrong` are 3 m off."""
    return [
        Estimate(
            truth.stamp_ns,
            truth.stamp_ns + DELAY_NS,
            moved(truth.T_map_base, (3.0 if frame in wrong else 0.1, 0.0, 0.0), (0.0, 0.0, 0.0)),
        )
        for frame, truth in enumerate(truths)
    ]


def test_errors_are_told_apart_by_axis():
    truth = Truth(5, T_map_base(1.0, 2.0, 2.5))
    T_hat = moved(truth.T_map_base, (0.1, -0.2, 0.3), (1.0, -2.0, 4.0))
    error = judge(truth, Estimate(5, 9, T_hat))
    np.testing.assert_allclose(error.axes, (0.1, -0.2, 0.3, 1.0, -2.0, 4.0), atol=1e-9)
    assert error.position_m == pytest.approx(np.sqrt(0.14))
    assert error.angle_deg == pytest.approx(np.sqrt(21.0), rel=0.02)


def test_yaw_error_does_not_wrap_at_half_a_turn():
    truth = Truth(0, T_map_base(0.0, 0.0, np.pi - 0.01))
    error = judge(truth, Estimate(0, 0, T_map_base(0.0, 0.0, -np.pi + 0.01)))
    assert error.axes[5] == pytest.approx(np.degrees(0.02))


def test_estimates_are_paired_by_stamp_alone_and_ordered_by_arrival():
    truths = drive(4)
    estimates = estimates_of(truths)
    stranger = Estimate(truths[0].stamp_ns + 1, 0, truths[0].T_map_base)
    result = judged(truths[:3], [estimates[2], estimates[0], stranger, estimates[3]])
    assert [j.stamp_ns for j in result] == [truths[0].stamp_ns, truths[2].stamp_ns]


def test_only_jumps_of_the_truth_are_kidnaps():
    truths = drive(60, kidnapped_at=(20, 45))
    stamps = [(k.before_ns, k.after_ns) for k in find_kidnaps(truths)]
    assert stamps == [(truths[at - 1].stamp_ns, truths[at].stamp_ns) for at in (20, 45)]
    assert find_kidnaps(drive(60)) == []
    assert find_kidnaps([]) == []


def test_recovery_counts_until_the_first_pose_that_stays_near():
    truths = drive(80, kidnapped_at=(20,))
    (kidnap,) = find_kidnaps(truths)
    at_once = recovery(kidnap, judged(truths, estimates_of(truths)))
    assert at_once == pytest.approx((FRAME_NS + DELAY_NS) * 1e-9)
    late = recovery(kidnap, judged(truths, estimates_of(truths, wrong=range(20, 30))))
    assert late == pytest.approx((11 * FRAME_NS + DELAY_NS) * 1e-9)


def test_a_relapse_within_a_second_is_no_recovery():
    truths = drive(80, kidnapped_at=(20,))
    (kidnap,) = find_kidnaps(truths)
    estimates = estimates_of(truths, wrong=range(26, 28))
    again = recovery(kidnap, judged(truths, estimates))
    assert again == pytest.approx((9 * FRAME_NS + DELAY_NS) * 1e-9)


def test_poses_of_pictures_before_the_kidnap_do_not_count():
    truths = drive(80, kidnapped_at=(20,))
    (kidnap,) = find_kidnaps(truths)
    judgements = judged(truths[:20], estimates_of(truths[:20]))
    late = [replace(j, received_ns=kidnap.after_ns + 5) for j in judgements]
    assert recovery(kidnap, late) is None


def test_poses_that_never_come_back_are_no_recovery():
    truths = drive(80, kidnapped_at=(20,))
    (kidnap,) = find_kidnaps(truths)
    assert recovery(kidnap, judged(truths, estimates_of(truths, wrong=range(20, 80)))) is None
    assert recovery(kidnap, judged(truths, estimates_of(truths[:22]))) is None


def good_run() -> tuple[list[Truth], list[Estimate]]:
    truths = drive(200, kidnapped_at=(40, 90, 140))
    return truths, estimates_of(truths)


def test_a_summary_has_the_promised_keys_and_figures():
    summary = summarize(*good_run(), frames_seen=210, frames_dropped=3)
    assert list(summary.as_dict()) == [
        'median_position_m',
        'median_angle_deg',
        'p95_position_m',
        'p95_angle_deg',
        'axis_errors',
        'latency_ms_p50',
        'latency_ms_p99',
        'frames_seen',
        'frames_dropped',
        'kidnaps',
        'recovery_s',
        'rate_hz',
    ]
    assert summary.median_position_m == pytest.approx(0.1)
    assert tuple(summary.axis_errors) == AXES
    assert summary.axis_errors['x_m'] == pytest.approx(0.1)
    assert summary.latency_ms_p50 == pytest.approx(40.0)
    assert summary.rate_hz == pytest.approx(1e9 / FRAME_NS)
    assert (summary.kidnaps, len(summary.recovery_s)) == (3, 3)
    assert shortcomings(summary) == []


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'median_position_m': 0.21}, 'median position error is 0.210 m'),
        ({'median_angle_deg': 4.1}, 'median angle error is 4.10 degrees'),
        ({'median_angle_deg': float('nan')}, 'median angle error is nan'),
        ({'kidnaps': 2}, 'kidnapped 2 times, not 3'),
        ({'recovery_s': (0.2, 2.1, 0.2)}, 'recovery from kidnap 2 took 2.10 s'),
        ({'recovery_s': (0.2, 0.2, None)}, 'never came back to the truth after kidnap 3'),
    ],
)
def test_each_shortcoming_is_told(changes: dict[str, object], words: str):
    summary = replace(summarize(*good_run(), 200, 0), **changes)
    (fault,) = shortcomings(summary)
    assert words in fault


def test_a_run_whose_poses_match_no_truth_is_refused():
    truths = drive(3)
    with pytest.raises(ValueError, match='none of 0 poses has the stamp of one of 3 true poses'):
        summarize(truths, [], 0, 0)


def test_summary_and_report_are_written_whole(tmp_path):
    truths, estimates = good_run()
    summary = summarize(truths, estimates, 200, 0)
    write_summary(tmp_path / 'summary.json', summary)
    write_report(tmp_path / 'report.png', Room.from_seed(), truths, estimates, summary)
    assert json.loads((tmp_path / 'summary.json').read_text())['kidnaps'] == 3
    assert (tmp_path / 'report.png').read_bytes()[:4] == b'\x89PNG'
    assert sorted(p.name for p in tmp_path.iterdir()) == ['report.png', 'summary.json']


def test_a_summary_without_recovery_is_still_json(tmp_path):
    summary: Summary = replace(summarize(*good_run(), 200, 0), recovery_s=(None,))
    write_summary(tmp_path / 'summary.json', summary)
    assert json.loads((tmp_path / 'summary.json').read_text())['recovery_s'] == [None]


def test_a_kidnap_is_a_pair_of_stamps():
    truths = drive(10, kidnapped_at=(5,))
    assert find_kidnaps(truths[::-1]) == [Kidnap(truths[4].stamp_ns, truths[5].stamp_ns)]
