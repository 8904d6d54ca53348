# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The figures of benchmarks.accuracy_bar."""

import numpy as np
import pytest
from archive_samples import matrix_folder, path_poses

from benchmarks.accuracy_bar.drawing import draw
from benchmarks.accuracy_bar.figures import (
    KEYS,
    averaged,
    differences,
    summary,
    table,
    without_infinity,
)
from benchmarks.accuracy_bar.scenes import scene_of
from posenet_ros.scene import read_scene


def errors(metres: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    values = np.zeros((len(metres), 6))
    values[:, 0], values[:, 5] = metres, np.radians(degrees)
    return values


def test_the_four_figures_are_medians_and_90_percentiles():
    found = summary(errors(np.linspace(0.0, 1.0, 11), np.linspace(0.0, 20.0, 11)))
    expected = dict(zip(KEYS, (0.5, 0.9, 10.0, 18.0), strict=True))
    assert found == pytest.approx(expected)


def test_pictures_without_an_answer_are_infinitely_far_off():
    values = errors(np.linspace(0.0, 1.0, 11), np.zeros(11))
    values[8:] = np.inf
    found = summary(values)
    assert found['median_position_m'] == pytest.approx(0.5)
    assert found['p90_position_m'] == np.inf


def test_seeds_are_averaged():
    assert averaged([{'a': 1.0, 'b': 2.0}, {'a': 3.0, 'b': 2.0}]) == {'a': 2.0, 'b': 2.0}


def test_differences_tell_nearer_from_alike():
    rng = np.random.default_rng(1)
    rival = errors(rng.gamma(2.0, 0.1, 300), rng.gamma(2.0, 2.0, 300))
    runs = np.repeat(np.arange(3.0), 100)
    nearer = differences([0.5 * rival, 0.6 * rival], rival, runs)
    alike = differences([rival], rival, runs)
    for key in KEYS:
        assert nearer[key][0] < nearer[key][1] < 0.0, key
        assert alike[key] == [0.0, 0.0]


def test_the_table_leaves_open_what_is_not_said():
    figures = summary(errors(np.array([0.1, 0.2]), np.array([1.0, 2.0])))
    rows = table({'ours': {**figures, 'query_ms': 12.34}, 'mean': figures}).splitlines()
    assert rows[2] == '| ours | 0.150 | 0.190 | 1.50 | 1.90 | 12.3 |  |  |'
    assert rows[3].endswith('|  |  |  |')


def test_json_knows_no_infinity():
    assert without_infinity({'a': {'b': float('inf'), 'c': 1.5}}) == {'a': {'b': None, 'c': 1.5}}


def test_what_has_no_answer_is_no_point():
    near = errors(np.full(60, 0.1), np.full(60, 1.0))
    lost = near.copy()
    lost[10:] = np.inf
    methods = {'ours': near, 'plain': near, 'retrieval_frozen_nn': near, 'sift_pnp': lost}
    figure = draw({'kitchen': (np.linspace(0.0, 1.0, 60), methods)})
    clouds = figure.axes[0].collections
    assert [len(np.asarray(cloud.get_offsets())) for cloud in clouds] == [60, 60, 60, 10]


def test_a_drive_as_it_comes_is_imported_once(tmp_path):
    source = matrix_folder(tmp_path / 'office', path_poses(60))
    scene = scene_of(source, tmp_path / 'kept')
    assert scene == tmp_path / 'kept' / 'office'
    imported = read_scene(scene)
    assert imported.name == 'office'
    before = (scene / 'poses.csv').stat().st_mtime_ns
    assert scene_of(source, tmp_path / 'kept') == scene
    assert (scene / 'poses.csv').stat().st_mtime_ns == before
    assert scene_of(scene, tmp_path / 'other') == scene
