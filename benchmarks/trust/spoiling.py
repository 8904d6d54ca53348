# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures that are blurred or covered; darkness is in the light that they are drawn with."""

import numpy as np
from numpy.typing import NDArray

from posenet_training.robustness.corruptions import motion_blur, noise, occlusion
from simulation.episodes import Moment, Spoilt

BLUR_PX = (20.0, 60.0)  # of a picture with a focal length of 420 px
COVERED = (0.6, 1.0)  # share of the picture


def spoil(rgb: NDArray[np.uint8], moment: Moment) -> NDArray[np.uint8]:
    """The picture [H, W, 3] of a moment after what spoils it, always the same for that moment."""
    rng = np.random.default_rng(moment.light.noise_seed)
    if moment.spoilt is Spoilt.blurred:
        return motion_blur(rgb, float(rng.uniform(*BLUR_PX)), rng)
    if moment.spoilt is Spoilt.covered:
        covered = occlusion(rgb, float(rng.uniform(*COVERED)), rng)
        # What covers the lens does not keep the sensor from its noise.
        return noise(covered, moment.light.noise, rng)
    return rgb
