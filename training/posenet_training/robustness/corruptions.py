# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What happens to a whole picture [H, W, 3], uint8 RGB, before anybody looks at it.

Lengths are in pixels of that picture.  Levels are taken to follow sRGB where light is scaled.
A changed camera (field of view, aspect) is told to nobody: the intrinsics stay those of before.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_training.augmentation.blurring import defocused, moving
from posenet_training.augmentation.grain import noisy
from posenet_training.augmentation.tone import exposed

Picture = NDArray[np.uint8]
# Of a usual camera, in grey levels: nothing in the light, much in the dark.
READ_NOISE = 2.0

Corrupt = Callable[[Picture, float, np.random.Generator], Picture]


@dataclass(frozen=True)
class Corruption:
    """A way to spoil a picture.

    name, unit  for people
    none        the strength that leaves a picture as it is
    ladder      the strengths that are tried, from weak to strong
    corrupt     (picture, strength, rng) -> picture of the same size
    """

    name: str
    unit: str
    none: float
    ladder: tuple[float, ...]
    corrupt: Corrupt


def darkness(rgb: Picture, stops: float, rng: np.random.Generator) -> Picture:
    """2 ** -stops of the light, while the sensor's own noise stays what it is."""
    return noisy(exposed(rgb, -stops), READ_NOISE, rng) if stops else rgb


def over_exposure(rgb: Picture, stops: float, rng: np.random.Generator) -> Picture:
    """2 ** stops times the light; what is brighter than white is lost."""
    return exposed(rgb, stops)


def motion_blur(rgb: Picture, length_px: float, rng: np.random.Generator) -> Picture:
    """The camera moves by so many pixels while the shutter is open, straight in any direction."""
    return moving(rgb, length_px, rng.uniform(0.0, np.pi))


def defocus(rgb: Picture, diameter_px: float, rng: np.random.Generator) -> Picture:
    """Points become discs of this diameter."""
    return defocused(rgb, diameter_px)


def noise(rgb: Picture, deviation: float, rng: np.random.Generator) -> Picture:
    """Gaussian noise of so many grey levels, each pixel and colour for itself."""
    return noisy(rgb, deviation, rng)


def occlusion(rgb: Picture, share: float, rng: np.random.Generator) -> Picture:
    """One rectangle of the picture's own proportions and of one dark colour covers a share."""
    height, width, _ = rgb.shape
    covered_h, covered_w = (round(side * share**0.5) for side in (height, width))
    place, colour = rng.random(2), rng.integers(0, 100, 3)
    top = round(place[0] * (height - covered_h))
    left = round(place[1] * (width - covered_w))
    covered = rgb.copy()
    covered[top : top + covered_h, left : left + covered_w] = colour
    return covered


def narrower_view(rgb: Picture, zoom: float, rng: np.random.Generator) -> Picture:
    """A lens with a focal length `zoom` >= 1 times as long."""
    return _stretched(rgb, zoom, zoom)


def aspect(rgb: Picture, factor: float, rng: np.random.Generator) -> Picture:
    """Things look `factor` >= 1 times as wide as they are, and as high as they are."""
    return _stretched(rgb, factor, 1.0)


def _stretched(rgb: Picture, across: float, down: float) -> Picture:
    """Stretch about the centre and cut at the old size; pixel centres are at whole numbers."""
    height, width, _ = rgb.shape
    centre_x, centre_y = 0.5 * (width - 1), 0.5 * (height - 1)
    new_to_old = np.array(
        [
            [1.0 / across, 0.0, centre_x * (1.0 - 1.0 / across)],
            [0.0, 1.0 / down, centre_y * (1.0 - 1.0 / down)],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(rgb, new_to_old, (width, height), flags=flags), np.uint8)


CORRUPTIONS = (
    Corruption('darkness', 'stops', 0.0, (1.0, 2.0, 4.0, 5.0, 6.0, 7.0), darkness),
    Corruption('over-exposure', 'stops', 0.0, (0.5, 1.0, 2.0, 3.0, 4.0), over_exposure),
    Corruption('motion blur', 'px', 0.0, (5.0, 10.0, 20.0, 40.0, 80.0), motion_blur),
    Corruption('defocus', 'px', 0.0, (3.0, 6.0, 12.0, 24.0, 48.0), defocus),
    Corruption('noise', 'grey levels', 0.0, (10.0, 20.0, 40.0, 80.0, 120.0), noise),
    Corruption('occlusion', 'share', 0.0, (0.1, 0.2, 0.4, 0.6, 0.8), occlusion),
    Corruption('narrower view', 'zoom', 1.0, (1.1, 1.2, 1.35, 1.5, 2.0), narrower_view),
    Corruption('aspect', 'stretch', 1.0, (1.05, 1.1, 1.2, 1.35, 1.5), aspect),
)
