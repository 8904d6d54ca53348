# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matched pairs of pictures as rays: what the poses are judged by.

Distortion is taken out before anything is judged, so a fisheye camera is one like any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_training.check.epipolar import parallax, rays
from posenet_training.check.lens import focused, undistorted, usable
from posenet_training.check.matching import Matcher, Matches
from posenet_training.check.pairs import Pair
from posenet_training.check.view import View

# In pixels of a picture 640 pixels wide.
WIDTH = 640.0
# For telling matches from mismatches, no more.
CONSISTENT = 2.0
FEWEST, MOST = 30, 150

Progress = Callable[[Sequence[Pair]], Iterable[Pair]]


@dataclass(frozen=True)
class MatchedPair:
    """Matches of pictures a and b: pixels [N, 2] of either, and either's camera."""

    a: int
    b: int
    pixels: tuple[Array, Array]
    cameras: tuple[Camera, Camera]

    @property
    def pixel(self) -> float:
        """Angle in radians of 1/640 of the width of picture a, in its middle."""
        return _pixel(self.cameras[0])

    def rays(self, focal_factor: float = 1.0) -> tuple[Array, Array]:
        """Unit rays [N, 3] of either picture, were the focal length that much longer."""
        a, b = (
            rays(undistorted(focused(camera, focal_factor), pixels))
            for camera, pixels in zip(self.cameras, self.pixels, strict=True)
        )
        return a, b

    @property
    def parallax(self) -> float:
        """What no rotation explains, in 640ths of the width."""
        return parallax(*self.rays()) / self.pixel


def match_pairs(
    view: View, matcher: Matcher, pairs: Sequence[Pair], track: Progress
) -> list[MatchedPair]:
    """Match pictures; pairs with too few matches are left out."""
    matched = []
    for a, b in track(pairs):
        cameras = view.camera(a), view.camera(b)
        matches = _of_one_motion(matcher.match(a, b), cameras)
        if len(matches.a) >= FEWEST:
            matched.append(MatchedPair(a, b, (matches.a, matches.b), cameras))
    return matched


def _of_one_motion(matches: Matches, cameras: tuple[Camera, Camera]) -> Matches:
    """At most MOST matches that one fundamental matrix explains, whatever the poses say."""
    points_a, points_b = undistorted(cameras[0], matches.a), undistorted(cameras[1], matches.b)
    good = usable(cameras[0], matches.a, points_a) & usable(cameras[1], matches.b, points_b)
    keep = np.flatnonzero(good)
    if len(keep) >= FEWEST:
        keep = keep[_consistent(points_a[keep], points_b[keep], _pixel(cameras[0]))]
    keep = keep[np.linspace(0, len(keep) - 1, min(MOST, len(keep))).round().astype(int)]
    return Matches(matches.a[keep], matches.b[keep])


def _consistent(points_a: Array, points_b: Array, pixel: float) -> NDArray[np.bool_]:
    mask: Any
    _, mask = cv2.findFundamentalMat(
        points_a / pixel, points_b / pixel, cv2.FM_RANSAC, CONSISTENT, 0.999, 2000
    )
    return np.zeros(len(points_a), bool) if mask is None else mask[:, 0].astype(bool)


def _pixel(camera: Camera) -> float:
    return camera.width / WIDTH / camera.fx
