# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet train` as people run it: a run says what it was made of and goes on as that."""

import dataclasses
from pathlib import Path

import pytest
import torch
import yaml
from training_samples import RECIPE, small_scene

from posenet_training.commands.training import train
from posenet_training.errors import TrainingError
from posenet_training.recipe_files import read_origin, read_recipe
from posenet_training.run_files import LAST


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    return small_scene(tmp_path_factory.mktemp('train') / 'scene').root


@pytest.fixture
def recipe(tmp_path) -> str:
    values = yaml.safe_dump(dataclasses.asdict(RECIPE))
    file = tmp_path / 'small.yaml'
    file.write_text(values.replace('!!python/tuple', ''))
    return str(file)


def steps_done(run: Path) -> int:
    return torch.load(run / LAST, weights_only=True)['global_step']


def test_a_run_goes_on_with_its_own_seed_and_recipe(scene, recipe, tmp_path, capsys):
    run = tmp_path / 'run'
    train(str(scene), run, recipe, ['loss.weights.beta=7'], seed=5, workers=0)
    assert 'trained in ' in capsys.readouterr().out
    train(str(scene), run, changes=['steps=5'], resume=True, workers=0)
    assert steps_done(run) == 5
    assert torch.load(run / LAST, weights_only=True)['seed'] == 5
    assert read_origin(run).seed == 5
    assert read_recipe(str(run)).loss.weights.beta == 7.0


def test_folders_that_do_not_fit_the_wish_are_refused(scene, recipe, tmp_path):
    run = tmp_path / 'run'
    with pytest.raises(TrainingError, match='to resume: train without'):
        train(str(scene), run, resume=True)
    train(str(scene), run, recipe, workers=0)
    with pytest.raises(TrainingError, match='holds a run already'):
        train(str(scene), run, recipe)
    with pytest.raises(TrainingError, match='is a run with seed 1, not 3'):
        train(str(scene), run, seed=3, resume=True)
    assert steps_done(run) == RECIPE.steps
