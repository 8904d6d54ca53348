# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rendered frames are reproducible, new in every stream, and carry their true poses."""

import numpy as np
import pytest

from posenet_ros.geometry import transform
from posenet_ros.preprocess import crop, crop_window
from posenet_training.data import rendered
from posenet_training.data.frames import TRAINING_STREAM
from simulation.sampling import random_view


@pytest.fixture(scope='module')
def source():
    """One room for all tests: its renderer takes seconds to begin."""
    return rendered.RenderedSource(7)


def positions(source, seed: int, start: int, reuse: int, count: int) -> list[tuple[float, ...]]:
    stream = iter(source.training(seed, start, reuse))
    return [tuple(next(stream)[1].tolist()) for _ in range(count)]


def test_stream_repeats_itself_and_differs_by_seed_and_start(source):
    first = positions(source, 1, 0, 1, 3)
    assert first == positions(source, 1, 0, 1, 3)
    assert not set(first) & set(positions(source, 2, 0, 1, 3))
    assert not set(first) & set(positions(source, 1, 100, 1, 3))


def test_frame_is_the_robots_crop_with_the_pose_it_was_drawn_from(source):
    image, position, q_xyzw = next(iter(source.training(5, 0, 1)))
    rng = np.random.default_rng([TRAINING_STREAM, 5, 0, 0])
    T_map_camera, light = random_view(source.room, rng)
    picture = source.renderer.render(T_map_camera, light)
    difference = np.abs(image.numpy().astype(int) - crop(picture, crop_window(640, 480)))
    # The rasterizer snaps vertices to pixels, and the two draw other noise of the same strength.
    assert np.median(difference) <= light.noise + 1.0
    assert np.mean(difference > 30) < 0.03
    np.testing.assert_allclose(transform(position, q_xyzw), T_map_camera, atol=1e-5)


def test_reuse_shows_frames_again_on_average_as_often_as_asked(source):
    shown = positions(source, 1, 0, 4, 80)
    assert 10 <= len(set(shown)) <= 35


def test_no_judging_split_shares_a_stream_with_training():
    seeds = [TRAINING_STREAM, *rendered.SPLIT_SEEDS.values()]
    assert len(set(seeds)) == len(seeds)
    assert {*rendered.VIEWS, *rendered.DRIVES} == set(rendered.SPLIT_SEEDS)


def test_source_knows_its_camera_and_splits(source, monkeypatch):
    monkeypatch.setitem(rendered.VIEWS, 'validation', 2)
    frames = source.frames('validation')
    assert frames.images.shape == (2, 224, 224, 3)
    assert frames.T_map_camera.shape == (2, 4, 4)
    assert (source.camera.width, source.camera.height) == (640, 480)
    assert source.describe('validation') == '2 independent views, generator seed [3, 7]'


def test_drives_move_on_from_frame_to_frame(source, monkeypatch):
    monkeypatch.setitem(rendered.DRIVES, 'test', 1)
    monkeypatch.setattr(rendered, 'FRAMES_A_DRIVE', 8)
    frames = source.frames('test')
    steps = np.linalg.norm(np.diff(frames.positions, axis=0), axis=1)
    assert frames.images.shape[0] == 8
    assert 0.0 < steps.max() < 0.8, 'metres in a second'
