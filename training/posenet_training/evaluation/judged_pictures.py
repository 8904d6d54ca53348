# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with poses, of one split, that are read when they are looked at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop
from posenet_ros.scene import Picture, SceneError, read_rgb
from posenet_training.baselines.classifier import classifier_view
from posenet_training.data.frames import Source
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.cameras import robots_window
from posenet_training.sequences import evenly

Image = NDArray[np.uint8]

# Splits by the names that users know; a source calls the first one 'reference'.
SPLITS = ('train', 'validation', 'calibration', 'test')


@dataclass(frozen=True)
class JudgedPictures:
    """N pictures.

    names         for people
    sequences     [N] names of the drives that they belong to
    runs          [N] numbers; frames of one run were taken one after another, without a gap
    T_map_camera  poses [N, 4, 4]
    picture       gives a picture [H, W, 3] by its number, or only its crop (`whole` is False)
    window        gives the part of a picture that a network sees, by its number and itself
    look          gives what a classifier sees of a picture, [224, 224, 3]
    """

    split: str
    description: str
    names: tuple[str, ...]
    sequences: tuple[str, ...]
    runs: NDArray[np.int64]
    T_map_camera: Array
    picture: Callable[[int], Image]
    window: Callable[[int, Image], CropWindow]
    look: Callable[[Image], Image]
    whole: bool

    def __len__(self) -> int:
        return len(self.names)

    def crop(self, number: int, picture: Image) -> Image:
        """What a network sees of a picture that was read, [224, 224, 3]."""
        return crop(picture, self.window(number, picture))

    def seen(self, number: int) -> Image:
        """What a network sees of a picture, [224, 224, 3]; it is read for that."""
        return self.crop(number, self.picture(number))

    def crops(self, numbers: Sequence[int]) -> Image:
        """What a network sees of these pictures, [N, 224, 224, 3]."""
        return np.stack([self.seen(number) for number in numbers])

    def all_over(self, most: int) -> list[int]:
        """At most so many numbers, evenly spread over the pictures."""
        return evenly(range(len(self)), most)

    def batches(self, size: int) -> list[range]:
        """Numbers of the pictures, `size` at a time."""
        return [range(low, min(low + size, len(self))) for low in range(0, len(self), size)]


def judged_pictures(source: Source, split: str, trained: Camera | None = None) -> JudgedPictures:
    """JudgedPictures of a source's split, one of SPLITS; train is pictures like those of training.

    Pictures of a scene on disk are read when they are looked at, one at a time, and cropped to
    the view of the camera `trained` where both cameras are known; a simulated room draws its
    crops at once.  Raises SceneError for another split and for one without pictures.
    """
    of_source = _of_source(source, split)
    if isinstance(source, PictureSource):
        return _on_disk(source, split, of_source, trained)
    return _drawn(source, split, of_source)


def pictures_of(source: PictureSource, split: str) -> tuple[Picture, ...]:
    """The pictures of such a split; raises as `judged_pictures` does."""
    pictures = source.pictures(_of_source(source, split))
    if not pictures:
        raise SceneError(
            f"scene '{source.scene.root}' has no pictures in split '{split}': import it with more "
            'validation pictures or name another split'
        )
    return pictures


def _of_source(source: Source, split: str) -> str:
    """What a source calls a split."""
    if split not in SPLITS:
        raise SceneError(f"{source.name} has no split '{split}': use {', '.join(SPLITS)}")
    return 'reference' if split == 'train' else split


def _drawn(source: Source, split: str, of_source: str) -> JudgedPictures:
    frames = source.frames(of_source)
    sequences, runs = _drives(of_source, len(frames.images))
    return JudgedPictures(
        split=split,
        description=source.describe(of_source),
        names=tuple(f'{split} {number}' for number in range(len(frames.images))),
        sequences=sequences,
        runs=runs,
        T_map_camera=frames.T_map_camera,
        picture=frames.images.__getitem__,
        window=lambda number, drawn: CropWindow(0, 0, len(drawn)),
        look=lambda drawn: drawn,
        whole=False,
    )


def _drives(of_source: str, count: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Drives of a simulated room, or views that have nothing to do with each other."""
    from posenet_training.data.rendered import DRIVES, FRAMES_A_DRIVE

    numbers = np.arange(count)
    if of_source not in DRIVES:
        return ('views',) * count, numbers
    drives = numbers // FRAMES_A_DRIVE
    return tuple(f'drive {drive}' for drive in drives), drives


def _on_disk(
    source: PictureSource, split: str, of_source: str, trained: Camera | None
) -> JudgedPictures:
    pictures = pictures_of(source, split)
    description = source.describe(of_source)
    if split == 'test' and not source.test:
        description += ', the part of validation that does not calibrate'
    return JudgedPictures(
        split=split,
        description=description,
        names=tuple(picture.file.removeprefix('pictures/') for picture in pictures),
        sequences=tuple(picture.sequence for picture in pictures),
        runs=np.array(list(_runs(source, pictures))),
        T_map_camera=np.stack([picture.T_map_camera for picture in pictures]),
        picture=lambda number: read_rgb(source.scene.path(pictures[number])),
        window=lambda number, rgb: robots_window(source.scene, pictures[number], rgb, trained),
        look=classifier_view,
        whole=True,
    )


def _runs(source: PictureSource, pictures: tuple[Picture, ...]) -> Iterator[int]:
    rows = {picture.file: row for row, picture in enumerate(source.scene.pictures)}
    run = 0
    yield run
    for before, after in pairwise(pictures):
        follows = rows[after.file] == rows[before.file] + 1
        run += not (follows and after.sequence == before.sequence)
        yield run
