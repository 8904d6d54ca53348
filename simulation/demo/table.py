# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the demo shows while it runs: a live table, or lines when it is headless."""

from __future__ import annotations

import numpy as np
from rich.table import Table

from posenet_ros.geometry import Array
from posenet_ros.stamps import seconds_between
from simulation.demo.score import Estimate, Judged, Truth, find_kidnaps, judge

RATE_OVER = 15  # poses


def newest(truths: list[Truth], estimates: list[Estimate]) -> tuple[Truth, Estimate] | None:
    """The newest estimate with the truth of its stamp."""
    by_stamp = {truth.stamp_ns: truth for truth in truths[-100:]}
    for estimate in reversed(estimates[-20:]):
        if estimate.stamp_ns in by_stamp:
            return by_stamp[estimate.stamp_ns], estimate
    return None


def pose_text(T_map_base: Array) -> str:
    """Position in m and heading in degrees, for people."""
    x, y, z = T_map_base[:3, 3]
    yaw = np.degrees(np.arctan2(T_map_base[1, 0], T_map_base[0, 0]))
    return f'x {x:6.2f}  y {y:6.2f}  z {z:5.2f} m  heading {yaw:7.1f}°'


def rate_hz(estimates: list[Estimate]) -> float:
    """Poses a second, over the last ones."""
    last = estimates[-RATE_OVER:]
    if len(last) < 2:
        return 0.0
    return (len(last) - 1) / max(seconds_between(last[0].received_ns, last[-1].received_ns), 1e-6)


def facts(
    truths: list[Truth], estimates: list[Estimate], now_ns: int, status: str
) -> dict[str, str]:
    """The rows of the table."""
    pair = newest(truths, estimates)
    if pair is None:
        return {'relocalizer': status, 'true pose': _or_waiting(truths)}
    truth, estimate = pair
    error: Judged = judge(truth, estimate)
    age_ms = 1e3 * seconds_between(estimate.stamp_ns, now_ns)
    return {
        'relocalizer': status,
        'true pose': pose_text(truth.T_map_base),
        'estimated pose': pose_text(estimate.T_map_base),
        'error': f'{error.position_m:.3f} m  {error.angle_deg:.2f}°',
        'age': f'{age_ms:.0f} ms',
        'rate': f'{rate_hz(estimates):.1f} Hz',
        'kidnaps': str(len(find_kidnaps(truths))),
    }


def _or_waiting(truths: list[Truth]) -> str:
    return pose_text(truths[-1].T_map_base) if truths else 'waiting for the simulator'


def render(rows: dict[str, str], title: str) -> Table:
    """The live table."""
    table = Table(title=title, show_header=False, min_width=64)
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def line(rows: dict[str, str], title: str) -> str:
    """One line for a log."""
    return f'{title}  ' + '  '.join(f'{name}: {value}' for name, value in rows.items())
