# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A head that learns from cached features is the network's own head."""

import dataclasses

import pytest
import torch
from training_samples import RECIPE, small_scene, statistics

from posenet_training.cached import cached_training
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import RecipeError
from posenet_training.fit import RunOptions, fit
from posenet_training.module import load_network
from posenet_training.pretraining import pretrained_trunk
from posenet_training.run_files import LAST

NETWORK = dataclasses.replace(
    RECIPE.network,
    trunk='efficientnet_lite0',
    pretrained=True,
    batch_norm='frozen',
    normalisation='classifier',
)
CACHED = dataclasses.replace(RECIPE, network=NETWORK, cached_features=3, averaging=0.0, steps=80)


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    return PictureSource(small_scene(tmp_path_factory.mktemp('cached') / 'scene'))


def test_cached_features_are_what_the_trunk_says(source):
    samples = source.training(CACHED, 1)
    trunk = pretrained_trunk('efficientnet_lite0')
    module, cached = cached_training(CACHED, 1, statistics(), trunk, samples)
    assert cached.epoch == 3 * 4
    shown = {tuple(cached[number].position.tolist()) for number in range(12)}
    assert len(shown) == 4
    network = module.network.eval()
    assert network.side == 64
    with torch.no_grad():
        whole = network(samples[0].image[None])
        stored = next(s for s in cached.stored if torch.equal(s.position, samples[0].position))
        again = network.pose(stored.image[None])
    torch.testing.assert_close(whole.position, again.position, atol=1e-5, rtol=0.0)


def test_only_the_head_learns(source, tmp_path):
    fit(source, CACHED, tmp_path / 'run', RunOptions(workers=0))
    first = dataclasses.replace(CACHED, steps=1)
    fit(source, first, tmp_path / 'first', RunOptions(workers=0))
    network, before = (load_network(tmp_path / name / LAST)[0] for name in ('run', 'first'))
    for name, weight in network.trunk.state_dict().items():
        assert torch.equal(weight, before.trunk.state_dict()[name]), name
    frames = source.frames('reference')
    position, _ = frames.labels()
    with torch.no_grad():
        late, early = (
            float((net(torch.from_numpy(frames.images)).position - position).norm(dim=1).mean())
            for net in (network, before)
        )
    assert late < 0.6 * early


def test_pairs_cannot_be_cached(source):
    loss = dataclasses.replace(RECIPE.loss, relative=1.0)
    recipe = dataclasses.replace(CACHED, loss=loss)
    with pytest.raises(RecipeError, match='cached_features needs a scene on disk'):
        fit(source, recipe, source.scene.root, RunOptions(workers=0))
