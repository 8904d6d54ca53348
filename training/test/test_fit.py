# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training learns, stops when it is told to and goes on where it was."""

import dataclasses
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from training_samples import small_scene

from posenet_training.data.pictures import PictureSource
from posenet_training.fit import CHECKPOINT, fit
from posenet_training.module import LONGEST_STEP_S, Schedule, learning_rate, load_network
from posenet_training.options import PRESETS, NetworkOptions, Stage, TrainOptions

ROOT = Path(__file__).resolve().parents[2]

OPTIONS = TrainOptions(
    NetworkOptions('mobilenet_v3_small', 'quaternion', dropout=0.0),
    steps=120,
    batch=4,
    learning_rate=1e-3,
    beta=1.0,
    stages=(Stage(1.1, 64),),
    ema_decay=0.8,
    validate_every=40,
)


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    return small_scene(tmp_path_factory.mktemp('fit') / 'scene')


def position_errors(run: Path) -> list[float]:
    """Median position errors in metres that a run logged at its validations."""
    rows = (run / 'logs' / 'version_0' / 'metrics.csv').read_text().splitlines()
    column = rows[0].split(',').index('val_median_position_m')
    return [float(row.split(',')[column]) for row in rows[1:] if row.split(',')[column]]


def test_four_pictures_are_learnt_by_heart(scene, tmp_path):
    source = PictureSource(scene)
    source.validation = source.train
    fit(source, OPTIONS, tmp_path / 'run', workers=0)
    early, *_, late = position_errors(tmp_path / 'run')
    # The four cameras stand metres apart; the mean of them would stay there.
    assert late < 0.5 * early
    assert late < 0.5


def test_the_same_run_gives_the_same_weights(scene, tmp_path):
    options = dataclasses.replace(OPTIONS, steps=3)
    networks = []
    for name in ('first', 'second'):
        checkpoint = fit(PictureSource(scene), options, tmp_path / name, workers=0)
        networks.append(load_network(checkpoint)[0].state_dict())
    for name, weight in networks[0].items():
        torch.testing.assert_close(weight, networks[1][name], msg=name)


def test_resume_goes_on_where_the_run_stopped(scene, tmp_path):
    source = PictureSource(scene)
    fit(source, dataclasses.replace(OPTIONS, steps=4), tmp_path, workers=0)
    before = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    fit(source, dataclasses.replace(OPTIONS, steps=7), tmp_path, resume=True, workers=0)
    after = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    assert (before['global_step'], after['global_step']) == (4, 7)
    steps = {int(state['step']) for state in after['optimizer_states'][0]['state'].values()}
    assert steps == {7}
    assert after['callbacks']['Schedule']['seconds'] > before['callbacks']['Schedule']['seconds']


def test_resume_without_a_checkpoint_is_refused(scene, tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no checkpoint'):
        fit(PictureSource(scene), OPTIONS, tmp_path / 'none', resume=True)


@pytest.mark.slow
def test_sigterm_leaves_a_checkpoint_to_go_on_from(scene, tmp_path):
    run = tmp_path / 'run'
    command = [sys.executable, '-m', 'posenet_training.cli', 'train', str(scene.root), str(run)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / 'training')])
    environment = {**os.environ, 'PYTHONPATH': paths}
    process = subprocess.Popen(
        [*command, '--preset', 'mobilenet', '--workers', '0'],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # The logger writes its file when training has begun.
    deadline = time.monotonic() + 100.0
    while not (run / 'logs' / 'version_0').is_dir() and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(3.0)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert (run / CHECKPOINT).is_file(), output
    assert 'Traceback' not in output
    step = torch.load(run / CHECKPOINT, weights_only=True)['global_step']
    source = PictureSource(scene)
    options = dataclasses.replace(PRESETS['mobilenet'].options, steps=step + 1, batch=2)
    fit(source, options, run, resume=True, workers=0)
    assert torch.load(run / CHECKPOINT, weights_only=True)['global_step'] == step + 1


def test_schedule_by_steps_and_by_minutes():
    now = [100.0]
    by_steps, by_time = Schedule(None, lambda: now[0]), Schedule(2.0, lambda: now[0])
    assert by_steps.progress(30, OPTIONS) == 0.25
    by_time._last = now[0]
    now[0] += 30.0
    by_time._tick()
    assert by_time.progress(15, OPTIONS) == 0.25
    now[0] += 5000.0
    by_time._tick()
    assert by_time.seconds == 30.0 + LONGEST_STEP_S, 'a pause costs one long step'
    assert by_time.progress(15, OPTIONS) == 1.0


def test_learning_rate_rises_and_falls_to_nothing():
    rates = [learning_rate(step / 1000, 1.0) for step in range(1001)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 30
    assert rates[-1] == pytest.approx(0.0, abs=1e-12)
    assert all(a >= b for a, b in itertools.pairwise(rates[30:]))


def test_stages_of_picture_size():
    stages = dataclasses.replace(
        OPTIONS, stages=(Stage(0.7, 112), Stage(0.9, 160), Stage(1.0, 224))
    )
    assert [stages.side(p) for p in (0.0, 0.69, 0.7, 0.89, 0.9, 1.0)] == [
        112,
        112,
        160,
        160,
        224,
        224,
    ]


@pytest.mark.parametrize('name', sorted(PRESETS))
def test_presets_survive_a_checkpoint(name):
    options = PRESETS[name].options
    assert TrainOptions.from_dict(dataclasses.asdict(options)) == options
