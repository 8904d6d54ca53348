# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Points that two pictures have in common: SIFT, ratio test, mutual, and one rigid motion."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array

FEATURES = 800
# Pictures are shrunk to this width first: SIFT's time goes with their area.
WIDTH = 480
RATIO = 0.8
# Share of the width; for telling matches from mismatches, no more.
CONSISTENT = 2.0 / 640.0
FEWEST = 30
MOST = 150
REMEMBERED = 64

GreyPicture = NDArray[np.uint8]


@dataclass(frozen=True)
class Features:
    """Points [N, 2] in pixels and their descriptors [N, 128]; width of the picture."""

    points: Array
    descriptors: NDArray[np.float32]
    width: int


@dataclass(frozen=True)
class Matches:
    """Points [N, 2] in pixels of the same things in two pictures."""

    a: Array
    b: Array


class Matcher:
    """Matches pictures by number; features of the last pictures are remembered."""

    def __init__(self, load: Callable[[int], GreyPicture]) -> None:
        self._load = load
        self._sift = cv2.SIFT.create(nfeatures=FEATURES)
        self._features: OrderedDict[int, Features] = OrderedDict()

    def match(self, a: int, b: int) -> Matches | None:
        """Matches of two pictures that one motion explains; None when there are too few."""
        found = _mutual(self._of(a), self._of(b))
        return _consistent(found, self._of(a).width) if len(found.a) >= FEWEST else None

    def _of(self, picture: int) -> Features:
        if picture not in self._features:
            self._features[picture] = detect(self._sift, self._load(picture))
            if len(self._features) > REMEMBERED:
                self._features.popitem(last=False)
        self._features.move_to_end(picture)
        return self._features[picture]


def detect(sift: Any, grey: GreyPicture) -> Features:
    """RootSIFT features of a picture (Arandjelovic and Zisserman, CVPR 2012)."""
    height, width = grey.shape
    shrunk = min(1.0, WIDTH / width)
    size = (round(width * shrunk), round(height * shrunk))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    keypoints, descriptors = sift.detectAndCompute(small, None)
    if descriptors is None:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32), width)
    points = np.array([keypoint.pt for keypoint in keypoints], dtype=np.float64)
    # Pixel centres are at whole numbers in both pictures.
    points = (points + 0.5) * (width / size[0], height / size[1]) - 0.5
    shares = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-9)
    return Features(points, np.sqrt(shares).astype(np.float32), width)


def _mutual(a: Features, b: Features) -> Matches:
    """Each other's nearest, and much nearer than the second nearest in both directions."""
    if min(len(a.points), len(b.points)) < 2:
        return Matches(np.zeros((0, 2)), np.zeros((0, 2)))
    # Unit descriptors: squared distance is 2 - 2 cosine.
    squared = np.maximum(2.0 - 2.0 * (a.descriptors @ b.descriptors.T), 0.0)
    to_b, to_a = squared.argmin(axis=1), squared.argmin(axis=0)
    rows = np.arange(len(a.points))
    good = (to_a[to_b] == rows) & _distinct(squared)[rows] & _distinct(squared.T)[to_b]
    return Matches(a.points[good], b.points[to_b[good]])


def _distinct(squared: NDArray[np.float32]) -> NDArray[np.bool_]:
    two = np.partition(squared, 1, axis=1)[:, :2]
    return two[:, 0] < RATIO**2 * two[:, 1]


def _consistent(matches: Matches, width: int) -> Matches | None:
    """Matches that one fundamental matrix explains, whatever the poses say."""
    mask: Any
    _, mask = cv2.findFundamentalMat(
        matches.a, matches.b, cv2.FM_RANSAC, CONSISTENT * width, 0.999, 2000
    )
    if mask is None:
        return None
    keep = np.flatnonzero(mask)
    keep = keep[np.linspace(0, len(keep) - 1, min(MOST, len(keep))).round().astype(int)]
    return Matches(matches.a[keep], matches.b[keep]) if len(keep) >= FEWEST else None
