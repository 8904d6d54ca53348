# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of speed, with little to do: every part of it runs and says what it should."""

import json
import os
import pickle
import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from model_files import ColourNet, write_model

from benchmarks.speed import figures as keys
from benchmarks.speed import tables, transport
from benchmarks.speed.engines import RUNS, time_engines
from benchmarks.speed.gpu import milliseconds
from benchmarks.speed.networks import random_network, write_files
from benchmarks.speed.node import Watched
from benchmarks.speed.processes import Size
from benchmarks.speed.turns import CALLS, in_turns
from posenet_ros import relocalizer
from posenet_ros.model_file import read_spec
from posenet_ros.trusted_models import VARIABLE

ROOT = Path(__file__).parent.parent
DEMO = ROOT / 'models' / 'demo.pt'


def test_calls_take_turns_and_the_first_of_each_does_not_count():
    called, ticks = [], count()
    calls = {name: (lambda name=name: called.append(name)) for name in 'ab'}
    times = in_turns(calls, 3, lambda: float(next(ticks)))
    assert called == [*'aaaa', *'bbbb', *'bbbb', *'aaaa', *'aaaa', *'bbbb']
    assert {name: each.shape for name, each in times.items()} == dict.fromkeys(
        'ab', (3, CALLS - 1)
    )
    assert np.all(times['a'] == 1000.0)


def test_engines_are_timed_and_compared(tmp_path):
    pytest.importorskip('onnxscript')
    network, file = random_network('resnet18', read_spec(DEMO)), tmp_path / 'model.pt'
    network.network.side = 64
    write_files(network, DEMO, file)
    times = time_engines(network, file, turns=1, threads=1)
    figures = keys.engine_figures(times)
    assert {'eager', 'traced', 'frozen', 'torchscript', 'onnxruntime', 'openvino', 'auto'} <= {
        *figures['engine_ms']
    }
    assert all(ms > 0.1 for ms in figures['engine_ms'].values())
    assert len(figures['torchscript_speedup_over_traced_runs']) == RUNS
    assert figures['auto_chose'] in figures['engine_ms']
    assert 'openvino' in tables.engine_table({'resnet': figures})


# A benchmark has ROS, and signals, for itself: so in a process of its own.
WATCH = """
import pickle, sys
from pathlib import Path
from benchmarks.speed import node
from benchmarks.speed.processes import Size
from benchmarks.speed.start import start_times

node.WARM_UP_S = 0.5
file = Path(sys.argv[1])
load = node.Load(Size(640, 480), 20.0, 2.0, interleaved=True)
answers = node.watch(load, file, 'torchscript', 1), start_times(file, 'torchscript', 1)
Path(sys.argv[2]).write_bytes(pickle.dumps(answers))
"""


def test_the_node_is_watched_over_dds(tmp_path):
    file, out = write_model(tmp_path / 'room.pt', ColourNet()), tmp_path / 'watched'
    subprocess.run([sys.executable, '-c', WATCH, file, out], cwd=ROOT, check=True, timeout=200)
    watched, started = pickle.loads(out.read_bytes())
    path, bare = watched.times['path'], watched.times['bare']
    assert 5 <= len(path) <= 45
    assert 0.0 < np.median(bare) < np.median(path) < 0.5
    assert np.all(watched.times['inference'] <= path)
    assert np.all(watched.times['transport'] > 0.0)
    assert watched.node_cpu > 0.0
    assert watched.resident_mb[0] > 100.0
    figures = keys.node_figures(watched, watched, watched)
    assert figures['node_over_engine_ratio'] > 1.0
    assert len(started) == 1


def test_settings_of_dds_are_compared():
    delivery = transport.deliver(Size(320, 240), transport.SHIPPED, 'compressed', 1.0, DEMO)
    assert 0.5 < delivery.delivered <= 1.0
    assert 0.0 < delivery.transport_ms < delivery.crop_ms <= delivery.crop_p99_ms


def test_figures_are_held_against_bars_and_join_those_of_other_commands(tmp_path):
    times = {name: np.array([0.01, 0.01, 0.01]) for name in ('path', 'bare', 'inference')}
    times |= {'slot': np.full(3, 0.03), 'transport': np.full(3, 0.001)}
    memory = np.r_[0.0, np.full(19, 500.0)]
    watched = Watched(times, 0.5, 0.1, memory)
    figures = keys.node_figures(watched, watched, watched)
    assert figures['node_over_engine_ratio'] == 1.0
    assert figures['overload_age_over_inference'] == pytest.approx(4.0)
    assert figures['memory_growth_mb'] == 0.0
    bars = {bar.name: bar.kept for bar in keys.bars({**figures, 'start_s': 6.0})}
    assert bars['node over 1.05 x engine + 2 ms']
    assert not bars['wait in the slot over inference']
    assert not bars['overload: age over inference']
    assert not bars['start to first pose, s']
    keys.add_to_file(tmp_path, {'train_throughput_ratio': 0.97})
    keys.add_to_file(tmp_path, figures)
    written = json.loads((tmp_path / keys.JSON_FILE).read_text())
    assert written['train_throughput_ratio'] == 0.97
    assert written['node_cpu'] == 0.5


def test_what_a_node_imports_is_not_searched_for_garbage(tmp_path):
    (tmp_path / 'libraries.py').write_text(
        'import gc\n'
        'import numpy\n'
        'run = lambda: 0 if gc.isenabled() and gc.get_freeze_count() > 1000 else 3\n'
    )
    program = "from posenet_ros.quiet import run_quietly; run_quietly('libraries')"
    path = {'PYTHONPATH': f'{DEMO.parents[1]}:{tmp_path}'}
    assert (
        subprocess.run([sys.executable, '-c', program], env={**os.environ, **path}).returncode == 0
    )


def test_the_node_lets_waiting_threads_sleep_unless_told_otherwise(monkeypatch):
    monkeypatch.setenv('OMP_WAIT_POLICY', 'active')
    monkeypatch.delenv('OPENBLAS_NUM_THREADS', raising=False)
    seen = []
    monkeypatch.setattr(relocalizer, 'run_quietly', lambda module: seen.append(dict(os.environ)))
    relocalizer.main()
    assert seen[0]['OMP_WAIT_POLICY'] == 'active'
    assert seen[0]['OPENBLAS_NUM_THREADS'] == '1'


def test_the_gpu_part_runs_on_any_device(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    found = milliseconds(random_network('resnet18', read_spec(DEMO)), 'cpu', turns=1)
    assert set(found) == {'full', 'half'}
    assert min(found.values()) > 0.0
