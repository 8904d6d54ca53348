# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet export` and `posenet describe` as a user types them."""

import re
import shutil
from pathlib import Path

import pytest
from command_samples import posenet, refused
from export_samples import short_run
from training_samples import RECIPE

from posenet_ros.model_file import read_spec
from posenet_ros.model_spec import ModelSpec
from posenet_training import run_files
from posenet_training.commands.export import DESCRIBED
from posenet_training.exporting.choices import Uncertainty
from posenet_training.recipe_files import RunOrigin, read_origin, write_run


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """Folder of a short run that says which scene it learned."""
    folder = tmp_path_factory.mktemp('command')
    checkpoint, source = short_run(folder, 'mobilenet_v3_small')
    write_scene(checkpoint.parent, str(source.scene.root))
    return checkpoint.parent


def write_scene(run: Path, scene: str) -> None:
    write_run(run, RECIPE, RunOrigin(scene, 1, '', {}))


def test_a_run_becomes_a_model_that_describes_itself(run, tmp_path, monkeypatch, capsys):
    model = tmp_path / 'model.pt'
    assert posenet(monkeypatch, 'export', run, model) == 0
    out = ' '.join(capsys.readouterr().out.split())
    assert f'exported: {model}' in out
    assert re.search(r'; done in \d+ s$', out.strip())
    assert 'storing weights as fp16 moves poses by 0.' in out
    assert posenet(monkeypatch, 'describe', model) == 0
    assert 'mobilenet_v3_small, six_d rotation head' in capsys.readouterr().out
    assert posenet(monkeypatch, 'describe', model, '--json') == 0
    assert ModelSpec.from_json(capsys.readouterr().out) == read_spec(model)


def test_a_moved_scene_is_named(run, tmp_path, monkeypatch):
    moved = tmp_path / 'moved'
    shutil.copytree(read_origin(run).scene, moved)
    other = tmp_path / 'run'
    shutil.copytree(run, other)
    write_scene(other, str(tmp_path / 'gone'))
    sentence = refused(monkeypatch, 'export', other, tmp_path / 'model.pt')
    assert sentence.startswith(f"posenet: '{tmp_path / 'gone'}' is no scene")
    assert sentence.endswith('name its place with --scene')
    assert posenet(monkeypatch, 'export', other, tmp_path / 'model.pt', '--scene', moved) == 0
    assert read_spec(tmp_path / 'model.pt').scene == 'scene'


@pytest.mark.parametrize(
    'recipe', [None, b'', b'scene:', b'scene: 7', b'- scene', b'scene: [', b'\xff\xfe\x00']
)
def test_a_run_that_does_not_say_its_scene_is_refused(tmp_path, monkeypatch, recipe):
    if recipe is not None:
        (tmp_path / run_files.RECIPE).write_bytes(recipe)
    sentence = refused(monkeypatch, 'export', tmp_path, tmp_path / 'model.pt')
    assert str(tmp_path) in sentence
    assert sentence.endswith('; or name its scene with --scene')
    assert not (tmp_path / 'model.pt').exists()


def test_runs_of_two_scenes_make_no_ensemble(run, tmp_path, monkeypatch):
    other = tmp_path / 'other'
    shutil.copytree(run, other)
    write_scene(other, 'room:12')
    model = tmp_path / 'model.pt'
    sentence = refused(monkeypatch, 'export', run, model, '--with', run, '--with', other)
    assert f"and '{other}' learned 'room:12': only runs of one scene" in sentence
    assert 'has no recipe.yaml' in refused(
        monkeypatch, 'export', run, model, '--with', tmp_path / 'none'
    )
    assert not model.exists()


def test_every_kind_of_uncertainty_has_words():
    assert set(DESCRIBED) == {kind.value for kind in Uncertainty} | {'ensemble'}


def test_uncertainty_is_chosen_by_name(run, tmp_path, monkeypatch, capsys):
    model = tmp_path / 'model.pt'
    sentence = refused(monkeypatch, 'export', run, model, '--uncertainty', 'learned')
    assert f"'{run}' has not learned its uncertainty" in sentence
    capsys.readouterr()
    assert posenet(monkeypatch, 'export', run, model, '--with', run) == 0
    assert "its covariance is the members' and their spread" in ' '.join(
        capsys.readouterr().out.split()
    )


def test_mistakes_end_in_one_sentence(run, tmp_path, monkeypatch):
    sentence = refused(monkeypatch, 'export', run, tmp_path / 'model.onnx')
    assert sentence.endswith('those of ONNX, and only they, end in .onnx')
    sentence = refused(monkeypatch, 'describe', tmp_path / 'none.pt')
    assert 'cannot be used: there is no such file' in sentence
    assert list(tmp_path.iterdir()) == []
