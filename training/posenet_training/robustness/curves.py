# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All pictures of a split through all corruptions, and how far each localizer is off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, distance
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.robustness.corruptions import Corruption
from posenet_training.robustness.localizers import Localizer
from posenet_training.sequences import Progress


@dataclass(frozen=True)
class Errors:
    """Errors of one localizer on N pictures; where it gave no answer they are infinite.

    metres, degrees  [N]
    seconds          [N] what each answer took
    """

    metres: Array
    degrees: Array
    seconds: Array


@dataclass(frozen=True)
class Curve:
    """Errors of one localizer under one corruption at each strength of its ladder."""

    corruption: Corruption
    errors: tuple[Errors, ...]


@dataclass(frozen=True)
class Robustness:
    """What became of one localizer: errors on the pictures as they are, and a curve each."""

    untouched: Errors
    curves: tuple[Curve, ...]


def measure(
    scene: Scene,
    pictures: Sequence[Picture],
    localizers: Mapping[str, Localizer],
    corruptions: Sequence[Corruption],
    seed: int,
    progress: Progress,
) -> dict[str, Robustness]:
    """Ask each localizer about pictures of a scene under all corruptions.

    Pictures are read one by one.  Chance (direction of the blur, place of the occluder) is the
    same for all localizers and strengths.  Raises SceneError for a picture that cannot be read.
    """
    steps = [(None, 0.0), *((c, s) for c in corruptions for s in c.ladder)]
    found = np.empty((len(localizers), len(steps), len(pictures), 3))
    for number, picture in enumerate(progress(pictures, 'pictures under corruption')):
        rgb = read_rgb(scene.path(picture))
        for step, (corruption, strength) in enumerate(steps):
            spoilt = rgb
            if corruption is not None:
                rng = np.random.default_rng([seed, number, corruptions.index(corruption)])
                spoilt = corruption.corrupt(rgb, strength, rng)
            for row, localize in enumerate(localizers.values()):
                found[row, step, number] = _asked(localize, picture, spoilt)
    return {
        name: _robustness(errors, corruptions)
        for name, errors in zip(localizers, found, strict=True)
    }


def _asked(
    localize: Localizer, picture: Picture, rgb: NDArray[np.uint8]
) -> tuple[float, float, float]:
    """Metres, degrees, seconds."""
    begin = perf_counter()
    T_map_camera = localize(picture, rgb)
    seconds = perf_counter() - begin
    if T_map_camera is None:
        return np.inf, np.inf, seconds
    metres, radians = distance(T_map_camera, picture.T_map_camera)
    return metres, float(np.degrees(radians)), seconds


def _robustness(found: Array, corruptions: Sequence[Corruption]) -> Robustness:
    """Errors [steps, N, 3] of one localizer, sorted by corruption."""
    untouched, *rest = (Errors(*errors.T) for errors in found)
    steps = iter(rest)
    curves = [Curve(c, tuple(next(steps) for _ in c.ladder)) for c in corruptions]
    return Robustness(untouched, tuple(curves))
