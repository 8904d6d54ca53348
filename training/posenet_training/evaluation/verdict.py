# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One sentence on a report: how near, and whether it was worth training a network."""

from typing import Any

from posenet_training.evaluation.report import BESIDE

# What finds the nearest training pictures and answers with their poses.
LOOK_UPS = tuple(name for name in BESIDE if name not in ('dense', 'mean_training_pose'))


def verdict(report: dict[str, Any]) -> str:
    """Medians, beside those of the best look-up of each kind."""
    metres, degrees = report['median_position_m'], report['median_angle_deg']
    sentence = (
        f'{report["scene"]}: half of {report["frames"]} pictures are placed within {metres:.3f} m '
        f'and {degrees:.2f} deg'
    )
    rivals = [report[name] for name in LOOK_UPS if name in report]
    if not rivals:
        return sentence
    nearest_m = min(rival['median_position_m'] for rival in rivals)
    nearest_deg = min(rival['median_angle_deg'] for rival in rivals)
    return (
        f'{sentence}; looking up training pictures comes within {nearest_m:.3f} m and '
        f'{nearest_deg:.2f} deg, so this network is {_word(metres < nearest_m)} in position and '
        f'{_word(degrees < nearest_deg)} in angle'
    )


def _word(is_better: bool) -> str:
    return 'better' if is_better else 'no better'
