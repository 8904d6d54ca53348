# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of a scene become frames: the robot's crops, in disjoint splits."""

import numpy as np
import pytest
from training_samples import small_scene

from posenet_ros.preprocess import crop, crop_window
from posenet_ros.scene import read_rgb
from posenet_training.data.frames import statistics_of
from posenet_training.data.pictures import PictureSource, moved_window


def test_judging_frames_are_the_robots_crops_and_disjoint(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', validation=6))
    rgb = read_rgb(source.scene.path(source.validation[0]))
    expected = crop(rgb, crop_window(rgb.shape[1], rgb.shape[0]))
    np.testing.assert_array_equal(source.frames('calibration').images[0], expected)
    paths = {
        split: {picture.file for picture in source.pictures(split)}
        for split in ('reference', 'calibration', 'test')
    }
    assert not paths['reference'] & (paths['calibration'] | paths['test'])
    assert not paths['calibration'] & paths['test']


def test_training_stream_repeats_itself_and_differs_by_seed_and_start(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene'))

    def first(seed: int, start: int) -> list[list[float]]:
        stream = iter(source.training(seed, start, reuse=1))
        return [next(stream)[1].tolist() for _ in range(12)]

    assert first(1, 0) == first(1, 0)
    assert first(1, 0) != first(2, 0)
    assert first(1, 0) != first(1, 50)


def test_moved_windows_stay_in_the_picture():
    rng = np.random.default_rng(0)
    windows = [moved_window(640, 480, rng) for _ in range(500)]
    assert len({(window.x0, window.y0) for window in windows}) > 100
    for window in windows:
        assert window.side == crop_window(640, 480).side
        assert 0 <= window.x0 <= 640 - window.side
        assert 0 <= window.y0 <= 480 - window.side


def test_scene_statistics(tmp_path):
    frames = PictureSource(small_scene(tmp_path / 'scene')).frames('reference')
    statistics = statistics_of(frames)
    np.testing.assert_allclose(statistics.mean_image, frames.images.mean(axis=0), atol=1e-3)
    spread = np.sqrt(np.mean((frames.images - frames.images.mean(axis=0)) ** 2))
    assert statistics.pixel_scale == pytest.approx(spread, rel=1e-5)
    np.testing.assert_allclose(statistics.centre, frames.positions.mean(axis=0), atol=1e-5)
