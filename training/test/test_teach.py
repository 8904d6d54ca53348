# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet teach` on a bag: its model relocalizes; a stopped one goes on; results are kept."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bag_samples import write_demo_bag

from posenet_ros.geometry import pose_error, transform
from posenet_ros.model_file import load_model
from posenet_ros.scene import read_rgb, read_scene
from posenet_training import cli
from posenet_training.data.pictures import centre_crop
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.metrics import error_summary

ROOT = Path(__file__).resolve().parents[2]
QUICKLY = ('--set', 'steps=120', '--set', 'cached_features=1', '--set', 'validate_every=60')


def teach(monkeypatch, *arguments: object) -> str | int | None:
    """Run the command; how it exits: 0, or its sentence."""
    monkeypatch.setattr(sys, 'argv', ['posenet', 'teach', *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


def times(folder: Path) -> dict[str, int]:
    """When each file of a folder was written."""
    return {str(f): f.lstat().st_mtime_ns for f in sorted(folder.rglob('*')) if f.is_file()}


def killed_when(appears: Path, *arguments: object) -> None:
    """Run the command in a process of its own and kill it as soon as a file is there."""
    environment = {**os.environ, 'PYTHONPATH': f'{ROOT}{os.pathsep}{ROOT / "training"}'}
    command = [sys.executable, '-m', 'posenet_training.cli', 'teach', *map(str, arguments)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120.0
    while not appears.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert appears.exists()


@pytest.fixture(scope='module')
def taught(tmp_path_factory):
    """A bag, the model that was made of it after a kill, and what was printed."""
    folder = tmp_path_factory.mktemp('teach')
    bag, model = folder / 'drive', folder / 'room.pt'
    write_demo_bag(bag, seconds=36.0, rate=4.0)
    scene = folder / 'room.teach' / 'scene'
    killed_when(scene, bag, model, *QUICKLY)
    imported = times(scene)
    with pytest.MonkeyPatch.context() as patch:
        assert teach(patch, bag, model, *QUICKLY) == 0
    assert times(scene) == imported
    return bag, model


@pytest.mark.slow
def test_its_model_relocalizes_frames_of_the_drive(taught):
    _, model = taught
    scene = read_scene(model.parent / 'room.teach' / 'scene')
    regressor = load_model(model)
    truth = np.stack([picture.T_map_camera for picture in scene.pictures])
    answers = [
        regressor.predict(centre_crop(read_rgb(scene.path(picture)))) for picture in scene.pictures
    ]
    T_hat = np.stack([transform(answer.position, answer.q_xyzw) for answer in answers])
    ours = error_summary(pose_error(T_hat, truth))
    train = np.stack([picture.T_map_camera for picture in scene.split('train')])
    mean = np.broadcast_to(mean_pose(train), truth.shape)
    theirs = error_summary(pose_error(mean, truth))
    assert ours['median_position_m'] < 0.5 * theirs['median_position_m']
    assert ours['median_angle_deg'] < 0.3 * theirs['median_angle_deg']


@pytest.mark.slow
def test_a_second_call_keeps_every_step_and_ends_with_the_report(taught, monkeypatch, capsys):
    bag, model = taught
    before = times(model.parent)
    assert teach(monkeypatch, bag, model, *QUICKLY) == 0
    printed = capsys.readouterr().out
    assert times(model.parent) == before
    for step in ('import', 'check', 'train', 'export', 'evaluate'):
        assert f'{step}: kept ' in printed
    report = json.loads((model.parent / 'room.teach' / 'evaluation.json').read_text())
    assert f'{report["median_position_m"]:.3f}' in printed
    assert printed.splitlines()[-1] == (
        f'ros2 launch posenet_ros relocalize.launch.py model_path:={model.resolve()}'
    )


@pytest.mark.slow
def test_a_lost_model_is_exported_and_judged_again_without_training(taught, monkeypatch, capsys):
    bag, model = taught
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
        (('--set', 'steps=121'), 'was taught by another recipe'),
        (('--format', 'images'), "was begun with --format 'bag', now it is 'images'"),
    ],
)
def test_other_wishes_need_another_folder(taught, monkeypatch, changed, sentence):
    bag, model = taught
    before = times(model.parent)
    refusal = teach(monkeypatch, bag, model, *QUICKLY, *changed)
    assert sentence in str(refusal)
    assert 'name another folder with --work, or delete ' in str(refusal)
    assert '\n' not in str(refusal)
    assert times(model.parent) == before


@pytest.mark.slow
def test_a_source_that_changed_is_refused(taught, monkeypatch):
    bag, model = taught
    metadata = bag / 'metadata.yaml'
    state = metadata.stat()
    os.utime(metadata, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    try:
        refusal = str(teach(monkeypatch, bag, model, *QUICKLY))
    finally:
        os.utime(metadata, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert f"files of '{bag}' (or of its map) have changed" in refusal
    assert "room.teach' to begin anew" in refusal
