# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The same pictures to several localizers, one after another: what they answer, and how soon."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.scale.assets import Asset
from benchmarks.scale.localizers import Localizer
from posenet_ros.geometry import Array, pose_error
from posenet_ros.scene import Picture, read_rgb, read_scene
from posenet_training.sequences import ALL, evenly


@dataclass(frozen=True)
class Answered:
    """Of N pictures: seconds [N] and errors [N, 6], infinite where nothing was registered."""

    seconds: Array
    errors: Array

    @staticmethod
    def joined(parts: Sequence['Answered']) -> 'Answered':
        """All pictures of all parts."""
        return Answered(
            np.concatenate([part.seconds for part in parts]),
            np.concatenate([part.errors for part in parts]),
        )


@dataclass(frozen=True)
class Questions:
    """Pictures that judge an asset, and who is asked about each."""

    asset: Asset
    localizers: Mapping[str, Localizer]
    pictures: Sequence[Picture]

    @staticmethod
    def of(asset: Asset, localizers: Mapping[str, Localizer], most: int = ALL) -> 'Questions':
        """With the pictures of the asset that judge, or `most` of them."""
        pictures = read_scene(asset.scene).split('validation')
        return Questions(asset, localizers, evenly(pictures, most))


def warm_up(each: Sequence[Questions]) -> None:
    """Ask about the first picture once, so that no time is that of a cold start."""
    for questions in each:
        for localizer in questions.localizers.values():
            _ask(localizer, questions.asset, questions.pictures[0])


def ask_in_turns(each: Sequence[Questions]) -> list[dict[str, Answered]]:
    """The n-th picture of all questions, then the next: a slow minute meets all of them alike."""
    parts: list[dict[str, list[Answered]]] = [
        {name: [] for name in questions.localizers} for questions in each
    ]
    longest = max((len(questions.pictures) for questions in each), default=0)
    for number in range(longest):
        for questions, answered in zip(each, parts, strict=True):
            if number < len(questions.pictures):
                for name, localizer in questions.localizers.items():
                    picture = questions.pictures[number]
                    answered[name].append(_ask(localizer, questions.asset, picture))
    return [
        {name: Answered.joined(answers) for name, answers in answered.items()}
        for answered in parts
    ]


def _ask(localizer: Localizer, asset: Asset, picture: Picture) -> Answered:
    rgb = read_rgb(asset.scene / picture.file)
    begun = time.perf_counter()
    T_map_camera = localizer(rgb)
    seconds = time.perf_counter() - begun
    error = np.full((1, 6), np.inf)
    if T_map_camera is not None:
        error = pose_error(T_map_camera[None], picture.T_map_camera[None])
    return Answered(np.array([seconds]), error)
