# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Our loop as users run it, and the forward and backward pass in it, without all the rest."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

from posenet_training.data.frames import statistics_of
from posenet_training.data.pictures import PictureSource
from posenet_training.data.samples import Sample
from posenet_training.fit import RunOptions, fit
from posenet_training.losses import Labels
from posenet_training.module import PoseModule
from posenet_training.recipe import Recipe
from posenet_training.recipe_files import read_recipe

# From nothing, whole pictures, no validation on the way.
CHANGES = (
    'network.pretrained=false',
    'sides=[{until: 1.0, side: 224}]',
    'uncertainty_views=0',
    'validate_every=100000',
)


def recipe_of(trunk: str, batch: int, steps: int) -> Recipe:
    """The recipe `pictures`, with a trunk and for a while."""
    values = (f'network.trunk={trunk}', f'batch={batch}', f'steps={steps}')
    return read_recipe('pictures', (*CHANGES, *values))


class StepClock(pl.Callback):
    """The clock after each step."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def on_train_batch_end(self, *_: Any) -> None:
        self.moments.append(time.perf_counter())


def our_moments(source: PictureSource, recipe: Recipe, workers: int) -> list[float]:
    """Train as `posenet train` does; the clock after each step."""
    clock = StepClock()
    with tempfile.TemporaryDirectory() as folder:
        fit(source, recipe, Path(folder), RunOptions(workers=workers), watchers=(clock,))
    return clock.moments


def pure_steps(source: PictureSource, recipe: Recipe) -> Iterator[float]:
    """One batch that is at hand, again and again, without an optimizer; the clock after each."""
    samples = source.training(recipe, 1)
    module = PoseModule(recipe, 1, statistics_of(source.each('statistics', recipe.batch)))
    batch = Sample(
        *(
            torch.stack(part)
            for part in zip(*map(samples.__getitem__, range(recipe.batch)), strict=True)
        )
    )
    labels = Labels(batch.position, batch.q_xyzw, batch.points)
    while True:
        module.zero_grad()
        module.loss(module.answers(batch), labels, 0.0).backward()
        yield time.perf_counter()
