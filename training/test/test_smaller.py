# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""benchmarks.smaller in small: trunks are taught, timed and judged, and kept."""

import json

import pytest
from training_samples import calibrated, small_scene

from benchmarks.smaller import __main__ as bench
from posenet_ros.trusted_models import VARIABLE


def test_trunks_are_taught_once_timed_and_judged(tmp_path, monkeypatch, capsys):
    pytest.importorskip('onnxscript')
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(bench, 'TRUNKS', ('mobilenet_v3_small',))
    monkeypatch.setattr(bench, 'TURNS', 1)
    scene = calibrated(small_scene(tmp_path / 'scene', train=6, validation=9))
    monkeypatch.setattr(bench, 'SCENE', str(scene.root))
    arguments = ['--steps', '2', '--pictures', '3', '--out', str(tmp_path)]
    monkeypatch.setattr('sys.argv', ['smaller', *arguments])
    bench.main()
    (row,) = json.loads((tmp_path / 'smaller.json').read_text())
    assert row['trunk'] == 'mobilenet_v3_small'
    assert row['pictures_shown'] == 2 * 32
    assert set(row['ms']) == {'torchscript', 'onnxruntime'}
    assert min(row['ms'].values()) > 0.0
    assert 0.0 < row['figures']['median_position_m'] < 10.0
    assert (tmp_path / 'smaller.png').stat().st_size > 10_000
    model = tmp_path / 'smaller' / 'mobilenet_v3_small-2' / 'model.pt'
    written = model.stat().st_mtime_ns
    bench.main()
    assert model.stat().st_mtime_ns == written
    assert 'mobilenet_v3_small | ' in capsys.readouterr().out
