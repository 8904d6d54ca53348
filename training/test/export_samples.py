# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A run to export, as short as can be."""

import dataclasses
from pathlib import Path

import torch
from training_samples import RECIPE, small_scene

from posenet_training.data.pictures import PictureSource
from posenet_training.fit import RunOptions, fit
from posenet_training.recipe import NetworkOptions

CREATED = '2026-11-22T12:00:00+00:00'
STEPS = 2


def short_run(
    folder: Path, trunk: str, uncertainty_views: int = 0, dropout: float = 0.0
) -> tuple[Path, PictureSource]:
    """Checkpoint and source of a run of a few steps, whose trunk looks at 64 pixels."""
    source = PictureSource(small_scene(folder / 'scene', train=4, validation=30))
    network = NetworkOptions(trunk, 'six_d', dropout=dropout)
    recipe = dataclasses.replace(
        RECIPE, network=network, steps=STEPS, batch=2, uncertainty_views=uncertainty_views
    )
    checkpoint = fit(source, recipe, folder / 'run', RunOptions(workers=0))
    _settle(checkpoint)
    return checkpoint, source


def _settle(checkpoint: Path) -> None:
    """Make the raw rotation as long as a trained network's: rounding turns short ones more."""
    values = torch.load(checkpoint, weights_only=True)
    values['state_dict']['network.regressor.rotation.bias'] += torch.eye(3)[:2].flatten() * 3.0
    torch.save(values, checkpoint)
