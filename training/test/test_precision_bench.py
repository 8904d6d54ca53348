# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""benchmarks.speed.precision in small: all engines and bits are timed and judged."""

import re
from pathlib import Path

import pytest
from training_samples import calibrated, small_scene

from benchmarks.speed import precision

DEMO = Path(__file__).parents[2] / 'models' / 'demo.pt'


def test_all_engines_are_compared(tmp_path, monkeypatch, capsys):
    scene = calibrated(small_scene(tmp_path / 'scene', train=4, validation=30))
    monkeypatch.setenv(precision.VARIABLE, str(tmp_path / 'trusted'))
    arguments = ['--pictures', '3', '--turns', '1', '--threads', '1']
    monkeypatch.setattr('sys.argv', ['precision', str(DEMO), str(scene.root), *arguments])
    precision.main()
    said = capsys.readouterr().out
    rows = {line.split(' | ')[0]: line for line in said.splitlines() if ' deg | ' in line}
    assert len(rows) == 7
    medians = {name: float(re.findall(r'([\d.]+) m ', row)[0]) for name, row in rows.items()}
    full = medians['| TorchScript, fp32']
    assert medians['| ONNX Runtime, fp32'] == medians['| OpenVINO, fp32'] == full
    assert any(name.startswith('| TorchScript, half: ') for name in medians)
    sizes = re.findall(r'([\d.]+) MB', said)
    assert float(sizes[1]) < float(sizes[0])


def test_options_that_mean_nothing_are_refused(monkeypatch):
    monkeypatch.setattr('sys.argv', ['precision', str(DEMO), 'room:11', '--turns', '0'])
    with pytest.raises(SystemExit):
        precision.main()
