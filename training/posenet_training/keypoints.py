# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Descriptors of keypoints, and which of two sets belong together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Descriptors = NDArray[np.float32]


@dataclass(frozen=True)
class MutualPairs:
    """Pairs of rows that are each other's nearest, K of them.

    a, b             rows [K] of the two sets
    ratio_a, ratio_b distance [K] to the nearest over that to the second nearest: of the row of a
                     among those of b, and the other way round; 1 is ambiguous
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    ratio_a: NDArray[np.float32]
    ratio_b: NDArray[np.float32]


def root_sift(descriptors: Descriptors) -> Descriptors:
    """SIFT descriptors [N, 128] as RootSIFT, of unit length (Arandjelovic, Zisserman 2012)."""
    shares = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-9)
    return np.sqrt(shares, dtype=np.float32)


def mutual_pairs(a: Descriptors, b: Descriptors) -> MutualPairs:
    """Match unit descriptors a [N, D] and b [M, D]; none where a set has fewer than two."""
    if min(len(a), len(b)) < 2:
        none, nothing = np.zeros(0, np.int64), np.zeros(0, np.float32)
        return MutualPairs(none, none, nothing, nothing)
    cosine = a @ b.T
    to_b = cosine.argmax(axis=1)
    best = cosine[np.arange(len(a)), to_b]
    rows_a = np.flatnonzero(best >= cosine.max(axis=0)[to_b])
    rows_b = to_b[rows_a]
    # Without these pairs the largest cosine left is that of the second nearest.
    cosine[rows_a, rows_b] = -1.0
    nearest = _distance(best[rows_a])
    return MutualPairs(
        rows_a,
        rows_b,
        nearest / _distance(cosine.max(axis=1)[rows_a]),
        nearest / _distance(cosine.max(axis=0)[rows_b]),
    )


def _distance(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.sqrt(np.maximum(2.0 - 2.0 * cosine, 1e-12), dtype=np.float32)
