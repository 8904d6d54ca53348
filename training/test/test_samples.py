# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training samples: each picture once an epoch, the same everywhere, with exact labels."""

import dataclasses
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image
from scene_samples import SceneFrame, write_sample_scene
from training_samples import RECIPE, calibrated, picture, random_pose, small_scene

from posenet_ros.geometry import transform
from posenet_ros.preprocess import crop_window
from posenet_ros.scene import SceneError
from posenet_training.data.depth import scene_points
from posenet_training.data.pictures import PictureSource, centre_crop
from posenet_training.data.samples import POINTS, SampleNumbers
from posenet_training.data.views import moved_window
from posenet_training.distribution import Processes
from posenet_training.errors import TrainingError
from posenet_training.recipe import Views

AS_TAKEN = dataclasses.replace(RECIPE, views=Views(crop='centre', light=0.0))


def changed(**views) -> object:
    return dataclasses.replace(RECIPE, views=Views(**views))


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    scene = small_scene(tmp_path_factory.mktemp('samples') / 'scene', train=7)
    return PictureSource(calibrated(scene))


def positions(samples, numbers) -> list[tuple[float, ...]]:
    return [tuple(samples[number].position.tolist()) for number in numbers]


def test_every_epoch_shows_every_picture_once_in_an_order_of_its_own(source):
    samples = source.training(AS_TAKEN, 1)
    first, second = positions(samples, range(7)), positions(samples, range(7, 14))
    assert len(set(first)) == 7
    assert sorted(first) == sorted(second)
    assert first != second
    assert first != positions(source.training(AS_TAKEN, 2), range(7))


def test_a_sample_depends_on_its_number_alone(source):
    recipe = changed(crop='anywhere', light=1.0, turn_deg=3.0, axis='corrected')
    early, late = source.training(recipe, 1), source.training(recipe, 1)
    for number in range(20):
        early[number]
    for mine, other in zip(early[20], late[20], strict=True):
        assert torch.equal(mine, other)


def test_processes_share_each_batch():
    def numbers(rank: int, processes: int) -> list[list[int]]:
        mine = islice(iter(SampleNumbers(5, 6, rank, processes)), 18 // processes)
        return np.reshape(list(mine), (3, -1)).tolist()

    alone = numbers(0, 1)
    assert alone == [[30, 31, 32, 33, 34, 35], [36, 37, 38, 39, 40, 41], [42, 43, 44, 45, 46, 47]]
    together = [a + b for a, b in zip(numbers(0, 2), numbers(1, 2), strict=True)]
    assert together == alone


def test_batches_that_processes_cannot_share_are_refused():
    assert Processes(0, 2, 2).share(32) == 16
    assert Processes(0, 1, 1).share(7) == 7
    with pytest.raises(TrainingError, match=r'a batch of 30 pictures .* by 4 processes'):
        Processes(0, 4, 2).share(30)


def test_pairs_are_two_pictures_of_one_drive(source):
    loss = dataclasses.replace(RECIPE.loss, relative=1.0)
    samples = source.training(dataclasses.replace(AS_TAKEN, loss=loss), 1)
    shown = positions(samples, range(14))
    assert len(set(shown[0::2])) == 7
    assert all(a != b for a, b in zip(shown[0::2], shown[1::2], strict=True))
    assert samples.epoch == 14


@pytest.mark.parametrize(('placing', 'reach'), [('centre', 0), ('near', 25), ('anywhere', 640)])
def test_windows_stay_in_the_picture_and_go_as_far_as_asked(placing, reach):
    rng = np.random.default_rng(0)
    centred = crop_window(640, 480)
    windows = [moved_window(640, 480, placing, rng) for _ in range(500)]
    for window in windows:
        assert window.side == centred.side
        assert 0 <= window.x0 <= 640 - window.side
        assert 0 <= window.y0 <= 480 - window.side
        assert abs(window.x0 - centred.x0) <= reach
    widest = max(window.x0 for window in windows) - centred.x0
    assert widest == min(reach, 640 - centred.side - centred.x0)


def test_a_picture_as_it_was_taken_is_the_robots_crop_with_its_pose(source):
    sample = source.training(AS_TAKEN, 1)[0]
    poses = [picture.T_map_camera for picture in source.train]
    T_map_camera = transform(sample.position.numpy(), sample.q_xyzw.numpy())
    row = int(np.argmin([np.abs(T - T_map_camera).max() for T in poses]))
    np.testing.assert_allclose(T_map_camera, poses[row], atol=1e-6)
    rgb = np.asarray(Image.open(source.scene.path(source.train[row])).convert('RGB'))
    np.testing.assert_array_equal(sample.image.numpy(), centre_crop(rgb))
    assert sample.points.shape == (0, 3)


def test_a_moved_window_turns_its_label(source):
    kept, corrected = (
        source.training(changed(crop='anywhere', light=0.0, axis=axis), 1)
        for axis in ('kept', 'corrected')
    )
    for number in range(7):
        a, b = kept[number], corrected[number]
        assert torch.equal(a.image, b.image)
        assert torch.equal(a.position, b.position)
    turned = [float((kept[n].q_xyzw * corrected[n].q_xyzw).sum().abs()) for n in range(7)]
    assert min(turned) < 0.9999


def test_points_of_depth_pictures_lie_where_the_camera_saw_them(tmp_path):
    rng = np.random.default_rng(2)
    frames = [SceneFrame(picture(rng), random_pose(rng), s) for s in ('train', 'validation')]
    scene = calibrated(write_sample_scene(tmp_path / 'scene', frames))
    camera = scene.cameras['camera']
    # A wall across the optical axis at 2 m, seen at half the picture's resolution.
    depth = np.full((camera.height // 2, camera.width // 2), 2000, np.uint16)
    depth[:, :5] = 0
    (scene.root / 'depth').mkdir()
    Image.fromarray(depth).save(scene.root / 'depth' / 'wall.png')
    shown = dataclasses.replace(scene.pictures[0], depth='depth/wall.png')
    points = scene_points(scene, shown, POINTS, rng)
    assert points.shape == (POINTS, 3)
    np.testing.assert_allclose(points[:, 2], 2.0)
    u = points[:, 0] / 2.0 * camera.fx + camera.cx
    v = points[:, 1] / 2.0 * camera.fy + camera.cy
    assert u.min() >= 10.0
    assert u.max() <= camera.width - 1
    assert 0.0 <= v.min() <= v.max() <= camera.height - 1
    np.testing.assert_allclose((u - 0.5) % 2.0, 0.0, atol=1e-9)
    Image.fromarray(np.zeros_like(depth)).save(scene.root / 'depth' / 'wall.png')
    assert not scene_points(scene, shown, POINTS, rng).any()
    (scene.root / 'depth' / 'wall.png').write_bytes(b'nothing')
    with pytest.raises(SceneError, match=r"depth picture .*wall\.png' cannot be read"):
        scene_points(scene, shown, POINTS, rng)
