# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet export` and `posenet describe` as a user types them."""

import shutil

import pytest
import yaml
from export_samples import short_run

from posenet_ros.model_file import read_spec
from posenet_ros.model_spec import ModelSpec
from posenet_training import cli
from posenet_training.errors import ExportError
from posenet_training.exporting.run_scene import scene_of
from posenet_training.run_files import RECIPE


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """Folder of a short run that says which scene it learned."""
    folder = tmp_path_factory.mktemp('command')
    checkpoint, source = short_run(folder, 'mobilenet_v3_small')
    write_scene(checkpoint.parent, str(source.scene.root))
    return checkpoint.parent


def write_scene(run, scene):
    (run / RECIPE).write_text(yaml.safe_dump({'scene': scene}))


def posenet(monkeypatch, *arguments):
    monkeypatch.setattr('sys.argv', ['posenet', *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


def test_a_run_becomes_a_model_that_describes_itself(run, tmp_path, monkeypatch, capsys):
    model = tmp_path / 'model.pt'
    assert posenet(monkeypatch, 'export', run, model) == 0
    out = ' '.join(capsys.readouterr().out.split())
    assert f'exported: {model}' in out
    assert 'storing weights as fp16 moves poses by 0.' in out
    assert posenet(monkeypatch, 'describe', model) == 0
    assert 'mobilenet_v3_small, six_d rotation head' in capsys.readouterr().out
    assert posenet(monkeypatch, 'describe', model, '--json') == 0
    assert ModelSpec.from_json(capsys.readouterr().out) == read_spec(model)


def test_a_moved_scene_is_named(run, tmp_path, monkeypatch):
    moved = tmp_path / 'moved'
    shutil.copytree(scene_of(run), moved)
    other = tmp_path / 'run'
    shutil.copytree(run, other)
    write_scene(other, str(tmp_path / 'gone'))
    sentence = posenet(monkeypatch, 'export', other, tmp_path / 'model.pt')
    assert sentence.startswith(f"posenet: '{tmp_path / 'gone'}' is no scene")
    assert sentence.endswith('name its place with --scene')
    assert posenet(monkeypatch, 'export', other, tmp_path / 'model.pt', '--scene', moved) == 0
    assert read_spec(tmp_path / 'model.pt').scene == 'scene'


@pytest.mark.parametrize(
    'recipe', [None, '', 'scene:', 'scene: 7', '- scene', 'scene: [', b'\xff\xfe\x00']
)
def test_a_run_that_does_not_say_its_scene_is_refused(tmp_path, recipe):
    if isinstance(recipe, bytes):
        (tmp_path / RECIPE).write_bytes(recipe)
    elif recipe is not None:
        (tmp_path / RECIPE).write_text(recipe)
    with pytest.raises(ExportError, match=r'does not say which scene it learned .* with --scene'):
        scene_of(tmp_path)


def test_its_scene_is_what_the_recipe_says(tmp_path):
    write_scene(tmp_path, 'room:11')
    assert scene_of(tmp_path) == 'room:11'
    with pytest.raises(ExportError, match=r"there is no run '.*nowhere': train one"):
        scene_of(tmp_path / 'nowhere')


def test_mistakes_end_in_one_sentence(run, tmp_path, monkeypatch):
    sentence = posenet(monkeypatch, 'export', run, tmp_path / 'model.onnx')
    assert sentence.endswith('those of ONNX, and only they, end in .onnx')
    sentence = posenet(monkeypatch, 'describe', tmp_path / 'none.pt')
    assert 'cannot be used: there is no such file' in sentence
    assert list(tmp_path.iterdir()) == []
