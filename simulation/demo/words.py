# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a run of the demo came to, in words."""

from simulation.demo.score import HOLD_S, NEAR_DEG, NEAR_M, Summary


def in_words(summary: Summary) -> str:
    """A few lines for people; summary.json has the figures."""
    return '\n'.join(
        [
            f'half of all poses lie within {summary.median_position_m:.3f} m and '
            f'{summary.median_angle_deg:.2f} deg of the truth, 95 % within '
            f'{summary.p95_position_m:.2f} m and {summary.p95_angle_deg:.1f} deg',
            _recoveries(summary),
            f'{summary.frames_seen} pictures, {summary.frames_dropped} dropped, '
            f'{summary.rate_hz:.1f} poses a second; a pose comes '
            f'{summary.latency_ms_p50:.0f} ms after its picture was taken (99 %: '
            f'{summary.latency_ms_p99:.0f} ms)',
        ]
    )


def _recoveries(summary: Summary) -> str:
    recovered = [seconds for seconds in summary.recovery_s if seconds is not None]
    told = f'{summary.kidnaps} kidnaps, {len(recovered)} recovered from'
    if not recovered:
        return told
    return (
        f'{told}: the first pose from which all of the next {HOLD_S:g} s lie within {NEAR_M:g} m '
        f'and {NEAR_DEG:g} deg came {min(recovered):.2f} to {max(recovered):.2f} s after the jump'
    )
