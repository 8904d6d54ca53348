# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Recipes say what they decide, refuse what they do not know, and are stored with their runs."""

import dataclasses

import pytest
import torch
import yaml
from training_samples import RECIPE, network

from posenet_training.errors import RecipeError
from posenet_training.losses import PoseLoss
from posenet_training.recipe import Cosine, Recipe, Side, Steps
from posenet_training.recipe_files import (
    RunOrigin,
    read_origin,
    read_recipe,
    recipe_names,
    write_run,
)
from posenet_training.rotation import make_rotation_head
from posenet_training.trunks import trunk_kind


@pytest.mark.parametrize('name', recipe_names())
def test_every_recipe_is_whole_and_builds_its_parts(name):
    recipe = read_recipe(name)
    head = make_rotation_head(recipe.network.rotation)
    PoseLoss(recipe.loss, head)
    trunk_kind(recipe.network.trunk)
    assert recipe.total_steps(750) > 0
    assert recipe.meaning


def test_the_papers_recipe_is_the_papers():
    paper = read_recipe('posenet2015')
    assert (paper.optimizer.kind, paper.optimizer.rate, paper.optimizer.momentum) == (
        *('sgd', 1e-5),
        0.9,
    )
    assert (paper.batch, paper.schedule) == (75, Steps(80.0, 'steps', 0.1))
    assert paper.loss.auxiliary == 0.3
    assert (paper.network.trunk, paper.network.rotation) == ('googlenet', 'quaternion')
    assert paper.network.pretrained
    assert paper.network.normalisation == 'scene'
    assert (paper.views.crop, paper.views.axis, paper.views.light) == ('anywhere', 'kept', 0.0)
    assert paper.sides == (Side(1.0, 224),)
    practical = read_recipe('posenet2015-practical')
    assert practical.loss == paper.loss
    assert practical.network == paper.network


def test_rate_falls_tenfold_every_eighty_epochs():
    steps = read_recipe('posenet2015').schedule
    rates = [steps.share(0.0, epoch) for epoch in (0.0, 79.9, 80.0, 159.9, 160.0)]
    assert rates == pytest.approx([1.0, 1.0, 0.1, 0.1, 0.01])


def test_cosine_rises_and_falls_to_nothing():
    rates = [Cosine().share(step / 1000, 0.0) for step in range(1001)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 30
    assert rates[-1] == pytest.approx(0.0, abs=1e-12)
    assert rates[30:] == sorted(rates[30:], reverse=True)


def test_length_in_epochs_counts_the_scenes_pictures():
    recipe = dataclasses.replace(RECIPE, steps=None, epochs=2.5, batch=32)
    assert recipe.total_steps(750) == 59
    assert recipe.total_steps(1) == 1


def test_sides_along_the_run():
    sides = (Side(0.7, 112), Side(0.9, 160), Side(1.0, 224))
    recipe = dataclasses.replace(RECIPE, sides=sides)
    shown = [recipe.side(progress) for progress in (0.0, 0.69, 0.7, 0.89, 0.9, 1.0)]
    assert shown == [112, 112, 160, 160, 224, 224]


def test_values_can_be_changed_from_the_command_line():
    recipe = read_recipe('quick', ['loss.weights.beta=12.5', 'steps=7', 'views.light=0'])
    assert (recipe.loss.weights.beta, recipe.steps, recipe.views.light) == (12.5, 7, 0.0)


@pytest.mark.parametrize(
    ('change', 'sentence'),
    [
        ('loss.weights.beta=many', 'loss.weights.beta.*many'),
        ('colour=red', 'colour: .*red'),
        ('epochs=3', 'in steps or in epochs, one of the two'),
        ('batch', 'write NAME=VALUE'),
        ('batch.size=3', "'batch' holds no further names"),
        ('loss.weights.kind=none', 'loss.weights'),
    ],
)
def test_values_that_mean_nothing_are_refused(change, sentence):
    with pytest.raises(RecipeError, match=sentence) as refusal:
        read_recipe('quick', [change])
    assert '\n' not in str(refusal.value)


def test_unknown_recipe_names_those_there_are(tmp_path):
    with pytest.raises(RecipeError, match=r"no recipe 'slow': use one of coordinates, pictures,"):
        read_recipe('slow')
    (tmp_path / 'broken.yaml').write_text('a: [')
    with pytest.raises(RecipeError, match='is no YAML') as refusal:
        read_recipe(str(tmp_path / 'broken.yaml'))
    assert '\n' not in str(refusal.value)
    (tmp_path / 'list.yaml').write_text('- a')
    with pytest.raises(RecipeError, match='no mapping'):
        read_recipe(str(tmp_path / 'list.yaml'))


@pytest.mark.parametrize('name', recipe_names())
def test_a_run_stores_its_recipe_and_can_be_repeated_from_it(name, tmp_path):
    recipe = read_recipe(name, ['batch=7'])
    origin = RunOrigin('room:11', 3, 'weights.pth', {'torch': '2'})
    write_run(tmp_path, recipe, origin)
    assert read_recipe(str(tmp_path)) == recipe
    assert read_origin(tmp_path) == origin
    assert yaml.safe_load((tmp_path / 'recipe.yaml').read_text())['scene'] == 'room:11'
    assert Recipe.from_dict(dataclasses.asdict(recipe)) == recipe


def test_a_recipe_without_a_run_has_no_origin(tmp_path):
    with pytest.raises(RecipeError, match=r'has no recipe\.yaml, which says its scene: train'):
        read_origin(tmp_path)
    (tmp_path / 'recipe.yaml').write_text('meaning: x')
    with pytest.raises(RecipeError, match=r"does not say its 'scene' \(there is None\): train"):
        read_origin(tmp_path)


@pytest.mark.parametrize(
    ('line', 'sentence'),
    [
        ("scene: ''", r"its 'scene' \(there is ''\)"),
        ('scene: 7', r"its 'scene' \(there is 7\)"),
        ('seed: many', r"its 'seed' \(there is 'many'\)"),
        ('versions: [torch]', r"its 'versions' \(there is \['torch'\]\)"),
    ],
)
def test_an_origin_that_means_nothing_is_refused(line, sentence, tmp_path):
    write_run(tmp_path, read_recipe('quick'), RunOrigin('room:11', 3, '', {'torch': '2'}))
    with (tmp_path / 'recipe.yaml').open('a') as file:
        file.write(f'{line}\n')
    with pytest.raises(RecipeError, match=sentence):
        read_origin(tmp_path)


def test_regressor_counts_in_the_scenes_extent():
    """The position layer begins at the scene's centre, and one unit of it is the extent."""
    net = network('mobilenet_v3_small')
    torch.nn.init.zeros_(net.regressor.position.weight)
    torch.nn.init.ones_(net.regressor.position.bias)
    answer, _ = net.answer(torch.zeros(1, net.trunk.channels))
    torch.testing.assert_close(answer.position[0], net.centre + net.scale)
