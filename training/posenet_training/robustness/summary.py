# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of robustness curves.

A frame is right within 0.25 m and 10 degrees: near enough for AMCL to pull itself to the place
from there.  A localizer that is always somewhat off is not the same as one that gets lost, so
what counts as lost are frames that were right on the untouched picture and are right no more.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posenet_training.robustness.curves import Curve, Errors, Robustness

RIGHT_M = 0.25
RIGHT_DEG = 10.0


def right(errors: Errors) -> NDArray[np.bool_]:
    """Which frames [N] are right."""
    return (errors.metres <= RIGHT_M) & (errors.degrees <= RIGHT_DEG)


def half_lost(curve: Curve, untouched: Errors) -> float | None:
    """Strength at which half of the frames that were right are lost, between steps by a line.

    None where the ladder ends before that, or nothing was right.
    """
    were = right(untouched)
    if not were.any():
        return None
    strengths = [curve.corruption.none, *curve.corruption.ladder]
    kept = [1.0, *(float(right(errors)[were].mean()) for errors in curve.errors)]
    for step in range(1, len(kept)):
        if kept[step] <= 0.5:
            share = (kept[step - 1] - 0.5) / (kept[step - 1] - kept[step])
            return strengths[step - 1] + share * (strengths[step] - strengths[step - 1])
    return None


def as_values(found: Mapping[str, Robustness]) -> dict[str, Any]:
    """Plain values, for JSON: figures of each localizer for each corruption and strength."""
    return {
        'right': {'position_m': RIGHT_M, 'angle_deg': RIGHT_DEG},
        'localizers': {name: _localizer(robustness) for name, robustness in found.items()},
    }


def _localizer(robustness: Robustness) -> dict[str, Any]:
    curves = {}
    for curve in robustness.curves:
        steps = [_figures(errors, robustness.untouched) for errors in curve.errors]
        curves[curve.corruption.name] = {
            'unit': curve.corruption.unit,
            'untouched_strength': curve.corruption.none,
            'half_lost_at': half_lost(curve, robustness.untouched),
            'steps': [
                {'strength': strength, **figures}
                for strength, figures in zip(curve.corruption.ladder, steps, strict=True)
            ],
        }
    untouched = robustness.untouched
    milliseconds = float(1e3 * np.median(untouched.seconds))
    figures = {**_figures(untouched, untouched), 'median_ms': milliseconds}
    return {'frames': len(untouched.metres), 'untouched': figures, 'corruptions': curves}


def _figures(errors: Errors, untouched: Errors) -> dict[str, float | None]:
    """Medians over all frames (null where half of them have no answer) and shares of them."""
    were = right(untouched)
    return {
        'median_position_m': _finite(np.median(errors.metres)),
        'median_angle_deg': _finite(np.median(errors.degrees)),
        'answered': float(np.isfinite(errors.metres).mean()),
        'right': float(right(errors).mean()),
        'kept': float(right(errors)[were].mean()) if were.any() else None,
    }


def _finite(value: np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
