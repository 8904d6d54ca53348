# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Two processes under torchrun learn what one learns from the same batches."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from forks import Fork
from training_samples import small_scene

from posenet_training.run_files import LAST

ROOT = Path(__file__).resolve().parents[2]
# Batch norms count within their process, so that two would not learn the same from half a batch.
CHANGES = [
    *('network.trunk=mobilenet_v3_small', 'network.pretrained=false', 'network.dropout=0.0'),
    *('network.batch_norm=frozen', 'views.axis=kept', 'batch=8', 'validate_every=3'),
    'sides=[{until: 1.0, side: 64}]',
]


def command(scene: Path, run: Path, steps: int, *more: str) -> list[str]:
    """What trains the scene so many steps."""
    changes = [part for change in [*CHANGES, f'steps={steps}'] for part in ('--set', change)]
    return ['train', str(scene), '--out', str(run), '--workers', '0', *changes, *more]


def train_by_one(scene: Path, run: Path, steps: int, *more: str) -> None:
    """Train in a process of its own."""
    process = Fork('posenet_training.cli', command(scene, run, steps, *more))
    assert process.wait(250.0) == 0, process.output


def train_by_two(scene: Path, run: Path, steps: int, *more: str) -> str:
    """Train by two processes under torchrun; returns what they print."""
    launcher = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node=2']
    trained = ['-m', 'posenet_training.cli', *command(scene, run, steps, *more)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / 'training')])
    result = subprocess.run(
        [sys.executable, '-W', 'ignore', *launcher, *trained],
        env={**os.environ, 'PYTHONPATH': paths, 'OMP_NUM_THREADS': '1'},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def curve(run: Path, column: str) -> list[float]:
    """A column of what a run logged."""
    rows = (run / 'logs' / 'version_0' / 'metrics.csv').read_text().splitlines()
    place = rows[0].split(',').index(column)
    return [float(row.split(',')[place]) for row in rows[1:] if row.split(',')[place]]


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_and_go_on_from_each_other(tmp_path):
    scene = small_scene(tmp_path / 'scene', train=9, validation=7).root
    one, two = tmp_path / 'one', tmp_path / 'two'
    train_by_one(scene, one, 6)
    printed = train_by_two(scene, two, 6)
    assert printed.count('step      3') == 1, 'one of the processes reports'
    # Medians of seven frames: none may be missing or counted twice.
    for column in ('val_median_position_m', 'val_p95_angle_deg'):
        assert len(curve(one, column)) == 2
        assert curve(two, column) == pytest.approx(curve(one, column), rel=1e-3)
    a, b = (torch.load(run / LAST, weights_only=True) for run in (one, two))
    assert a['state_dict'].keys() == b['state_dict'].keys()
    moved = max(
        float((a['state_dict'][name] - b['state_dict'][name]).abs().max())
        for name in a['state_dict']
        if a['state_dict'][name].is_floating_point()
    )
    assert moved < 1e-3
    train_by_two(scene, one, 8, '--resume')
    train_by_one(scene, two, 8, '--resume')
    for run in (one, two):
        assert torch.load(run / LAST, weights_only=True)['global_step'] == 8
