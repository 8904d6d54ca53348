# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet explain` from a model file and a scene to its folder, and every way it ends early."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from command_samples import refused
from model_files import ColourNet, write_model
from PIL import Image
from scene_samples import SceneFrame, write_sample_scene
from training_samples import picture, random_pose, small_scene
from typer.testing import CliRunner

from posenet_training import cli
from posenet_training.commands.training import open_source
from posenet_training.explanation import explain as explaining
from posenet_training.explanation.explain import explain
from posenet_training.explanation.output import FILES, check_folder

TRAINING, JUDGED = 12, 4


@pytest.fixture(scope='module')
def material(tmp_path_factory):
    """(model file, scene) of a network whose feature is the mean colour."""
    folder = tmp_path_factory.mktemp('explain')
    model = write_model(folder / 'model.pt', ColourNet())
    return model, small_scene(folder / 'scene', TRAINING, validation=6).root


@pytest.fixture(scope='module')
def explained(material, tmp_path_factory):
    """The folder of an explanation of one picture, and what was printed."""
    model, scene = material
    out = tmp_path_factory.mktemp('out') / 'new' / 'folder'
    arguments = ['explain', str(model), str(scene), '--out', str(out), '--pictures', '1']
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    return out, result.stdout


def test_folder_holds_pictures_figures_and_a_page(explained):
    out, printed = explained
    assert {path.name for path in out.iterdir()} == FILES
    for name in FILES:
        if name.endswith('.png'):
            with Image.open(out / name) as drawn:
                drawn.load()
                assert min(drawn.size) > 300, name
    assert f'{TRAINING} of {TRAINING} training and {JUDGED} of {JUDGED} judged' in printed
    assert 'whole feature' in printed


def test_page_needs_nothing_beside_it(explained):
    page = (explained[0] / 'explain.html').read_text()
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert len(sources) == 5
    assert all(source.startswith('data:image/png;base64,') for source in sources)


def test_figures_are_those_of_the_scene(explained, material):
    values = json.loads((explained[0] / 'explain.json').read_text())
    source = open_source(str(material[1]))
    training, judged = source.frames('reference'), source.frames('test')
    gaps = np.linalg.norm(judged.positions[:, None] - training.positions[None], axis=-1)
    found = values['neighbours_in']
    assert list(found) == ['random', 'feature', 'pca', 't-sne', 'best']
    assert found['random']['distance'] == pytest.approx(gaps.mean())
    assert found['best']['distance'] == pytest.approx(np.sort(gaps)[:, :5].mean())
    (shown,) = values['pictures']
    assert shown['picture'] == source.pictures('test')[2].file.split('/')[-1]
    # The feature holds red, green and blue twice, and red and green once more.
    colours = training.images.mean(axis=(1, 2)) - judged.images[2].mean(axis=(0, 1))
    nearest = np.argsort(np.linalg.norm(colours[:, [0, 1, 2, 0, 1, 2, 0, 1]], axis=1))[:3]
    assert [row['picture'] for row in shown['neighbours']] == [f'{i:06d}.png' for i in nearest]
    assert sum(values['variance']) == pytest.approx(1.0, abs=1e-4)


def test_same_seed_gives_the_same_figures_in_a_folder_of_its_own(explained, material):
    out, _ = explained
    before = (out / 'explain.json').read_bytes()
    (out / 'explain.html').write_text('old')
    arguments = [*map(str, material), '--out', str(out), '--pictures', '1']
    assert CliRunner().invoke(cli.app, ['explain', *arguments]).exit_code == 0
    assert (out / 'explain.json').read_bytes() == before
    assert (out / 'explain.html').read_text() != 'old'


def test_large_scenes_are_looked_at_evenly(material, monkeypatch):
    monkeypatch.setattr(explaining, 'MOST', {'train': 6, 'test': 2})
    found = explain(material[0], open_source(str(material[1])), 5, 0, lambda items, title: items)
    assert found.training.gallery.total == TRAINING
    assert len(found.training.answers.features) == 6
    assert [looked.judged for looked in found.looked] == [0, 1]


def test_unit_is_said_where_the_scale_is_unknown(material, tmp_path):
    copy = tmp_path / 'scene'
    copy.symlink_to(material[1])
    source = open_source(str(copy))
    object.__setattr__(source, 'scene', replace(source.scene, scale='unknown'))
    found = explain(material[0], source, 1, 0, lambda items, title: items)
    assert found.unit == 'units'


def test_foreign_folders_are_left_alone(material, tmp_path, monkeypatch):
    (tmp_path / 'thesis.tex').write_text('years of work')
    sentence = refused(monkeypatch, 'explain', *material, '--out', tmp_path)
    assert sentence.startswith(f"posenet: folder '{tmp_path}' holds other things ('thesis.tex')")
    assert [path.name for path in tmp_path.iterdir()] == ['thesis.tex']
    file = tmp_path / 'thesis.tex'
    sentence = refused(monkeypatch, 'explain', *material, '--out', file)
    assert 'is no folder: name another one' in sentence
    check_folder(tmp_path / 'new')


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(material, tmp_path, monkeypatch):
    (tmp_path / 'file').write_text('')
    sentence = refused(monkeypatch, 'explain', *material, '--out', tmp_path / 'file' / 'out')
    assert f"'{tmp_path / 'file'}' is no folder" in sentence
    (tmp_path / 'out' / 'tsne.png').mkdir(parents=True)
    arguments = (*material, '--out', tmp_path / 'out', '--pictures', 1)
    sentence = refused(monkeypatch, 'explain', *arguments)
    assert sentence.startswith(f"posenet: folder '{tmp_path / 'out'}' was not written: ")


def test_too_few_pictures_are_refused(material, tmp_path, monkeypatch):
    scene = small_scene(tmp_path / 'scene', train=9, validation=3).root
    sentence = refused(monkeypatch, 'explain', material[0], scene, '--out', tmp_path / 'out')
    assert "'scene' has 9 training and 2 judged pictures: explaining needs at least 10 and 2" in (
        sentence
    )


def test_an_empty_split_is_refused(material, tmp_path, monkeypatch):
    scene = small_scene(tmp_path / 'scene', train=12, validation=0).root
    sentence = refused(monkeypatch, 'explain', material[0], scene, '--out', tmp_path / 'out')
    assert "has no pictures in split 'validation'; it has train" in sentence


def test_a_picture_without_a_pose_is_refused(material, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    frames = [SceneFrame(picture(rng), random_pose(rng), 'train') for _ in range(TRAINING)]
    frames += [SceneFrame(0 * picture(rng), random_pose(rng), 'test') for _ in range(2)]
    frames += [SceneFrame(picture(rng), random_pose(rng), 'validation')]
    scene = write_sample_scene(tmp_path / 'dark', frames).root
    sentence = refused(monkeypatch, 'explain', material[0], scene, '--out', tmp_path / 'out')
    assert 'the model has no pose for a picture of this scene: the network answered' in sentence


def test_a_missing_model_and_a_missing_scene_are_named(material, tmp_path, monkeypatch):
    model, scene = material
    sentence = refused(monkeypatch, 'explain', model, 'nowhere', '--out', tmp_path / 'out')
    assert "'nowhere' is no scene" in sentence
    sentence = refused(monkeypatch, 'explain', 'nowhere', scene, '--out', tmp_path / 'out')
    assert 'there is no such file' in sentence


def test_no_pictures_at_all_are_a_usage_error(material, tmp_path):
    arguments = ['explain', *map(str, material), '--out', str(tmp_path), '--pictures', '0']
    assert CliRunner().invoke(cli.app, arguments).exit_code == 2
