# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rendered frames are reproducible, new in every stream, and carry their true poses."""

import dataclasses

import numpy as np
import pytest
from training_samples import RECIPE

from posenet_ros.geometry import transform
from posenet_ros.preprocess import crop, crop_window
from posenet_training.data import rendered
from posenet_training.data.samples import TRAINING_STREAM
from posenet_training.errors import RecipeError
from posenet_training.recipe import Recipe, Views
from simulation.rooms import RoomName
from simulation.sampling import random_view


@pytest.fixture(scope='module')
def source():
    """One room for all tests: its renderer takes seconds to begin."""
    return rendered.RenderedSource(RoomName('room', 7))


def recipe(**views) -> Recipe:
    """A recipe whose views are shown as they were drawn."""
    return dataclasses.replace(RECIPE, views=Views(**{'crop': 'centre', 'light': 0.0, **views}))


def positions(source, seed: int, numbers: range, reuse: int = 1) -> list[tuple[float, ...]]:
    samples = source.training(recipe(reuse=reuse), seed)
    return [tuple(samples[number].position.tolist()) for number in numbers]


def test_a_sample_is_the_same_wherever_and_whenever_it_is_drawn(source):
    first = positions(source, 1, range(6))
    assert positions(source, 1, range(3, 6)) == first[3:]
    assert len(set(first)) == 6
    assert not set(first) & set(positions(source, 2, range(6)))


def test_reused_views_are_the_same_after_a_stop(source):
    assert positions(source, 1, range(40), reuse=4)[30:] == positions(source, 1, range(30, 40), 4)


def test_frame_is_the_robots_crop_with_the_pose_it_was_drawn_from(source):
    sample = source.training(recipe(), 5)[3]
    rng = np.random.default_rng([TRAINING_STREAM, 5, rendered.VIEW_STREAM, 3])
    T_map_camera, light = random_view(source.room, rng)
    picture = source.renderer.render(T_map_camera, light)
    difference = np.abs(sample.image.numpy().astype(int) - crop(picture, crop_window(640, 480)))
    # The rasterizer snaps vertices to pixels, and the two draw other noise of the same strength.
    assert np.median(difference) <= light.noise + 1.0
    assert np.mean(difference > 30) < 0.03
    np.testing.assert_allclose(transform(sample.position, sample.q_xyzw), T_map_camera, atol=1e-5)


def test_reuse_shows_views_again_on_average_as_often_as_asked(source):
    shown = positions(source, 1, range(80), reuse=4)
    assert 10 <= len(set(shown)) <= 20


def test_recipes_that_move_pictures_are_refused(source):
    with pytest.raises(RecipeError, match=r'views\.crop=centre'):
        source.training(recipe(crop='near'), 1)


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


def test_only_the_frames_that_are_asked_for_are_drawn(source, monkeypatch):
    monkeypatch.setitem(rendered.VIEWS, 'validation', 6)
    monkeypatch.setitem(rendered.DRIVES, 'test', 1)
    monkeypatch.setattr(rendered, 'FRAMES_A_DRIVE', 8)
    whole = {split: source.frames(split).T_map_camera for split in ('validation', 'test')}
    drawn, draw = [], source.renderer.render
    monkeypatch.setattr(
        source.renderer, 'render', lambda *view: drawn.append(view[0]) or draw(*view)
    )
    for split, rows in (('validation', [1, 4]), ('test', [2, 6])):
        drawn.clear()
        frames = source.each(split, at_most=2)
        assert drawn == []
        poses = [T_map_camera for _, T_map_camera in frames]
        np.testing.assert_array_equal(poses, whole[split][rows])
        np.testing.assert_array_equal(drawn, whole[split][rows])


def test_drives_move_on_from_frame_to_frame(source, monkeypatch):
    monkeypatch.setitem(rendered.DRIVES, 'test', 1)
    monkeypatch.setattr(rendered, 'FRAMES_A_DRIVE', 8)
    frames = source.frames('test')
    steps = np.linalg.norm(np.diff(frames.positions, axis=0), axis=1)
    assert frames.images.shape[0] == 8
    assert 0.0 < steps.max() < 0.8, 'metres in a second'
