# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trains in a process of its own: SCENE RUN STEPS SAVE_EVERY_S [resume]."""

import dataclasses
import sys
from datetime import timedelta
from pathlib import Path

from training_samples import RECIPE

from posenet_ros.scene import read_scene
from posenet_training.data.pictures import PictureSource
from posenet_training.failures import full_disk_or_memory
from posenet_training.fit import RunOptions, fit


def main() -> None:
    scene, run, steps, save_every_s, *resume = sys.argv[1:]
    network = dataclasses.replace(RECIPE.network, dropout=0.5)
    recipe = dataclasses.replace(RECIPE, steps=int(steps), network=network, validate_every=7)
    options = RunOptions(workers=0, save_every=timedelta(seconds=float(save_every_s)))
    with full_disk_or_memory():
        fit(PictureSource(read_scene(Path(scene))), recipe, Path(run), options, bool(resume))


if __name__ == '__main__':
    main()
