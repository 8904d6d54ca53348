# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors by how far a picture is from what was seen in training: does a network generalise?"""

from itertools import pairwise
from typing import Any

import numpy as np

from posenet_ros.geometry import Array
from posenet_training.metrics import error_summary

METRES = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, np.inf)
DEGREES = (0.0, 2.0, 5.0, 10.0, 20.0, 45.0, 90.0, np.inf)


def strata(
    values: Array, edges: tuple[float, ...], unit: str, errors: Array, beside: Array
) -> list[dict[str, Any]]:
    """Summaries of errors [N, 6] by values [N], in bins between edges, without empty ones.

    beside: errors [N, 6] of a predictor that looks pictures up, for comparison.  The last bin
    has no end: its 'to' is null where the edge is infinite.
    """
    rows = []
    for low, high in pairwise(edges):
        inside = (values >= low) & (values < high)
        if np.any(inside):
            rows.append(
                {
                    f'from_{unit}': low,
                    f'to_{unit}': high if np.isfinite(high) else None,
                    'frames': int(inside.sum()),
                    **error_summary(errors[inside]),
                    'looked_up': error_summary(beside[inside]),
                }
            )
    return rows
