# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Points that two pictures have in common: SIFT, ratio test, each other's nearest."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_training.keypoints import Descriptors, mutual_pairs, root_sift

FEATURES = 800
# Pictures are shrunk to this width first: SIFT's time goes with their area.
WIDTH = 480
RATIO = 0.8
REMEMBERED = 64

GreyPicture = NDArray[np.uint8]


@dataclass(frozen=True)
class Features:
    """Points [N, 2] in pixels and their descriptors [N, 128]."""

    points: Array
    descriptors: Descriptors


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

    def match(self, a: int, b: int) -> Matches:
        """What two pictures seem to have in common; some of it is mistaken."""
        in_a, in_b = self._of(a), self._of(b)
        pairs = mutual_pairs(in_a.descriptors, in_b.descriptors)
        clear = (pairs.ratio_a < RATIO) & (pairs.ratio_b < RATIO)
        return Matches(in_a.points[pairs.a[clear]], in_b.points[pairs.b[clear]])

    def _of(self, picture: int) -> Features:
        if picture not in self._features:
            self._features[picture] = detect(self._sift, self._load(picture))
            if len(self._features) > REMEMBERED:
                self._features.popitem(last=False)
        self._features.move_to_end(picture)
        return self._features[picture]


def detect(sift: Any, grey: GreyPicture) -> Features:
    """RootSIFT features of a picture."""
    height, width = grey.shape
    shrunk = min(1.0, WIDTH / width)
    size = (round(width * shrunk), round(height * shrunk))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    keypoints, descriptors = sift.detectAndCompute(small, None)
    if descriptors is None:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    points = np.array([keypoint.pt for keypoint in keypoints], dtype=np.float64)
    # Pixel centres are at whole numbers in both pictures.
    points = (points + 0.5) * (width / size[0], height / size[1]) - 0.5
    return Features(points, root_sift(descriptors))
