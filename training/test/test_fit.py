# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training learns, stops when it is told to and goes on exactly where it was."""

import dataclasses
import resource
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import torch
from forks import Fork
from training_samples import RECIPE, small_scene

from posenet_training.data.pictures import PictureSource
from posenet_training.errors import RecipeError, TrainingError
from posenet_training.failures import full_disk_or_memory
from posenet_training.fit import RunOptions, fit
from posenet_training.module import load_network
from posenet_training.recipe_files import RunOrigin, write_run
from posenet_training.run_files import BEST, LAST
from posenet_training.schedule import LONGEST_STEP_S, Schedule

ALONE = RunOptions(workers=0)


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    return small_scene(tmp_path_factory.mktemp('fit') / 'scene')


def steps(count: int, **changes) -> object:
    """The tests' recipe with so many steps on a schedule that does not depend on their number."""
    return dataclasses.replace(RECIPE, steps=count, **changes)


def position_errors(run: Path) -> list[float]:
    """Median position errors in metres that a run logged at its validations."""
    rows = (run / 'logs' / 'version_0' / 'metrics.csv').read_text().splitlines()
    column = rows[0].split(',').index('val_median_position_m')
    return [float(row.split(',')[column]) for row in rows[1:] if row.split(',')[column]]


def same_weights(first: Path, second: Path) -> None:
    """Both checkpoints hold the same numbers, bit for bit."""
    a, b = (torch.load(file, weights_only=True)['state_dict'] for file in (first, second))
    assert a.keys() == b.keys()
    for name, weight in a.items():
        assert torch.equal(weight, b[name]), name


def test_four_pictures_are_learnt_by_heart(scene, tmp_path):
    source = PictureSource(scene)
    source.validation = source.train
    views = dataclasses.replace(RECIPE.views, light=0.0)
    fit(source, steps(120, views=views), tmp_path / 'run', ALONE)
    early, *_, late = position_errors(tmp_path / 'run')
    # The four cameras stand metres apart; the mean of them would stay there.
    assert late < 0.5 * early
    assert late < 0.5
    assert list((tmp_path / 'run' / 'logs' / 'version_0').glob('events.out.tfevents.*'))
    assert load_network(tmp_path / 'run' / BEST)[2]['global_step'] in (40, 80, 120)


def test_the_same_run_gives_the_same_weights(scene, tmp_path):
    for name in ('first', 'second'):
        fit(PictureSource(scene), steps(3), tmp_path / name, ALONE)
    same_weights(tmp_path / 'first' / LAST, tmp_path / 'second' / LAST)


def training(scene, run: Path, *arguments: str) -> Fork:
    """A training in a process of its own."""
    return Fork('run_training', [str(scene.root), str(run), *arguments])


def wait_for(happened, process: Fork) -> None:
    """Wait until something has happened, as long as the process lives."""
    deadline = time.monotonic() + 120.0
    while not happened() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def written(file: Path) -> int:
    """When a file was written; 0 when it is not there."""
    return file.stat().st_mtime_ns if file.is_file() else 0


def is_new(file: Path, before: int) -> bool:
    """Whether a file has been written again."""
    return written(file) != before


@pytest.mark.slow
def test_a_killed_run_ends_as_if_nothing_had_happened(scene, tmp_path):
    whole, broken = tmp_path / 'whole', tmp_path / 'broken'
    unbroken = training(scene, whole, '24', '1e9')
    unbroken.wait(250.0)
    assert (whole / LAST).is_file(), unbroken.output
    # Saves after every step, so that most kills fall into the writing of a checkpoint.
    resume: tuple[str, ...] = ()
    for delay in (0.0, 0.31):
        process = training(scene, broken, '24', '0', *resume)
        wait_for(partial(is_new, broken / LAST, written(broken / LAST)), process)
        time.sleep(delay)
        process.kill()
        process.wait(10.0)
        resume = ('resume',)
        stopped_at = torch.load(broken / LAST, weights_only=True)['global_step']
        assert 0 < stopped_at < 24
    process = training(scene, broken, '24', '1e9', 'resume')
    process.wait(250.0)
    assert torch.load(broken / LAST, weights_only=True)['global_step'] == 24, process.output
    same_weights(whole / LAST, broken / LAST)


def test_resume_counts_on(scene, tmp_path):
    source = PictureSource(scene)
    fit(source, steps(4), tmp_path, ALONE)
    before = torch.load(tmp_path / LAST, weights_only=True)
    fit(source, steps(7), tmp_path, ALONE, resume=True)
    after = torch.load(tmp_path / LAST, weights_only=True)
    assert (before['global_step'], after['global_step']) == (4, 7)
    counted = {int(state['step']) for state in after['optimizer_states'][0]['state'].values()}
    assert counted == {7}
    assert after['callbacks']['Schedule']['seconds'] > before['callbacks']['Schedule']['seconds']


def test_resume_without_a_checkpoint_or_with_half_of_one_is_refused(scene, tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no checkpoint'):
        fit(PictureSource(scene), steps(3), tmp_path / 'none', ALONE, resume=True)
    (tmp_path / LAST).write_bytes(b'PK half of it')
    with pytest.raises(TrainingError, match=r'last\.ckpt. cannot be read .*: train again'):
        fit(PictureSource(scene), steps(3), tmp_path, ALONE, resume=True)


def test_a_run_without_improvement_ends_early(scene, tmp_path):
    views = dataclasses.replace(RECIPE.views, light=0.0)
    optimizer = dataclasses.replace(RECIPE.optimizer, rate=0.0)
    recipe = steps(60, views=views, optimizer=optimizer, patience=2, validate_every=2)
    # Batch norms still follow, so that the first validations may differ.
    fit(PictureSource(scene), recipe, tmp_path, ALONE)
    assert torch.load(tmp_path / LAST, weights_only=True)['global_step'] < 60


def command_of_a_long_run(scene, folder):
    """Where it trains, and the arguments of `posenet` for it."""
    run = folder / 'run'
    run.mkdir()
    write_run(run, steps(100_000), RunOrigin(str(scene.root), 1, '', {}))
    (run / 'recipe.yaml').rename(folder / 'long.yaml')
    options = ['--recipe', str(folder / 'long.yaml'), '--out', str(run), '--workers', '1']
    return run, ['train', str(scene.root), *options]


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(scene, tmp_path):
    run, arguments = command_of_a_long_run(scene, tmp_path)
    process = subprocess.Popen(
        [sys.executable, '-m', 'posenet_training.cli', *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Jobs in the background of a shell ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # Before the first step there is nothing to keep.
    wait_for((run / BEST).is_file, process)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60.0)
    assert output.strip().endswith(f"posenet: interrupted: '{run}' goes on with --resume")
    assert process.returncode == 1
    assert 'Traceback' not in output
    assert (run / LAST).is_file(), output


@pytest.mark.slow
def test_sigterm_leaves_a_checkpoint_to_go_on_from(scene, tmp_path):
    run, arguments = command_of_a_long_run(scene, tmp_path)
    process = Fork('posenet_training.cli', arguments)
    wait_for((run / 'logs' / 'version_0').is_dir, process)
    time.sleep(3.0)
    process.send_signal(signal.SIGTERM)
    code, output = process.wait(60.0), process.output
    assert (run / LAST).is_file(), output
    assert code == 1
    assert output.strip().endswith(f"posenet: stopped by SIGTERM: '{run}' goes on with --resume")
    assert 'Traceback' not in output
    step = torch.load(run / LAST, weights_only=True)['global_step']
    fit(PictureSource(scene), steps(step + 1), run, ALONE, resume=True)
    assert torch.load(run / LAST, weights_only=True)['global_step'] == step + 1


def test_what_a_scene_lacks_is_said_before_training(scene, tmp_path):
    loss = dataclasses.replace(RECIPE.loss, reprojection=1.0)
    with pytest.raises(RecipeError, match=r'depth picture.*loss\.reprojection=0'):
        fit(PictureSource(scene), steps(3, loss=loss), tmp_path, ALONE)
    uncalibrated = PictureSource(dataclasses.replace(scene, cameras={}))
    views = dataclasses.replace(RECIPE.views, axis='corrected')
    with pytest.raises(RecipeError, match=r'intrinsics of camera .*views\.axis=kept'):
        fit(uncalibrated, steps(3, views=views), tmp_path, ALONE)


@pytest.mark.slow
def test_a_full_disk_ends_in_one_sentence_and_keeps_the_last_checkpoint(scene, tmp_path):
    fit(PictureSource(scene), steps(2), tmp_path, ALONE)
    before = (tmp_path / LAST).read_bytes()
    process = training(scene, tmp_path, '9', '0', 'resume')
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    process.wait(200.0)
    assert 'TrainingError: the disk has no room' in process.output
    assert (tmp_path / LAST).read_bytes() == before
    assert not list(tmp_path.glob('.last*'))


def test_no_memory_is_one_sentence():
    with (
        pytest.raises(TrainingError, match=r'memory is full .*smaller batch'),
        full_disk_or_memory(),
    ):
        torch.empty(2**46)
    with pytest.raises(RuntimeError, match='something else'), full_disk_or_memory():
        raise RuntimeError('something else')


def test_schedule_by_steps_and_by_minutes():
    now = [100.0]
    by_steps, by_time = Schedule(4, None, lambda: now[0]), Schedule(4, 2.0, lambda: now[0])
    assert by_steps.progress(30, 120) == 0.25
    by_time._last = now[0]
    now[0] += 30.0
    by_time._tick()
    assert by_time.progress(15, 120) == 0.25
    now[0] += 5000.0
    by_time._tick()
    assert by_time.seconds == 30.0 + LONGEST_STEP_S, 'a pause costs one long step'
    assert by_time.progress(15, 120) == 1.0
