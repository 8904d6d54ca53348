# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Teach the head alone, from what a trunk that stays as it is said of every picture once."""

from collections.abc import Sequence

import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from posenet_training.data.samples import TRAINING_STREAM, Sample, Samples
from posenet_training.errors import RecipeError
from posenet_training.module import PoseModule
from posenet_training.network import Pose, PoseNet, RawPose, SceneStatistics
from posenet_training.recipe import Recipe
from posenet_training.trunks import Trunk

BATCH = 32


class CachedSamples(Samples):
    """Samples whose image is what the trunk said of it, [channels]."""

    at_hand = True

    def __init__(self, stored: list[Sample], seed: int) -> None:
        self.stored = stored
        self.seed = seed
        self.epoch = len(stored)
        self._order: tuple[int, np.ndarray] = (-1, np.zeros(0))

    def __getitem__(self, number: int) -> Sample:
        epoch, place = divmod(number, len(self.stored))
        if self._order[0] != epoch:
            rng = np.random.default_rng([TRAINING_STREAM, self.seed, epoch, 3])
            self._order = epoch, rng.permutation(len(self.stored))
        return self.stored[int(self._order[1][place])]


class CachedModule(PoseModule):
    """A network whose trunk has said what it will say: batches hold that in place of images."""

    def __init__(
        self, recipe: Recipe, seed: int, statistics: SceneStatistics, trunk: Trunk
    ) -> None:
        super().__init__(recipe, seed, statistics, trunk)
        self.network.trunk.requires_grad_(False)

    def answers(self, batch: Sample) -> list[RawPose]:
        return [self.network.answer(batch.image)[0]]

    def pose(self, batch: Sample) -> Pose:
        return self.network.pose(batch.image)

    def watched(self, samples: Sequence[Sample]) -> list[Sample]:
        return look(self.network, samples, 'watched pictures')


def cached_training(
    recipe: Recipe, seed: int, statistics: SceneStatistics, trunk: Trunk, samples: Samples
) -> tuple[PoseModule, Samples]:
    """Let the trunk look at every picture of a scene `recipe.cached_features` times.

    Raises RecipeError for recipes whose samples cannot be looked at once and for all.
    """
    if samples.epoch is None or recipe.loss.relative:
        raise RecipeError(
            'cached_features needs a scene on disk and loss.relative=0: a rendered view is never '
            'seen again, and pairs do not stay together'
        )
    if len(recipe.sides) > 1:
        raise RecipeError(
            'cached_features needs one picture size along the run: give one of sides'
        )
    module = CachedModule(recipe, seed, statistics, trunk)
    module.network.side = recipe.sides[0].side
    views = _Views(samples, recipe.cached_features * samples.epoch)
    stored = look(module.network, views, 'training pictures')
    return module, CachedSamples(stored, seed)


class _Views(Sequence[Sample]):
    """The first samples of a run as a sequence."""

    def __init__(self, samples: Samples, views: int) -> None:
        self.samples = samples
        self.views = views

    def __len__(self) -> int:
        return self.views

    def __getitem__(self, number: int) -> Sample:  # type: ignore[override]
        return self.samples[number]


def look(network: PoseNet, samples: Sequence[Sample], title: str) -> list[Sample]:
    """Replace the images of samples by what the trunk says of them, [channels]."""
    network.eval()
    stored = []
    starts = range(0, len(samples), BATCH)
    with torch.inference_mode():
        for start in track(starts, title, console=Console(stderr=True), transient=True):
            batch = [samples[n] for n in range(start, min(start + BATCH, len(samples)))]
            images = torch.stack([sample.image for sample in batch])
            pooled, _ = network.pooled(network.normalise(images))
            stored += [
                sample._replace(image=feature.clone())
                for sample, feature in zip(batch, pooled, strict=True)
            ]
    network.train()
    return stored
