# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which of many pictures to reconstruct from: the sharpest one per step of image motion."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Corners = NDArray[np.float32]
Item = TypeVar('Item')

# Motion is looked at in pictures of about this width, sharpness in twice it.
MOTION_WIDTH = 320
CORNERS = 200
# A corner counts when following it there and back ends this near to its start, pixels.
ROUND_TRIP_PX = 1.0
# With a smaller share of the corners left, the view has changed as a whole.
SURVIVING = 0.3


@dataclass(frozen=True)
class Looked:
    """A picture as the choice sees it."""

    small: Grey
    sharpness: float

    @staticmethod
    def at(grey: Grey) -> 'Looked':
        """Look at a grey picture [H, W]."""
        medium = _narrowed(grey, 2 * MOTION_WIDTH)
        sharpness = float(cv2.Laplacian(medium, cv2.CV_64F).var())
        return Looked(_narrowed(medium, MOTION_WIDTH), sharpness)


def sharpest_per_step(pictures: Iterable[tuple[Item, Grey]], step: float) -> Iterator[Item]:
    """Choose of pictures in the order in which they were taken, holding one of them at a time.

    A step ends when half of the corners have moved by `step` (a share of the picture's width)
    since it began, or cannot be followed any more.  Its sharpest picture is chosen.  A camera
    that stands still gives one picture, and pictures that are further apart than a step are
    all chosen.
    """
    best: tuple[float, Item] | None = None
    corners: _Corners | None = None
    for item, grey in pictures:
        looked = Looked.at(grey)
        if corners is None or corners.moved(looked.small) >= step:
            if best is not None:
                yield best[1]
            best, corners = None, _Corners(looked.small)
        if best is None or looked.sharpness > best[0]:
            best = (looked.sharpness, item)
    if best is not None:
        yield best[1]


class _Corners:
    """Corners of a picture, followed from picture to picture."""

    def __init__(self, small: Grey) -> None:
        found = cv2.goodFeaturesToTrack(small, CORNERS, 0.01, 8)
        # It gives None where there is none.
        self.start: Corners = np.array([] if found is None else found, np.float32)
        self.now = self.start
        self.last = small
        self.needed = SURVIVING * len(self.start)

    def moved(self, small: Grey) -> float:
        """Median distance from the start as a share of the width; infinite when lost."""
        if len(self.now) == 0:
            return np.inf
        after, found = _followed(self.last, small, self.now)
        back, found_back = _followed(small, self.last, after)
        round_trip = np.linalg.norm(back - self.now, axis=2)
        good = (found & found_back & (round_trip < ROUND_TRIP_PX))[:, 0]
        self.start, self.now, self.last = self.start[good], after[good], small
        if good.sum() < max(self.needed, 8):
            return np.inf
        shift = np.linalg.norm(self.now - self.start, axis=2)
        return float(np.median(shift)) / small.shape[1]


def _followed(before: Grey, after: Grey, corners: Corners) -> tuple[Corners, NDArray[np.bool_]]:
    """Where corners [N, 1, 2] of a picture are in another, and which could be followed [N, 1]."""
    # OpenCV's stubs ask for the array that it makes when given none.
    moved, status, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, corners.copy())
    return np.asarray(moved, np.float32), np.asarray(status) == 1


def _narrowed(grey: Grey, width: int) -> Grey:
    scale = width / grey.shape[1]
    if scale >= 1.0:
        return grey
    size = (width, max(round(grey.shape[0] * scale), 1))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
