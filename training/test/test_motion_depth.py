# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth that a drive gives by itself, against the simulated room's own."""

from dataclasses import replace

import numpy as np
import pytest
from check_samples import CAMERA, drawn_drive, scene_of
from command_samples import refused
from depth_samples import depth_from
from PIL import Image
from training_samples import small_scene

from posenet_ros.scene import Scene, SceneError, read_scene
from posenet_training.scenes.motion_depth import SHORTER_SIDE, add_motion_depth, depth_picture

COUNT = 60


@pytest.fixture(scope='module')
def scene(tmp_path_factory) -> Scene:
    pictures, poses = drawn_drive(COUNT, 8)
    return scene_of(tmp_path_factory.mktemp('motion') / 's', pictures, poses[::10])


def silent(items, title):
    return items


def test_points_of_the_drive_are_where_the_room_is(scene, tmp_path):
    # Of an import whose own depth pictures would have had other pixels.
    told = replace(scene, depth_camera=replace(CAMERA, fx=300.0))
    added = add_motion_depth(told, silent)
    assert added.camera_of_depth(added.pictures[0]) == CAMERA
    assert added == read_scene(scene.root)
    training = [picture for picture in added.pictures if picture.split == 'train']
    assert all(picture.depth for picture in training)
    ratios, known = [], []
    for picture in training[::6]:
        found = np.asarray(Image.open(added.root / picture.depth)).astype(float)
        assert found.shape == (SHORTER_SIDE, SHORTER_SIDE * 4 // 3)
        true = depth_from(picture.T_map_camera).astype(float)
        known.append(np.mean(found > 0))
        ratios.append((found / true)[found > 0])
    assert np.mean(known) > 0.05
    assert np.median(np.abs(np.concatenate(ratios) - 1.0)) < 0.06
    with pytest.raises(SceneError, match='has depth pictures already'):
        add_motion_depth(added, silent)


def test_a_pixel_takes_the_middle_of_the_nearest_points_and_no_others():
    width_px = CAMERA.height / SHORTER_SIDE
    pixels = np.array([[4.0, 4.0], [4.5, 4.0], [4.0, 5.0], [200.0, 100.0]]) - 0.5
    picture = depth_picture(pixels, np.array([1000.0, 3000.0, 1100.0, 70000.0]), CAMERA)
    assert picture[0, 0] == 1100
    assert picture[int(100 / width_px), int(200 / width_px)] == 0
    assert not depth_picture(np.zeros((0, 2)), np.zeros(0), CAMERA).any()


def test_scenes_that_give_no_depth_are_named(tmp_path):
    blind = small_scene(tmp_path / 'unknown')
    with pytest.raises(SceneError, match='need the intrinsics of camera'):
        add_motion_depth(blind, silent)
    known = replace(blind, cameras={'camera': replace(CAMERA, width=96, height=64)})
    with pytest.raises(SceneError, match='share no point'):
        add_motion_depth(known, silent)
    assert sorted(path.name for path in blind.root.iterdir()) == sorted(
        path.name for path in small_scene(tmp_path / 'other').root.iterdir()
    )


def test_the_command_says_what_is_wrong(tmp_path, monkeypatch):
    blind = small_scene(tmp_path / 'unknown')
    assert 'need the intrinsics' in refused(monkeypatch, 'scene', 'add-depth', str(blind.root))
