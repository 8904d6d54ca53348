# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""benchmarks.training_speed in small: every loop makes its steps, links make many pictures."""

from itertools import islice

import pytest
from training_samples import calibrated, small_scene

from benchmarks.training_speed import __main__ as bench
from benchmarks.training_speed import loops as turns
from benchmarks.training_speed.figures import WARM_UP, medians, rate
from benchmarks.training_speed.memory import held_mb
from benchmarks.training_speed.ours import pure_steps, recipe_of
from benchmarks.training_speed.plain import pictures_of, plain_steps
from benchmarks.training_speed.scenes import repeated
from posenet_ros.scene import read_rgb
from posenet_training.data.pictures import PictureSource


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    return calibrated(small_scene(tmp_path_factory.mktemp('speed') / 'scene', 6, 3))


def test_all_loops_are_measured_in_turns(scene, monkeypatch):
    monkeypatch.setattr(turns, 'LOOPS', {bench.SMALL: (2, 2)})
    monkeypatch.setattr(turns, 'WORKERS', 0)
    rates = turns.loops(bench.SMALL, scene, 2)
    assert {name: len(values) for name, values in rates.items()} == dict.fromkeys(
        ('pure', 'ours', 'plain'), 2
    )
    assert min(medians(rates).values()) > 0.0


@pytest.mark.parametrize('trunk', ['googlenet', 'efficientnet_lite0'])
def test_other_networks_make_their_steps(trunk, scene):
    source = PictureSource(scene)
    assert len(list(islice(pure_steps(source, recipe_of(trunk, 2, 1)), 1))) == 1
    assert len(list(islice(plain_steps(trunk, pictures_of(scene), 2, 0), 2))) == 2


def test_many_pictures_are_files_of_their_own(scene, tmp_path):
    many = repeated(scene, 20, tmp_path / 'many')
    files = {many.path(picture) for picture in many.split('train')}
    assert len(files) == 20
    first, again = (many.split('train')[number] for number in (1, 7))
    assert (read_rgb(many.path(first)) == read_rgb(many.path(again))).all()
    assert repeated(scene, 20, tmp_path / 'many') == many
    held = held_mb(PictureSource(many), recipe_of(bench.SMALL, 2, 1), 8, 2)
    assert len(held) == 2
    assert min(held) > 50.0


def test_rates_are_pictures_between_steps():
    assert rate([1.0, 1.5, 2.0], 8) == pytest.approx(16.0)
    assert WARM_UP > 1
