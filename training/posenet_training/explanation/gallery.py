# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Some pictures of a split, evenly spread over it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.judged_pictures import JudgedPictures, judged_pictures
from posenet_training.sequences import evenly

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gallery:
    """N pictures of a split: those at `rows`; they are numbered from 0 here."""

    samples: JudgedPictures
    rows: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> int:
        """How many pictures the split has."""
        return len(self.samples)

    @property
    def T_map_camera(self) -> Array:
        """Poses [N, 4, 4]."""
        return self.samples.T_map_camera[list(self.rows)]

    def name(self, number: int) -> str:
        """A picture's name, for people."""
        return self.samples.names[self.rows[number]]

    def crop(self, number: int) -> NDArray[np.uint8]:
        """What the network sees of a picture, [224, 224, 3]; read when it is asked for."""
        return self.samples.seen(self.rows[number])


def open_gallery(source: Source, split: str, most: int, trained: Camera | None) -> Gallery:
    """At most `most` pictures of a source's split, cropped to the view of the camera `trained`.

    Raises SceneError when the split is empty.
    """
    samples = judged_pictures(source, split, trained)
    return Gallery(samples, tuple(evenly(range(len(samples)), most)))


def unit_of(source: Source) -> str:
    """'m', or 'units' where a scene's scale is unknown."""
    known = not isinstance(source, PictureSource) or source.scene.scale == 'metric'
    return 'm' if known else 'units'
