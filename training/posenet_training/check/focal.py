# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does another focal length fit pictures and poses clearly better?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posenet_ros.geometry import Array
from posenet_training.check.conventions import relative
from posenet_training.check.epipolar import residuals
from posenet_training.check.findings import Finding, Level
from posenet_training.check.lens import ASSUMED_FOCAL
from posenet_training.check.matched_pairs import MatchedPair
from posenet_training.check.significance import p_of_gains

FACTORS = np.geomspace(0.65, 1.0 / 0.65, 25)
FARTHEST_MISS = 8.0
SIGNIFICANCE = 0.001
# Less than this does not matter to training.
LEAST_CHANGE = 0.07
LEAST_GAIN = 0.1


@dataclass(frozen=True)
class FocalResult:
    """The factor of the scene's focal length that fits best.

    misses  mean miss of the matches at FACTORS times `centre`, in 640ths of the picture's width
    gain    share of the miss that the best factor takes away
    """

    factor: float
    centre: float
    gain: float
    p_value: float
    misses: tuple[float, ...]

    def used(self, focal_known: bool) -> float:
        """The factor to go on with: the scene's own focal length, unless it is clearly wrong."""
        return 1.0 if focal_known and not self.differs else self.factor

    @property
    def differs(self) -> bool:
        """Whether another focal length fits better, beyond doubt and beyond what matters."""
        return (
            abs(self.factor - 1.0) >= LEAST_CHANGE
            and self.gain >= LEAST_GAIN
            and self.p_value < SIGNIFICANCE
        )


def sweep_focal(
    T_map_camera: Array, pairs: Sequence[MatchedPair], centre: float = 1.0
) -> FocalResult:
    """Try focal lengths around `centre` times the scene's, on poses [N, 4, 4]."""
    misses = np.stack([_misses(T_map_camera, pair, centre) for pair in pairs])
    curve = misses.mean(axis=0)
    best = int(curve.argmin())
    given = np.stack([_miss(T_map_camera, pair, 1.0) for pair in pairs])
    p = p_of_gains(given - misses[:, best])
    gain = float(1.0 - curve[best] / given.mean())
    return FocalResult(float(FACTORS[best] * centre), centre, gain, p, tuple(map(float, curve)))


def focal_findings(result: FocalResult, focal_px: float | None) -> list[Finding]:
    """What the sweep says of the scene's focal length in pixels, or of one that was assumed."""
    if focal_px is None:
        sentence = (
            'The scene has no intrinsics; a focal length of about '
            f'{result.factor * ASSUMED_FOCAL:.2f} times the width fits its pictures: give it at '
            'the import.'
        )
        return [Finding('intrinsics', Level.warning, sentence)]
    if result.differs:
        sentence = (
            f'A focal length of about {result.factor * focal_px:.0f} px fits clearly better than '
            f'the {focal_px:.0f} px of the scene (it takes away {result.gain:.0%} of the miss): '
            'are the intrinsics of another resolution or camera?'
        )
        return [Finding('intrinsics', Level.warning, sentence)]
    sentence = f'The focal length of {focal_px:.0f} px fits the pictures.'
    return [Finding('intrinsics', Level.ok, sentence)]


def _misses(T_map_camera: Array, pair: MatchedPair, centre: float) -> Array:
    """Mean miss [FACTORS] of a pair's matches."""
    return np.array([_miss(T_map_camera, pair, factor) for factor in FACTORS * centre])


def _miss(T_map_camera: Array, pair: MatchedPair, factor: float) -> float:
    T_b_a = relative(T_map_camera, np.array([pair.a]), np.array([pair.b]))[0]
    miss = residuals(*pair.rays(factor), T_b_a) / pair.pixel * factor
    return float(np.minimum(miss, FARTHEST_MISS).mean())
