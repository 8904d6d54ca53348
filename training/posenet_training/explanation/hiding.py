# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does the answer depend on what the saliency map marks?  Hide it and see."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import distance, transform
from posenet_ros.model_file import Regressor
from posenet_training.explanation.saliency import Saliency

Array = NDArray[np.float64]
GreyLevels = NDArray[np.uint8]

# Share of the picture that is hidden, and how strongly it is blurred, in pixels.
SHARE = 0.1
BLUR = 15.0
# The same patches elsewhere: as many random shifts of them.
SHIFTS = 8
# A map is smoothed by this many pixels before it is drawn or cut.
SMOOTH = 4.0


@dataclass(frozen=True)
class Hidden:
    """How far the position (map units) and the rotation (degrees) move with a tenth hidden.

    salient: the most salient tenth by that map; elsewhere: patches of its shape, on average.
    """

    salient_distance: float
    elsewhere_distance: float
    salient_degrees: float
    elsewhere_degrees: float


def smooth(saliency_map: Array) -> Array:
    """A map [224, 224] without its grain."""
    return np.asarray(cv2.GaussianBlur(saliency_map, (0, 0), SMOOTH), dtype=np.float64)


def hide(regressor: Regressor, crop: GreyLevels, saliency: Saliency, seed: int) -> Hidden:
    """Blur the most salient parts of one crop [224, 224, 3], and others for comparison."""
    blurred = cv2.GaussianBlur(crop, (0, 0), BLUR)
    rng = np.random.default_rng(seed)
    shifts = [(0, 0), *(tuple(rng.integers(224, size=2)) for _ in range(SHIFTS))]
    untouched = _pose(regressor, crop)
    moves = []
    for saliency_map in (saliency.position, saliency.rotation):
        marked = smooth(saliency_map)
        mask = marked >= np.quantile(marked, 1.0 - SHARE)
        masks = [np.roll(mask, shift, axis=(0, 1))[..., None] for shift in shifts]
        poses = [_pose(regressor, np.where(mask, blurred, crop)) for mask in masks]
        moves.append(np.array([distance(untouched, pose) for pose in poses]))
    distances, degrees = moves[0][:, 0], np.degrees(moves[1][:, 1])
    return Hidden(
        float(distances[0]),
        float(distances[1:].mean()),
        float(degrees[0]),
        float(degrees[1:].mean()),
    )


def _pose(regressor: Regressor, crop: GreyLevels) -> Array:
    answer = regressor.predict(crop)
    return transform(answer.position, answer.q_xyzw)
