# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene of which only some pictures train, and all others serve as before."""

from dataclasses import replace

from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import AdaptationError
from posenet_training.sequences import evenly


def few_pictures(source: Source, count: int) -> PictureSource:
    """The scene with `count` training pictures, evenly spread along its drives.

    Raises AdaptationError for a simulated room, and for a scene with fewer.
    """
    if not isinstance(source, PictureSource):
        raise AdaptationError(
            f"'{source.name}' draws its pictures anew and has no number of them: write it as a "
            'scene with `posenet scene import room room:SEED SCENE` and name that folder'
        )
    if not 1 <= count <= len(source.train):
        raise AdaptationError(
            f"scene '{source.scene.root}' has {len(source.train)} training pictures: ask for 1 to "
            f'so many, not for {count}'
        )
    kept = {picture.file for picture in evenly(source.train, count)}
    pictures = tuple(
        replace(picture, split='')
        if picture.split == 'train' and picture.file not in kept
        else picture
        for picture in source.scene.pictures
    )
    return PictureSource(replace(source.scene, pictures=pictures))
