# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of no place, made of those of one: what they show is ours, how it stands is not.

A mirrored picture has its walls, doors and furniture where they are not, and so has one that was
put together of two.  Other places need not be at hand then; where they are, they are better.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from posenet_training.calibrating.claims import Answering, features_of
from posenet_training.data.frames import Source
from posenet_training.evaluation.judged_pictures import JudgedPictures
from posenet_training.sequences import Progress, evenly

# Pictures that strangers are made of, and pictures of each other place.
MADE_OF = 500
OF_EACH_PLACE = 300
# Where two pictures meet, as a share of the side.
NEAREST_CUT, FARTHEST_CUT = 0.3, 0.7

Crop = NDArray[np.uint8]
Making = Callable[[Crop, Crop, int], Crop]


def mirrored(crop: Crop, other: Crop, cut: int) -> Crop:
    """Left is right."""
    return np.ascontiguousarray(crop[:, ::-1])


def beside(crop: Crop, other: Crop, cut: int) -> Crop:
    """The left part of one, and beside it what is on the left of the other."""
    return np.concatenate([crop[:, :cut], other[:, : len(crop) - cut]], axis=1)


def above(crop: Crop, other: Crop, cut: int) -> Crop:
    """The upper part of one, and below it what is on top of the other."""
    return np.concatenate([crop[:cut], other[: len(crop) - cut]])


MAKING: tuple[Making, ...] = (mirrored, beside, above)


def made_strangers(crops: Sequence[Crop], rng: np.random.Generator) -> Iterator[Crop]:
    """Of each crop [S, S, 3] one of every kind, put together with another by lot."""
    for crop in crops:
        for make in MAKING:
            other = crops[int(rng.integers(len(crops)))]
            cut = round(len(crop) * float(rng.uniform(NEAREST_CUT, FARTHEST_CUT)))
            yield make(crop, other, cut)


def stranger_features(
    answer: Answering, training: JudgedPictures, foreign: Sequence[Source], progress: Progress
) -> NDArray[np.float32]:
    """Features [S, F] of strangers made of training pictures, and of pictures of other places."""
    crops = [training.seen(number) for number in evenly(range(len(training)), MADE_OF)]
    groups: list[Iterable[Crop]] = [
        made_strangers(crops, np.random.default_rng(0)),
        *(_pictures_of(source) for source in foreign),
    ]
    looked_at = progress(groups, 'looking at strangers')
    return np.concatenate([features_of(answer, group) for group in looked_at])


def _pictures_of(source: Source) -> Iterator[Crop]:
    return (crop for crop, _ in source.each('reference', OF_EACH_PLACE))


def described(training: JudgedPictures, foreign: Sequence[Source]) -> str:
    """Say in a few words what strangers those are."""
    count = len(MAKING) * min(len(training), MADE_OF)
    places = ''.join(f', and up to {OF_EACH_PLACE} of {source.name}' for source in foreign)
    return f'{count} made of training pictures{places}'
