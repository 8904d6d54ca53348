# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Three ways to match a picture's keypoints with a map's points; each point names one keypoint.

A pair is kept when the point's keypoint is clearly nearer than the next one, and the keypoint has
no nearer point: of several points with one descriptor each may be right.
"""

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from posenet_training.baselines.sift.building import RATIO
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.keypoints import Descriptors, mutual_pairs

Rows = NDArray[np.int64]
# (map, rows of its points, a picture's descriptors [N, 128]) -> pairs (rows of points, keypoints).
Matcher = Callable[[SiftMap, Rows, Descriptors], tuple[Rows, Rows]]

# Points whose products with all keypoints are at hand at once: 8 MB.
BLOCK = 1024
# Trees, and leaves that are looked at: as OpenCV's tutorials have it.
TREES, CHECKS = 4, 32
KDTREE = 1


def by_product(sift_map: SiftMap, points: Rows, keypoints: Descriptors) -> tuple[Rows, Rows]:
    """Exact: products of unit descriptors, block by block."""
    turned = torch.from_numpy(keypoints).T.contiguous()
    # Taken at once: small results between large products would keep gigabytes of holes.
    cosines = np.empty((len(points), 2), np.float32)
    nearest = np.empty(len(points), np.int64)
    for begin in range(0, len(points), BLOCK):
        block = slice(begin, begin + BLOCK)
        codes = torch.from_numpy(sift_map.codes[points[block]]).float()
        unit = codes / codes.norm(dim=1, keepdim=True).clamp_min(1e-9)
        best = (unit @ turned).topk(2, dim=1)
        cosines[block], nearest[block] = best.values.numpy(), best.indices[:, 0].numpy()
    return _clear(np.sqrt(np.maximum(2.0 - 2.0 * cosines, 1e-12)), nearest, points)


def by_trees(sift_map: SiftMap, points: Rows, keypoints: Descriptors) -> tuple[Rows, Rows]:
    """Approximate: points are looked up in k-d trees of the keypoints."""
    index: Any = cv2.flann.Index(keypoints, {'algorithm': KDTREE, 'trees': TREES})
    nearest, squares = index.knnSearch(sift_map.descriptors(points), 2, params={'checks': CHECKS})
    return _clear(np.sqrt(squares), nearest[:, 0].astype(np.int64), points)


def mutually(sift_map: SiftMap, points: Rows, keypoints: Descriptors) -> tuple[Rows, Rows]:
    """Exact: those that are each other's nearest, of all products at once."""
    pairs = mutual_pairs(sift_map.descriptors(points), keypoints)
    clear = pairs.ratio_a < RATIO
    return points[pairs.a[clear]], pairs.b[clear]


MATCHERS: Mapping[str, Matcher] = {
    'products': by_product,
    'k-d trees': by_trees,
    'mutual': mutually,
}


def _clear(distances: NDArray[Any], nearest: Rows, points: Rows) -> tuple[Rows, Rows]:
    """Of points [K] with distances [K, 2] to two keypoints: the clear ones, one a keypoint."""
    clear = np.flatnonzero(distances[:, 0] < RATIO * distances[:, 1])
    by_distance = clear[np.argsort(distances[clear, 0], kind='stable')]
    _, firsts = np.unique(nearest[by_distance], return_index=True)
    kept = by_distance[firsts]
    return points[kept], nearest[kept]
