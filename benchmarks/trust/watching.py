# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An episode through renderer and network: all that decisions need of each frame, no pictures."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.trust.spoiling import spoil
from posenet_ros.framing import matched_framing
from posenet_ros.image_checks import measured
from posenet_ros.model_file import Regressor
from posenet_ros.model_spec import ModelFileError
from posenet_ros.preprocess import CropWindow, crop
from posenet_training.whole_file import whole_file
from simulation.camera import CAMERA, window_camera
from simulation.drive import Floor
from simulation.episodes import Episode, Moment
from simulation.renderer import Renderer
from simulation.rooms import RoomName

BATCH = 16  # a batch takes half the time of so many single frames

Crop = NDArray[np.uint8]
Measure = Callable[[Crop], NDArray[np.float32]]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Watched:
    """What was seen and known in each of N frames.

    episode                      what was watched and how, as text
    stamp_ns [N], T_map_base, T_odom_base, T_base_camera [N, 4, 4]   as in a Moment
    spoilt [N]                   names of Spoilt
    position [N, 3], q_xyzw [N, 4], covariance [N, 6, 6]   the network's raw answers (T_map_camera)
    feature [N, F]               the localization feature, float16
    measures [N, K]              of the crop
    """

    episode: NDArray[np.str_]
    stamp_ns: NDArray[np.int64]
    T_map_base: Floats
    T_odom_base: Floats
    T_base_camera: Floats
    spoilt: NDArray[np.str_]
    position: NDArray[np.float32]
    q_xyzw: NDArray[np.float32]
    covariance: NDArray[np.float32]
    feature: NDArray[np.float16]
    measures: NDArray[np.float32]

    def save(self, file: Path) -> None:
        """Write all arrays; the file is there whole or not at all."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        with whole_file(file) as partial, partial.open('wb') as stream:
            np.savez(stream, **arrays)

    @classmethod
    def load(cls, file: Path) -> 'Watched':
        """Read what `save` wrote."""
        with np.load(file) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class Place:
    """A room that is built: to drive in and to look at."""

    name: str
    floor: Floor
    renderer: Renderer


class Watcher:
    """Runs episodes through one network; the room of the last one stays built."""

    def __init__(self, regressor: Regressor, measure: Measure) -> None:
        self._regressor = regressor
        self._measure = measure
        framing = matched_framing(CAMERA.width, CAMERA.height, CAMERA, regressor.spec.camera)
        self._camera = window_camera(CAMERA, framing.window)
        self._whole = CropWindow(0, 0, framing.window.side)
        self._place: Place | None = None

    def describe(self, episode: Episode) -> str:
        """Names an episode, the network and the measures."""
        return described(episode, self._regressor.spec.weights_sha256, self._measure)

    def watch(self, episode: Episode) -> Watched:
        """Draw all frames, spoil those that are to be spoilt, and ask the network.

        Raises ModelFileError for a graph that takes no batches.
        """
        place = self._enter(episode.room)
        moments, answers, measures = [], [], []
        for batch in _batches(episode.moments(place.floor)):
            crops = np.stack([self._crop(place.renderer, moment) for moment in batch])
            answers.append(self._answers(crops))
            measures += [self._measure(each) for each in crops]
            moments += batch
        position, q_xyzw, covariance, feature = (
            np.concatenate(parts) for parts in zip(*answers, strict=True)
        )
        return Watched(
            episode=np.array(self.describe(episode)),
            stamp_ns=np.array([moment.stamp_ns for moment in moments]),
            T_map_base=np.stack([moment.T_map_base for moment in moments]),
            T_odom_base=np.stack([moment.T_odom_base for moment in moments]),
            T_base_camera=np.stack([moment.T_base_camera for moment in moments]),
            spoilt=np.array([moment.spoilt.value for moment in moments]),
            position=position,
            q_xyzw=q_xyzw,
            covariance=covariance,
            feature=feature.astype(np.float16),
            measures=np.stack(measures),
        )

    def _answers(self, crops: Crop) -> list[NDArray[np.float32]]:
        answers = [answer.numpy() for answer in self._regressor.answers(torch.from_numpy(crops))]
        if any(len(answer) != len(crops) for answer in answers):
            raise ModelFileError(
                f"the model of '{self._regressor.spec.scene}' does not answer {len(crops)} crops "
                'at a time: export it again'
            )
        return answers

    def _enter(self, name: str) -> Place:
        if self._place is None or self._place.name != name:
            if self._place:
                self._place.renderer.close()
            room = RoomName.parse(name).room()
            self._place = Place(name, Floor.of(room), Renderer(room, self._camera))
        return self._place

    def _crop(self, renderer: Renderer, moment: Moment) -> Crop:
        rgb = renderer.render(moment.T_map_camera, moment.light)
        return crop(spoil(rgb, moment), self._whole)


def described(episode: Episode, weights_sha256: str, measure: Measure) -> str:
    """Names an episode, a network and the measures."""
    return f'{episode} {weights_sha256} {measure.__module__}.{measure.__qualname__}'


def image_measures(crop_rgb: Crop) -> NDArray[np.float32]:
    """The fields of image_checks.Measures, in their order."""
    return np.array(astuple(measured(crop_rgb)), np.float32)


def is_watched(file: Path, description: str) -> bool:
    """Whether a whole file of this very episode is there."""
    try:
        with np.load(file) as arrays:
            return str(arrays['episode']) == description
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return False


def _batches(moments: Iterator[Moment]) -> Iterator[list[Moment]]:
    while batch := list(islice(moments, BATCH)):
        yield batch
