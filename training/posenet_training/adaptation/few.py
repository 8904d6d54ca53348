# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene of which only some pictures train, and all others serve as before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import AdaptationError

Item = TypeVar('Item')


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """Exactly `count` of at least as many items: the middles of as many equal parts."""
    return [items[(2 * part + 1) * len(items) // (2 * count)] for part in range(count)]


def few_pictures(source: Source, count: int) -> PictureSource:
    """The scene with `count` training pictures, evenly spread along its drives.

    Raises AdaptationError for a simulated room, and for a scene with fewer.
    """
    if not isinstance(source, PictureSource):
        raise AdaptationError(
            f"'{source.name}' draws its pictures anew and has no number of them: name the folder "
            'of a scene'
        )
    if not 1 <= count <= len(source.train):
        raise AdaptationError(
            f"scene '{source.scene.root}' has {len(source.train)} training pictures: ask for 1 to "
            f'so many, not for {count}'
        )
    kept = {picture.file for picture in spread(source.train, count)}
    pictures = tuple(
        replace(picture, split='')
        if picture.split == 'train' and picture.file not in kept
        else picture
        for picture in source.scene.pictures
    )
    return PictureSource(replace(source.scene, pictures=pictures))
