# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The second stage of a training: how far off the finished network may be."""

import dataclasses
from functools import partial

import numpy as np
import pytest
import torch
from training_samples import RECIPE, crops, network, small_scene, statistics

from posenet_ros.geometry import pose_error, transform
from posenet_training import fit as fitting
from posenet_training import spread
from posenet_training.cached import CachedSamples
from posenet_training.commands.training import open_source, train
from posenet_training.data.pictures import PictureSource
from posenet_training.data.samples import make_sample
from posenet_training.errors import RecipeError
from posenet_training.fit import RunOptions, fit
from posenet_training.module import PoseModule, load_network
from posenet_training.network import Pose
from posenet_training.recipe_files import read_recipe, recipe_names
from posenet_training.run_files import LAST
from posenet_training.spread import (
    NOTE,
    fit_deviations,
    has_learned_uncertainty,
    learn_uncertainty,
)

ALONE = RunOptions(workers=0)
LEARNING = dataclasses.replace(RECIPE, uncertainty_views=10)


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    return PictureSource(small_scene(tmp_path_factory.mktemp('spread') / 'scene'))


@pytest.fixture(scope='module')
def settled(source, tmp_path_factory):
    """Checkpoint of a run whose pose has settled, as it is before the second stage."""
    return fit(source, RECIPE, tmp_path_factory.mktemp('settled'), ALONE)


def read(checkpoint):
    return torch.load(checkpoint, weights_only=True)


def copy_of(checkpoint, folder):
    """The run's checkpoint in a folder of its own."""
    folder.mkdir()
    (folder / LAST).write_bytes(checkpoint.read_bytes())
    return folder


def same(a, b) -> bool:
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else bool(a == b)


def leaves(values, path=()):
    """All that a checkpoint holds, flat: (path, value)."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in pairs:
        if isinstance(value, dict | list | tuple):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def test_the_layer_finds_the_deviations_that_errors_were_drawn_with():
    rng = torch.Generator().manual_seed(4)
    features = torch.rand((6000, 64), generator=rng)
    true = features @ (0.2 * torch.randn((64, 6), generator=rng))
    errors = torch.exp(true) * torch.randn((6000, 6), generator=rng)
    layer = fit_deviations(features[:5000], errors[:5000], seed=1)
    with torch.no_grad():
        off = layer(features[5000:]) - true[5000:]
    # One deviation for all would be off by as much as they spread.
    assert float(off.square().mean().sqrt()) < 0.5 * float(true.std(dim=0).mean())
    assert float(off.mean(dim=0).abs().max()) < 0.1


def test_the_same_seed_gives_the_same_layer_and_another_does_not():
    rng = torch.Generator().manual_seed(2)
    features, errors = torch.rand((300, 8), generator=rng), torch.randn((300, 6), generator=rng)
    first, again, other = (fit_deviations(features, errors, seed) for seed in (1, 1, 2))
    assert torch.equal(first.weight, again.weight)
    assert torch.equal(first.bias, again.bias)
    assert not torch.equal(first.weight, other.weight)


def test_a_network_without_errors_claims_the_smallest_deviation():
    layer = fit_deviations(torch.zeros(20, 3), torch.zeros(20, 6), seed=1)
    assert bool(torch.isfinite(layer.bias).all())
    assert float(layer.bias.detach().max()) < np.log(1e-5)


def test_errors_are_turned_along_the_cameras_axes():
    images = torch.from_numpy(crops(3))
    net = network('mobilenet_v3_small', 'six_d').eval()
    with torch.no_grad():
        pose = Pose(*net(images))
    T_hat = np.stack(list(map(transform, pose.position.tolist(), pose.q_xyzw.tolist())))
    errors = pose_error(T_hat, np.tile(np.eye(4), (3, 1, 1)))
    turned = spread._along_camera(errors, pose)
    for answer, in_map, in_camera in zip(T_hat, errors, turned, strict=True):
        for half in (slice(0, 3), slice(3, 6)):
            np.testing.assert_allclose(answer[:3, :3] @ in_camera[half], in_map[half], atol=1e-6)


def test_only_the_deviations_change(source, settled, tmp_path):
    run = copy_of(settled, tmp_path / 'run')
    before = dict(leaves(read(run / LAST)))
    fit(source, LEARNING, run, ALONE, resume=True)
    after = dict(leaves(read(run / LAST)))
    changed = {path for path in after if path not in before or not same(before[path], after[path])}
    assert changed == {
        (NOTE,),
        ('state_dict', 'network.deviations.weight'),
        ('state_dict', 'network.deviations.bias'),
    }
    assert before.keys() <= after.keys()
    assert after[(NOTE,)] == 10
    loaded, _, checkpoint = load_network(run / LAST)
    assert has_learned_uncertainty(checkpoint)
    assert bool((loaded.deviations.weight != 0.0).any())
    assert not (run / 'logs').exists(), 'no training began'


def test_one_go_two_goes_and_a_kill_end_the_same(source, settled, tmp_path, monkeypatch):
    whole = fit(source, LEARNING, tmp_path / 'whole', ALONE)
    run = copy_of(settled, tmp_path / 'run')
    before = (run / LAST).read_bytes()

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as stop:
        stop.setattr(spread, 'fit_deviations', killed)
        with pytest.raises(KeyboardInterrupt):
            fit(source, LEARNING, run, ALONE, resume=True)
    assert (run / LAST).read_bytes() == before
    fit(source, LEARNING, run, ALONE, resume=True)
    a, b = read(whole)['state_dict'], read(run / LAST)['state_dict']
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_what_was_learned_is_not_learned_again(source, settled, tmp_path):
    run = copy_of(settled, tmp_path / 'run')
    fit(source, LEARNING, run, ALONE, resume=True)
    before = (run / LAST).read_bytes()
    fit(source, LEARNING, run, ALONE, resume=True)
    fit(source, RECIPE, run, ALONE, resume=True)
    assert (run / LAST).read_bytes() == before
    # A pose that moves on leaves it behind.
    fit(source, dataclasses.replace(RECIPE, steps=5), run, ALONE, resume=True)
    assert not has_learned_uncertainty(read(run / LAST))


def test_without_views_nothing_is_learned(settled):
    loaded, _, checkpoint = load_network(settled)
    assert not has_learned_uncertainty(checkpoint)
    assert float(loaded.deviations.weight.abs().sum() + loaded.deviations.bias.abs().sum()) == 0.0


def test_a_checkpoint_from_before_loads_and_goes_on(source, settled, tmp_path):
    run = copy_of(settled, tmp_path / 'run')
    old = read(settled)
    for name in ('weight', 'bias'):
        del old['state_dict'][f'network.deviations.{name}']
    del old['recipe']['uncertainty_views']
    torch.save(old, run / LAST)
    loaded, recipe, checkpoint = load_network(run / LAST)
    assert recipe.uncertainty_views == 'auto'
    assert not has_learned_uncertainty(checkpoint)
    assert float(loaded.deviations.weight.abs().sum()) == 0.0
    fit(source, dataclasses.replace(LEARNING, steps=5), run, ALONE, resume=True)
    assert read(run / LAST)['global_step'] == 5
    assert has_learned_uncertainty(read(run / LAST))


def test_a_run_that_ended_early_has_settled(source, tmp_path):
    optimizer = dataclasses.replace(RECIPE.optimizer, rate=0.0)
    views = dataclasses.replace(RECIPE.views, light=0.0)
    early = dataclasses.replace(
        RECIPE, steps=60, optimizer=optimizer, views=views, patience=2, validate_every=2
    )
    checkpoint = fit(source, early, tmp_path, ALONE)
    steps = read(checkpoint)['global_step']
    assert steps < 60
    fit(source, dataclasses.replace(early, uncertainty_views=8), tmp_path, ALONE, resume=True)
    assert read(checkpoint)['global_step'] == steps
    assert has_learned_uncertainty(read(checkpoint))


def test_samples_are_those_that_the_training_did_not_see(source, settled, tmp_path):
    run = copy_of(settled, tmp_path / 'run')
    samples = source.training(LEARNING, 1)
    asked = []

    class Watched(type(samples)):
        def __getitem__(self, number):
            asked.append(number)
            return super().__getitem__(number)

    samples.__class__ = Watched
    learn_uncertainty(run / LAST, PoseModule(LEARNING, 1, statistics()), samples, 0)
    assert len(set(asked)) == len(asked) == 12, 'whole batches, of which ten samples count'
    assert min(asked) == RECIPE.steps * RECIPE.batch


def test_stored_features_are_not_counted_twice():
    stored = [make_sample(image, np.eye(4)) for image in crops(5)]
    at_hand = CachedSamples(stored, seed=1)
    views = partial(spread._views, samples=at_hand)
    assert views(dataclasses.replace(RECIPE, uncertainty_views='auto')) == 5
    assert views(dataclasses.replace(RECIPE, uncertainty_views=3)) == 3


def test_rendered_views_are_shown_once(source):
    views = dataclasses.replace(RECIPE.views, crop='centre', reuse=3)
    recipe = dataclasses.replace(RECIPE, views=views)
    room = open_source('room:11')
    once = fitting._shown_once(room, recipe, ALONE, room.training(recipe, 1))
    assert once.views == dataclasses.replace(views, reuse=1)
    at_hand = CachedSamples([], seed=1)
    assert fitting._shown_once(source, recipe, ALONE, at_hand) is at_hand


def test_recipes_say_from_how_many_views():
    assert {read_recipe(name).uncertainty_views for name in recipe_names()} == {'auto', 0}
    assert read_recipe('posenet2015').uncertainty_views == 0
    assert read_recipe('pictures').views_for_uncertainty(750) == 1500
    assert read_recipe('room-lite0').views_for_uncertainty(None) == 6000
    assert read_recipe('quick', ['uncertainty_views=7']).views_for_uncertainty(750) == 7
    with pytest.raises(RecipeError, match=r'uncertainty_views.*-1'):
        read_recipe('quick', ['uncertainty_views=-1'])


def test_resume_of_a_finished_run_learns_only_the_uncertainty(source, tmp_path, capsys):
    recipe = tmp_path / 'small.yaml'
    recipe.write_text(
        'meaning: small\n'
        'network: {trunk: mobilenet_v3_small, rotation: six_d, dropout: 0.0}\n'
        'loss: {weights: {kind: beta, beta: 1.0}}\n'
        'optimizer: {kind: adamw, rate: 1.0e-3}\n'
        'schedule: {kind: cosine}\n'
        'steps: 2\nbatch: 2\nsides: [{until: 1.0, side: 64}]\nuncertainty_views: 0\n'
    )
    run, scene = tmp_path / 'run', str(source.scene.root)
    train(scene, run, str(recipe), workers=0)
    assert not has_learned_uncertainty(read(run / LAST))
    train(scene, run, changes=['uncertainty_views=6'], resume=True, workers=0)
    assert read(run / LAST)['global_step'] == 2
    assert read(run / LAST)[NOTE] == 6
    assert 'trained in ' in capsys.readouterr().out


def test_fit_ends_with_the_second_stage_on_the_first_process_alone(source, tmp_path, monkeypatch):
    learned = []
    monkeypatch.setattr(fitting, 'learn_uncertainty', lambda *given: learned.append(given[0]))
    fit(source, LEARNING, tmp_path, ALONE)
    assert learned == [tmp_path / LAST]
