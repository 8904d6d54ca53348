# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A run to export, as short as can be."""

from pathlib import Path

import torch
from training_samples import small_scene

from posenet_training.data.pictures import PictureSource
from posenet_training.fit import fit
from posenet_training.options import NetworkOptions, Stage, TrainOptions

CREATED = '2026-11-22T12:00:00+00:00'
STEPS = 2


def short_run(folder: Path, trunk: str) -> tuple[Path, PictureSource]:
    """Checkpoint and source of a run of a few steps, whose trunk looks at 64 pixels."""
    source = PictureSource(small_scene(folder / 'scene', train=4, validation=30))
    options = TrainOptions(
        NetworkOptions(trunk, 'six_d'),
        steps=STEPS,
        batch=2,
        learning_rate=1e-3,
        beta=1.0,
        stages=(Stage(1.0, 64),),
    )
    checkpoint = fit(source, options, folder / 'run', workers=0)
    _settle(checkpoint)
    return checkpoint, source


def _settle(checkpoint: Path) -> None:
    """Make the raw rotation as long as a trained network's: rounding turns short ones more."""
    values = torch.load(checkpoint, weights_only=True)
    values['state_dict']['network.regressor.rotation.bias'] += torch.eye(3)[:2].flatten() * 3.0
    torch.save(values, checkpoint)
