# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures of the map are matched with which."""

import numpy as np

from posenet_training.baselines.classifier import Features

# Near ones to begin tracks with, farther ones for wide angles between rays.
RANKS = (1, 2, 3, 5, 8, 13, 21, 34)


def pairs_to_match(features: Features) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of rows of unit features [N, F]: each with some of its most alike."""
    alike = features @ features.T
    np.fill_diagonal(alike, np.inf)
    order = np.argsort(-alike, axis=1, kind='stable')
    ranks = [rank for rank in RANKS if rank < len(features)]
    pairs = {
        (min(i, int(j)), max(i, int(j))) for i in range(len(features)) for j in order[i, ranks]
    }
    return sorted(pairs)
