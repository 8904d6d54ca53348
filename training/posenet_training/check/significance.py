# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Is one explanation better than another, pair by pair?"""

from scipy.stats import wilcoxon

from posenet_ros.geometry import Array


def p_of_gains(gains: Array) -> float:
    """Probability of gains [N] as one-sided as these by chance: Wilcoxon's signed ranks."""
    gains = gains[gains != 0.0]
    if not len(gains):
        return 1.0
    # For ties SciPy would count permutations, half a minute for a dozen pairs; this rounds to the
    # safe side instead.
    return float(wilcoxon(gains, alternative='greater', method='exact').pvalue)
