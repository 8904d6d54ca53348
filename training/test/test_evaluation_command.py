# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet evaluate`: a table, JSON, one page; mistakes end in one sentence."""

import json
import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from command_samples import posenet, refused
from PIL import Image
from training_samples import small_scene

from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.warnings import model_warnings
from posenet_training.robustness.report import half_lost_table

MODEL = Path(__file__).parents[2] / 'models' / 'demo.pt'


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    return small_scene(tmp_path_factory.mktemp('command') / 'scene', train=7, validation=9)


@pytest.mark.slow
def test_table_json_and_page_say_the_same(scene, tmp_path, monkeypatch, capsys):
    json_file, html_file = tmp_path / 'report.json', tmp_path / 'report.html'
    options = ('--split', 'validation', '--dense', '2', '--json', json_file, '--html', html_file)
    assert posenet(monkeypatch, 'evaluate', MODEL, scene.root, *options) == 0
    report = json.loads(json_file.read_text())
    printed, page = capsys.readouterr().out, html_file.read_text()
    assert report['frames'] == len(report['pictures']) == 9
    assert report['cost']['answers'] == 7 + 9 * 3
    latency = report['cost']['latency_ms']
    assert 0.0 < latency['p50'] <= latency['p95'] <= latency['p99']
    assert report['cost']['peak_memory_mb'] > 50.0
    for predictor in ('dense', 'nearest_training_picture', 'classifier_5_interpolated'):
        for text in (printed, page):
            assert f'{report[predictor]["median_position_m"]:.3f}' in text
    assert report['published'] is None
    assert 'published' not in printed
    assert (
        "of the scene 'simulated room 11', these pictures are of 'scene'" in report['warnings'][0]
    )
    assert 'these pictures are of' in page
    assert 'Spoilt pictures' not in page
    check_page(page, pictures=4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['report.html', 'report.json']


@pytest.mark.slow
def test_spoilt_pictures_stand_on_the_page(scene, tmp_path, monkeypatch, capsys):
    json_file, html_file = tmp_path / 'report.json', tmp_path / 'report.html'
    options = ('--corrupt', tmp_path / 'curves.png', '--corrupt-pictures', '1')
    reports = ('--json', json_file, '--html', html_file)
    assert posenet(monkeypatch, 'evaluate', MODEL, scene.root, *options, *reports) == 0
    page = html_file.read_text()
    check_page(page, pictures=5)
    words = half_lost_table(json.loads(json_file.read_text())['robustness'])
    for word in (words.title, *words.columns, *words.rows[0]):
        assert word in page


def check_page(page: str, pictures: int) -> None:
    """Everything is inside: pictures that decode, and no address of anything else."""
    drawn = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert len(drawn) == pictures == page.count('<img')
    for picture in drawn:
        with Image.open(BytesIO(b64decode(picture))) as image:
            image.load()
            assert image.width > 500
    assert not re.search(r'https?://|<script|<link', page)


@pytest.mark.parametrize(
    ('options', 'sentence'),
    [
        (['--split', 'tests'], "no split 'tests': use train, validation, calibration, test"),
        (['--json', 'absent/report.json'], "cannot be written: there is no folder 'absent'"),
        (['--html', '.'], "'.' is a folder: name a file for the report"),
    ],
)
def test_wrong_options(options, sentence, scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(monkeypatch, 'evaluate', MODEL, scene.root, *options)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_model(scene, tmp_path, monkeypatch):
    (tmp_path / 'model.pt').write_bytes(b'no model')
    sentence = refused(monkeypatch, 'evaluate', tmp_path / 'model.pt', scene.root)
    assert "model.pt' cannot be used: it is corrupt or no TorchScript file" in sentence


def test_an_unreadable_picture_leaves_no_report(tmp_path, monkeypatch):
    scene = small_scene(tmp_path / 'scene', train=3, validation=3)
    broken = scene.path(scene.split('validation')[2])
    broken.write_bytes(b'')
    arguments = (MODEL, scene.root, '--json', tmp_path / 'report.json')
    assert f"picture '{broken}' cannot be read" in refused(monkeypatch, 'evaluate', *arguments)
    assert not (tmp_path / 'report.json').exists()


def test_a_model_of_this_scene_is_not_warned_of(scene):
    from dataclasses import replace

    from posenet_ros.model_file import read_spec

    spec, source = read_spec(MODEL), PictureSource(scene)
    assert model_warnings(replace(spec, scene='scene'), source) == []
    warnings = model_warnings(replace(spec, scene='scene', frame_id='floor_2'), source)
    assert len(warnings) == 1
    assert "poses in the frame 'floor_2', those of the scene are in 'map'" in warnings[0]
