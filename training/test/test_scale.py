# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""benchmarks.scale in small: real pictures, maps, a model, and what is measured of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale.__main__ import main
from benchmarks.scale.asking import Answered
from benchmarks.scale.assets import Asset, complete
from benchmarks.scale.figures import bars, crossover, error_figures, time_figures
from benchmarks.scale.localizers import Landmarks, exhaustive, sift
from benchmarks.scale.maps import joined, kept_piece, thinned
from benchmarks.scale.matching import MATCHERS
from benchmarks.scale.roads import road_scene, thinned_scene
from posenet_ros.scene import Scene, read_rgb
from posenet_training.baselines.sift.depth import build_map_from_depth
from posenet_training.sequences import ALL

EVERY_M, TRAINED, JUDGED = 0.4, 12, 30
SMALL = ('steps=4', 'cached_features=1', 'validate_every=4')


def silently(items, title):
    return items


@pytest.fixture(scope='module')
def road(tmp_path_factory) -> Scene:
    folder = tmp_path_factory.mktemp('road') / 'scene'
    return road_scene('room:100', EVERY_M, TRAINED, JUDGED, folder)


@pytest.fixture(scope='module')
def bench(road, tmp_path_factory) -> Path:
    """A folder with one asset, which is a size and a spacing."""
    out = tmp_path_factory.mktemp('bench')
    asset = Asset(out / 'scale' / 'pictures-6')
    thinned_scene(road, 2, asset.scene)
    complete(asset, [thinned(kept_piece(road, out / 'piece'), 2)], SMALL)
    (out / 'scale' / 'spacing-0.8').symlink_to(asset.folder)
    return out


def test_a_road_has_a_picture_every_so_many_metres(road):
    positions = np.array([picture.position for picture in road.split('train')])
    apart = np.linalg.norm(np.diff(positions[:, :2], axis=0), axis=1)
    # The way between may bend, and the camera turns about the robot.
    assert np.median(apart) == pytest.approx(EVERY_M, abs=0.08)
    assert len(road.split('validation')) == JUDGED
    assert (road.root / road.pictures[0].depth).is_file()


def test_a_map_of_pieces_is_the_map_of_their_pictures(road, bench):
    scene = thinned_scene(road, 2, bench / 'scale' / 'pictures-6' / 'scene')
    direct = build_map_from_depth(scene, 'train', silently, ALL)
    pieced = joined([thinned(kept_piece(road, bench / 'piece'), 2)], scene)
    for name in ('points', 'codes', 'seen', 'seen_until', 'files', 'T_map_camera'):
        np.testing.assert_array_equal(getattr(pieced, name), getattr(direct, name), name)
    np.testing.assert_allclose(pieced.features, direct.features, atol=1e-3)


@pytest.mark.parametrize('matcher', MATCHERS)
def test_every_matcher_finds_a_picture_of_the_map(matcher, road, bench):
    asset = Asset(bench / 'scale' / 'pictures-6')
    landmarks = Landmarks.of(asset)
    picture = road.split('train')[4]
    rgb = read_rgb(road.path(picture))
    T_map_camera = sift(landmarks, MATCHERS[matcher])(rgb)
    np.testing.assert_allclose(T_map_camera, picture.T_map_camera, atol=0.02)
    np.testing.assert_allclose(exhaustive(landmarks)(rgb), picture.T_map_camera, atol=0.02)
    assert sift(landmarks, MATCHERS[matcher])(np.zeros_like(rgb)) is None


def test_the_benchmark_runs(bench, monkeypatch, capsys):
    monkeypatch.setattr('sys.argv', ['scale', '--pictures', '3', '--out', str(bench)])
    main()
    found = json.loads((bench / 'scale.json').read_text())['6']
    for key in ('posenet_ms', 'retrieval_ms', 'sift_ms', 'posenet_mb', 'sift_mb'):
        assert found[key] > 0.0, key
    assert found['sift_exhaustive_over_posenet'] > 0.0
    assert found['sift_map_minutes'] > 0.0
    assert found['posenet_train_minutes'] > 0.0
    assert found['posenet_registered'] == 1.0
    apart = json.loads((bench / 'scale_spacing.json').read_text())['0.8']
    assert 0.0 <= apart['sift_right'] <= apart['sift_registered'] <= 1.0
    assert (bench / 'scale.png').stat().st_size > 10_000
    table = capsys.readouterr().out
    assert '| 6 | SIFT, 20 pictures |' in table
    assert 'ours flat over all sizes: 0.0 %' in table


def test_nothing_to_measure_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr('sys.argv', ['scale', '--out', str(tmp_path)])
    with pytest.raises(SystemExit, match=r'nothing to measure yet: run `make bench-scale-assets`'):
        main()


def test_what_is_not_registered_is_infinitely_far_off():
    errors = np.zeros((4, 6))
    errors[1, 0], errors[2:] = 0.6, np.inf
    found = error_figures('sift', Answered(np.ones(4), errors))
    assert found['sift_median_m'] == 0.6
    assert (found['sift_registered'], found['sift_right']) == (0.5, 0.25)
    errors[0] = np.inf
    assert error_figures('sift', Answered(np.ones(4), errors))['sift_median_m'] is None
    times = time_figures('sift', Answered(np.array([0.1, 0.2, 0.3]), errors[:3]))
    assert times == {'sift_ms': 200.0, 'sift_ms_quartiles': [150.0, 250.0], 'sift_queries': 3}


@pytest.mark.parametrize(
    ('rivals', 'said'),
    [
        ((0.1, 0.2, None), 'between a picture every 1 m and one every 2 m'),
        ((0.1, 0.2, 0.4), 'none: SIFT is nearer up to a picture every 2 m'),
        ((None, 2.0, 2.0), 'none: ours is nearer from 0.5 m on'),
        ((2.0, 0.1, 0.1), 'none: ours is nearer here and there, but not at the widest spacing'),
    ],
)
def test_the_crossover_is_where_ours_stays_nearer(rivals, said):
    spacings = {
        metres: {'posenet_median_m': 1.0, 'sift_median_m': rival}
        for metres, rival in zip((0.5, 1.0, 2.0), rivals, strict=True)
    }
    assert crossover(spacings) == said


def test_bars_hold_or_do_not():
    sizes = {250: {'posenet_ms': 10.0}, 1000: {'posenet_ms': 10.9, 'sift_over_posenet': 7.9}}
    assert [bar.holds for bar in bars(sizes)] == [True, False]
    sizes[250]['posenet_ms'], sizes[1000]['sift_over_posenet'] = 9.0, 8.1
    assert [bar.holds for bar in bars(sizes)] == [False, True]
