# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of a scene become frames: the robot's crops, in disjoint splits."""

import numpy as np
import pytest
from training_samples import small_scene

from posenet_ros.preprocess import crop, crop_window
from posenet_ros.scene import read_rgb
from posenet_training.data.frames import statistics_of
from posenet_training.data.pictures import PictureSource


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


def test_scene_statistics(tmp_path):
    frames = PictureSource(small_scene(tmp_path / 'scene')).frames('reference')
    statistics = statistics_of(zip(frames.images, frames.T_map_camera, strict=True))
    np.testing.assert_allclose(statistics.mean_image, frames.images.mean(axis=0), atol=1e-3)
    spread = np.sqrt(np.mean((frames.images - frames.images.mean(axis=0)) ** 2))
    assert statistics.pixel_scale == pytest.approx(spread, rel=1e-5)
    np.testing.assert_allclose(statistics.centre, frames.positions.mean(axis=0), atol=1e-5)


def test_some_frames_of_a_split_come_from_all_over_it(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', validation=9))
    some = [T[:3, 3].tolist() for _, T in source.each('validation', at_most=3)]
    assert some == [source.validation[row].T_map_camera[:3, 3].tolist() for row in (1, 4, 7)]
