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

from posenet_ros.scene import Scene, SceneError, read_scene, write_header_and_table
from posenet_training.data.depth import read_depth
from posenet_training.scenes.linked import link_scene
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
        found = read_depth(added, picture)
        assert found.shape == (SHORTER_SIDE, SHORTER_SIDE * 4 // 3)
        true = 1e-3 * depth_from(picture.T_map_camera)
        known.append(np.mean(found > 0))
        ratios.append((found / true)[found > 0])
    assert np.mean(known) > 0.05
    assert np.median(np.abs(np.concatenate(ratios) - 1.0)) < 0.06
    with pytest.raises(SceneError, match='have depth already'):
        add_motion_depth(added, silent)


def test_a_scene_of_any_unit_gets_as_much_depth(scene, tmp_path):
    """As structure from motion makes them: here a metre is 40 units."""
    filled = []
    for scale in (1.0, 40.0):
        root = tmp_path / f'{scale:.0f}'
        scaled = tuple(
            replace(picture, depth='', position=tuple(scale * p for p in picture.position))
            for picture in scene.pictures
        )
        link_scene(replace(scene, pictures=scaled, depth_camera=None), root)
        added = add_motion_depth(read_scene(root), silent)
        train = [picture for picture in added.split('train') if picture.depth]
        metres = np.stack([read_depth(added, picture) / scale for picture in train])
        filled.append(metres)
    assert np.mean(filled[1] > 0) == pytest.approx(np.mean(filled[0] > 0), rel=0.05)
    assert np.median(filled[1][filled[1] > 0]) == pytest.approx(
        np.median(filled[0][filled[0] > 0]), rel=0.05
    )


def test_depth_of_pictures_that_judge_gives_way(scene, tmp_path):
    bare = tuple(replace(picture, depth='') for picture in scene.pictures)
    linked = link_scene(replace(scene, pictures=bare, depth_camera=None), tmp_path / 's')
    Image.fromarray(np.ones((30, 40), np.uint16)).save(linked.root / 'judged.png')
    judged = tuple(
        replace(picture, depth='' if picture.split == 'train' else 'judged.png')
        for picture in linked.pictures
    )
    write_header_and_table(replace(linked, pictures=judged), linked.root)
    added = add_motion_depth(read_scene(linked.root), silent)
    assert all(picture.depth for picture in added.split('train'))
    assert not any(picture.depth for picture in added.pictures if picture.split != 'train')


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
