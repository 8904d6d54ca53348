# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Episodes through a small network whose answers are known: what is kept, what not redone."""

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from model_files import SPEC, ColourNet, write_model

from benchmarks.trust.plan import DEMO, KINDS, LARGEST_ROOM_SEED, episodes, foreign_rooms
from benchmarks.trust.predictions import Cache, Task, Work, main, predict, tasks
from benchmarks.trust.spoiling import spoil
from benchmarks.trust.watching import Crop, Watched, Watcher, is_watched
from posenet_ros.framing import matched_framing
from posenet_ros.model_file import load_model
from posenet_ros.model_spec import ModelFileError
from posenet_ros.preprocess import crop
from simulation.camera import CAMERA
from simulation.drive import Floor
from simulation.episodes import Episode, Moment, Spoilt
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.rooms import RoomName

EPISODE = Episode('room:11', (7,), frames=20, kidnapped_at=10)


class BatchNet(ColourNet):
    """The same for any number of pictures, traced or not."""

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        position, q_xyzw, _, feature = super().forward(images)
        return position, q_xyzw, self.claim.expand(images.shape[0], 6, 6), feature


def mean_colour(crop_rgb: Crop) -> np.ndarray:
    """Of a crop [3]; what ColourNet answers, times 25.5."""
    return crop_rgb.mean(axis=(0, 1)).astype(np.float32)


@pytest.fixture(scope='module')
def model(tmp_path_factory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'model.pt', BatchNet())


@pytest.fixture(scope='module')
def watcher(model) -> Watcher:
    """One for several tests: building a room takes seconds."""
    return Watcher(load_model(model), mean_colour)


@pytest.fixture(scope='module')
def watched(watcher) -> Watched:
    return watcher.watch(EPISODE)


def test_the_rows_are_the_frames_with_what_the_network_answers(watched):
    moments = list(EPISODE.moments(Floor.of(RoomName.parse(EPISODE.room).room())))
    np.testing.assert_array_equal(watched.stamp_ns, [m.stamp_ns for m in moments])
    np.testing.assert_array_equal(watched.T_map_base, [m.T_map_base for m in moments])
    np.testing.assert_array_equal(watched.T_odom_base, [m.T_odom_base for m in moments])
    assert list(watched.spoilt) == [m.spoilt.value for m in moments]
    bright = watched.measures.mean(axis=1) > 5.0
    answered = 25.5 * watched.position[bright]
    np.testing.assert_allclose(answered, watched.measures[bright], rtol=1e-3)
    assert watched.feature.dtype == np.float16
    np.testing.assert_allclose(watched.feature[bright, :3], watched.position[bright], rtol=2e-3)
    assert watched.covariance.shape == (20, 6, 6)


def test_a_frame_is_the_crop_that_the_robot_takes_of_the_whole_picture(watched):
    clean = int(np.flatnonzero(watched.spoilt == 'none')[0])
    moment = list(EPISODE.moments(Floor.of(RoomName.parse(EPISODE.room).room())))[clean]
    with Renderer(RoomName.parse(EPISODE.room).room()) as renderer:
        picture = renderer.render(moment.T_map_camera, moment.light)
    window = matched_framing(640, 480, CAMERA, SPEC.camera).window
    seen = mean_colour(crop(picture, window))
    np.testing.assert_allclose(watched.measures[clean], seen, atol=0.5)


def test_a_network_that_takes_no_batches_is_refused(tmp_path):
    watcher = Watcher(load_model(write_model(tmp_path / 'one.pt', ColourNet())), mean_colour)
    with pytest.raises(ModelFileError, match="of 'test room' does not answer 2 crops at a time"):
        watcher.watch(replace(EPISODE, frames=2))


def test_what_was_saved_is_loaded_again(tmp_path, watched):
    file = tmp_path / 'folder' / '0000.npz'
    watched.save(file)
    loaded = Watched.load(file)
    for name, array in vars(watched).items():
        np.testing.assert_array_equal(getattr(loaded, name), array)
    assert [path.name for path in file.parent.iterdir()] == ['0000.npz']


def test_a_file_counts_when_it_is_whole_and_of_this_very_episode(tmp_path, watched):
    file = tmp_path / '0000.npz'
    description = str(watched.episode)
    assert not is_watched(file, description)
    watched.save(file)
    assert is_watched(file, description)
    assert not is_watched(file, description.replace('frames=20', 'frames=21'))
    for size in (0, 100, file.stat().st_size // 2):
        (tmp_path / 'cut.npz').write_bytes(file.read_bytes()[:size])
        assert not is_watched(tmp_path / 'cut.npz', description)


def test_what_is_there_is_not_computed_again(tmp_path, watcher, monkeypatch):
    monkeypatch.setattr(Work, 'watcher', watcher, raising=False)
    task = Task(replace(EPISODE, frames=3, kidnapped_at=None), tmp_path / '0000.npz')
    assert [Work.do(task), Work.do(task)] == [3, 0]
    written = task.file.read_bytes()
    task.file.write_bytes(written[: len(written) // 2])
    assert Work.do(task) == 3
    assert task.file.read_bytes() == written


def test_all_foreign_episodes_of_a_small_scale_are_made_and_read(tmp_path, model):
    cache = Cache.of(model, 3, tmp_path)
    assert [count for _, count in predict(cache, ['foreign'], 0.01, 1, mean_colour)] == [20]
    ((episode, watched),) = cache.watched('foreign', 0.01)
    assert episode == episodes('foreign', 3, 0.01)[0]
    assert len(watched.stamp_ns) == 20
    other = Cache.of(model, 4, tmp_path)
    assert not other.file('foreign', 0).exists()


def test_the_plan_has_what_is_judged():
    kidnaps = episodes('kidnap', 1, 1.0)
    assert len(kidnaps) == 500
    assert {k.room for k in kidnaps} == {DEMO}
    assert Counter(k.stands for k in kidnaps) == {True: 250, False: 250}
    drives = episodes('driving', 1, 1.0)
    assert sum(drive.frames for drive in drives) == 2 * 3600 * 10
    foreign = episodes('foreign', 1, 1.0)
    assert sum(drive.frames for drive in foreign) == 2000
    assert set(Counter(drive.room for drive in foreign).values()) == {10}
    assert Counter(drive.spoilt for drive in foreign) == {
        Spoilt.none: 80, Spoilt.dark: 10, Spoilt.covered: 10
    }  # fmt: skip
    kinds = Counter(room.partition(':')[0] for room in foreign_rooms((1, 2)))
    assert kinds == {'room': 5, 'rearranged': 5}
    assert DEMO not in foreign_rooms((1, 2))
    assert len(episodes('symmetric', 1, 1.0)) == len(episodes('symmetric-poster', 1, 1.0)) == 300


@pytest.mark.parametrize('kind', KINDS)
def test_a_small_scale_is_the_beginning_of_the_whole_and_a_seed_draws_others(kind):
    whole = episodes(kind, 1, 1.0)
    few = episodes(kind, 1, 0.1)
    assert few == whole[: len(few)]
    assert len(few) == -(-len(whole) // 10)
    assert not {e.seed for e in whole} & {e.seed for e in episodes(kind, 2, 1.0)}


def test_episodes_of_a_room_follow_each_other(model, tmp_path):
    rooms = [task.episode.room for task in tasks(Cache.of(model, 1, tmp_path), list(KINDS), 0.3)]
    changes = sum(a != b for a, b in itertools.pairwise(rooms))
    assert changes == len(set(rooms)) - 1
    assert max(int(room.partition(':')[2]) for room in rooms) <= LARGEST_ROOM_SEED + 12


def moment_of(spoilt: Spoilt, noise_seed: int = 0) -> Moment:
    return Moment(1, np.eye(4), np.eye(4), np.eye(4), Light(noise_seed=noise_seed), spoilt)


def test_a_moment_is_spoilt_in_its_own_way():
    rgb = np.random.default_rng(0).integers(0, 256, (420, 420, 3), dtype=np.uint8)
    for spoilt in (Spoilt.none, Spoilt.dark):
        np.testing.assert_array_equal(spoil(rgb, moment_of(spoilt)), rgb)
    for spoilt in (Spoilt.blurred, Spoilt.covered):
        once, again = (spoil(rgb, moment_of(spoilt)) for _ in range(2))
        np.testing.assert_array_equal(once, again)
        assert np.any(once != spoil(rgb, moment_of(spoilt, noise_seed=1)))
    assert spoil(rgb, moment_of(Spoilt.blurred)).std() < 0.3 * rgb.std()
    covered = spoil(rgb, moment_of(Spoilt.covered))
    assert np.mean(np.any(np.abs(covered.astype(int) - rgb) > 20, axis=-1)) > 0.5


def test_wrong_options_end_in_one_sentence(tmp_path, monkeypatch, capsys):
    for arguments, sentence in (
        (['--scale', '2'], '2 is no share: give more than 0 and at most 1'),
        (['--seed', '-1'], '--seed is -1 and --jobs 1: give 0 and 1 or more'),
        (['--model', str(tmp_path / 'none.pt')], 'cannot be used: there is no such file'),
    ):
        monkeypatch.setattr('sys.argv', ['predictions', '--out', str(tmp_path), *arguments])
        with pytest.raises(SystemExit, match='2'):
            main()
        assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
