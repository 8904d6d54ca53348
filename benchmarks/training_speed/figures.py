# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rates, and what they are held against."""

from collections.abc import Mapping, Sequence

import numpy as np

# Steps of a loop that are not counted.
WARM_UP = 4
OF_PURE, OVER_PLAIN = 0.95, 1.5
# Of memory, between the half and the end of the pictures.
GROWTH_MB = 50.0


def rate(moments: Sequence[float], batch: int) -> float:
    """Pictures a second between the moments after steps."""
    return batch * (len(moments) - 1) / (moments[-1] - moments[0])


def medians(rates: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Of each loop's rates."""
    return {name: float(np.median(values)) for name, values in rates.items()}
