# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a network may begin with in a new scene, each with the recipe that it takes."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from posenet_training.errors import AdaptationError
from posenet_training.module import load_network
from posenet_training.network import PoseNet
from posenet_training.pretraining import classifier_weights
from posenet_training.recipe import Recipe
from posenet_training.run_files import LAST
from posenet_training.whole_file import whole_file

POSE_TRAINED = 'pose-trained'
CLASSIFIER = 'classifier'
SCRATCH = 'from scratch'


@dataclass(frozen=True)
class Taught:
    """The network of a run, and the digest of the checkpoint that it was read from."""

    network: PoseNet
    sha256: str


@dataclass(frozen=True)
class Start:
    """A beginning: its name, the recipe, and the file of the trunk's weights if there is one."""

    name: str
    recipe: Recipe
    trunk_weights: Path | None


def read_run(run: Path) -> Taught:
    """Read the network of a run; AdaptationError for what is no run's folder."""
    checkpoint = run / LAST
    if not checkpoint.is_file():
        raise AdaptationError(
            f"'{run}' is no run, it has no {LAST}: name the folder that `posenet train --out` made"
        )
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    return Taught(load_network(checkpoint)[0], digest)


def on_budget(recipe: Recipe, trunk: str, steps: int, batch: int) -> Recipe:
    """The recipe for a trunk, with as many steps and pictures a step for every start.

    Epochs would give more steps to more pictures, and an early stop fewer to some starts.
    """
    network = replace(recipe.network, trunk=trunk)
    recipe = replace(recipe, network=network, steps=steps, epochs=None, batch=batch)
    return replace(recipe, validate_every=steps, patience=0, uncertainty_views=0)


@contextmanager
def starts(
    taught: Taught, common: Recipe, trunk_weights: Path | None, folder: Path
) -> Iterator[list[Start]]:
    """The three starts; `folder` holds the weights of the first as long as the block lasts.

    A pose-trained trunk goes on seeing pictures normalised as it learned to.  From scratch the
    trunk learns too, whatever the recipe does with a trunk that knows something.
    """
    trained = taught.network
    weights = folder / f'{POSE_TRAINED}.pt'
    with whole_file(weights) as partial:
        torch.save(dict(classifier_weights(trained.options.trunk, trained.trunk)), partial)
    options = replace(common.network, pretrained=True)
    as_trained = replace(options, normalisation=trained.options.normalisation)
    untaught = replace(options, pretrained=False, batch_norm='follows')
    try:
        yield [
            Start(POSE_TRAINED, replace(common, network=as_trained), weights),
            Start(CLASSIFIER, replace(common, network=options), trunk_weights),
            Start(SCRATCH, replace(common, network=untaught, cached_features=0), None),
        ]
    finally:
        weights.unlink(missing_ok=True)
