# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""transforms.json becomes a scene with exactly its poses, or one clear sentence."""

import json

import numpy as np
import pytest
from archive_samples import (
    Importer,
    assert_poses,
    files,
    opengl,
    path_poses,
    save_depth,
    save_picture,
    splits,
    transforms,
)

from posenet_training.importers.nerf import Scale, read_nerf


@pytest.fixture
def importer(tmp_path):
    def open_drive(complaints, source, scale=Scale.unknown, depth_unit=None):
        return read_nerf(source, scale, depth_unit, 10.0, complaints)

    return Importer(open_drive, tmp_path)


def nerf_frames(root, names, poses):
    for index, name in enumerate(names):
        save_picture(root / name, index)
    return [
        {'file_path': name, 'transform_matrix': opengl(T)}
        for name, T in zip(names, poses, strict=True)
    ]


INTRINSICS = {'w': 64, 'h': 48, 'fl_x': 60.0, 'fl_y': 61.0, 'cx': 33.0, 'cy': 22.0}


def test_nerf_turns_the_camera_and_sorts_by_name(importer, tmp_path):
    poses = path_poses(3)
    names = ['images/frame_10.png', 'images/frame_2.png', 'images/frame_1.png']
    frames = nerf_frames(tmp_path / 'a', names, poses[::-1])
    coefficients = {'k1': 0.1, 'k2': -0.2, 'p1': 0.01, 'p2': 0.02}
    transforms(tmp_path / 'a/transforms.json', frames, **INTRINSICS, **coefficients)
    scene, skipped = importer(tmp_path / 'a')
    assert skipped == {}
    assert_poses(scene, poses)
    assert files(scene) == names[::-1]
    assert scene.scale == 'unknown'
    camera = scene.cameras['camera']
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (60.0, 61.0, 32.5, 21.5)
    assert camera.distortion_model == 'plumb_bob'
    assert camera.distortion == (0.1, -0.2, 0.01, 0.02, 0.0)
    again, _ = importer(tmp_path / 'a/transforms.json', Scale.metric)
    assert again.scale == 'metric'
    assert again.pictures == scene.pictures


def test_nerf_undoes_what_nerfstudio_applied(importer, tmp_path):
    poses = path_poses(3)
    # The two programs' own: y and z change places, and one of them its sign.
    applied = np.array([[1.0, 0, 0, 0.5], [0, 0, 1, 0], [0, -1, 0, 2.0]])
    T_file_map = np.vstack([applied, [0, 0, 0, 1]])
    moved = T_file_map @ poses
    moved[:, :3, 3] *= 0.25
    frames = nerf_frames(tmp_path / 'a', ['0.png', '1.png', '2.png'], moved)
    file = transforms(
        tmp_path / 'a/transforms.json',
        frames,
        applied_transform=applied.tolist(),
        applied_scale=0.25,
    )
    scene, _ = importer(file)
    assert_poses(scene, poses)
    assert scene.cameras == {}


def test_nerf_intrinsics_of_frames_and_fields_of_view(importer, tmp_path):
    frames = nerf_frames(tmp_path / 'a', ['0.png', '1.png', '2.png'], path_poses(3))
    frames[1] |= {'fl_x': 70.0, 'camera_model': 'OPENCV_FISHEYE', 'k1': 0.3}
    frames[2] |= {'camera_angle_x': 1.0}
    transforms(tmp_path / 'a/transforms.json', frames, camera_angle_x=np.pi / 2)
    scene, _ = importer(tmp_path / 'a')
    first, second, third = (scene.cameras[picture.camera] for picture in scene.pictures)
    assert (first.fx, first.fy, first.cx, first.cy) == pytest.approx((32.0, 32.0, 31.5, 23.5))
    assert (second.fx, second.fy) == (70.0, 70.0)
    assert second.distortion_model == 'equidistant'
    assert second.distortion == (0.3, 0.0, 0.0, 0.0)
    assert third.fx == pytest.approx(32.0 / np.tan(0.5))
    assert sorted(scene.cameras) == ['camera-1', 'camera-2', 'camera-3']


def test_nerf_intrinsics_are_scaled_to_smaller_pictures(importer, tmp_path):
    frames = nerf_frames(tmp_path / 'a', ['0.png'], path_poses(1))
    large = {'w': 256, 'h': 193, 'fl_x': 240.0, 'fl_y': 244.0, 'cx': 130.0, 'cy': 90.0}
    transforms(tmp_path / 'a/transforms.json', frames, **large)
    scene, _ = importer(tmp_path / 'a')
    camera = scene.cameras['camera']
    assert (camera.width, camera.height) == (64, 48)
    assert (camera.fx, camera.cx) == (60.0, 32.0)
    assert camera.fy == pytest.approx(244.0 * 48 / 193)
    assert camera.cy == pytest.approx(90.0 * 48 / 193 - 0.5)


def test_nerf_paths_lists_and_depth(importer, tmp_path):
    poses = path_poses(4)
    root = tmp_path / 'a'
    names = ['images/0.png', 'images/1.jpg', 'images/2.0.png', 'images/3.png']
    frames = nerf_frames(root, names, poses)
    frames[0]['file_path'] = '.\\images\\0.png'
    frames[1]['file_path'] = './images/1'
    frames[2]['file_path'] = 'images/2.0'
    frames[3]['transform_matrix'] = frames[3]['transform_matrix'][:3]
    frames[0]['depth_file_path'] = 'depths\\0.png'
    frames[1]['depth_file_path'] = 'depths/1.png'
    save_depth(root / 'depths' / '0.png')
    lists = {'train_filenames': ['images/0.png', './images/1'], 'val_filenames': ['images/2.0']}
    transforms(root / 'transforms.json', frames, test_filenames=['images/9.png'], **lists)
    scene, skipped = importer(root)
    assert_poses(scene, poses)
    assert files(scene) == names
    assert splits(scene) == ['train', 'train', 'validation', '']
    assert [picture.depth for picture in scene.pictures] == ['depth/images/0.png', '', '', '']
    assert skipped == {
        'depth picture is not there': 1,
        'picture of a list is not among the frames': 1,
    }


def test_nerf_fields_of_view_are_those_of_the_pictures(importer, tmp_path):
    """Without any size in the file, as Blender's exporters write it, the pictures have the say."""
    frames = nerf_frames(tmp_path / 'a', ['0.png'], path_poses(1))
    save_picture(tmp_path / 'a' / '0.png', size=(80, 60))
    angle = 2 * np.arctan(0.5 * 80 / 70)
    transforms(tmp_path / 'a/transforms.json', frames, camera_angle_x=angle)
    camera = importer(tmp_path / 'a')[0].cameras['camera']
    assert (camera.width, camera.height) == (80, 60)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == pytest.approx((70.0, 70.0, 39.5, 29.5))


def test_nerf_frames_own_field_of_view_wins_over_the_files_focal_length(importer, tmp_path):
    frames = nerf_frames(tmp_path / 'a', ['0.png', '1.png'], path_poses(2))
    frames[1] |= {'camera_angle_x': np.pi / 2}
    transforms(tmp_path / 'a/transforms.json', frames, **INTRINSICS)
    scene, _ = importer(tmp_path / 'a')
    first, second = (scene.cameras[picture.camera] for picture in scene.pictures)
    assert (first.fx, first.fy) == (60.0, 61.0)
    assert (second.fx, second.fy) == pytest.approx((32.0, 32.0))


@pytest.mark.parametrize('key', ['depth_file_path', 'depth_path'])
def test_nerf_depth_and_its_unit(key, importer, tmp_path):
    root = tmp_path / 'a'
    frames = nerf_frames(root, ['0.png', '1.png'], path_poses(2))
    for index, frame in enumerate(frames):
        frame[key] = f'depths/{index}.png'
        save_depth(root / 'depths' / f'{index}.png')
    transforms(root / 'transforms.json', frames)
    scene, skipped = importer(root)
    assert skipped == {}
    assert [picture.depth for picture in scene.pictures] == ['depth/0.png', 'depth/1.png']
    assert scene.depth_unit_m == 0.001
    assert importer(root, depth_unit=0.0002)[0].depth_unit_m == 0.0002
    # instant-ngp's is in the unit of the file, the scene's in that of the source.
    transforms(root / 'transforms.json', frames, integer_depth_scale=0.0005, applied_scale=0.25)
    assert importer(root)[0].depth_unit_m == 0.002
    transforms(root / 'transforms.json', frames, integer_depth_scale='fine')
    importer.refuses("has integer_depth_scale 'fine': a number is expected", root)


def triple(root, poses, **values):
    """A file each for the training, validation and test pictures, two of each, train's last."""
    for index, split in enumerate(('val', 'test', 'train')):
        names = [f'{split}/r_{number}.png' for number in (10, 2)]
        frames = nerf_frames(root, names, poses[2 * index : 2 * index + 2][::-1])
        for frame in frames:
            frame['file_path'] = f'./{frame["file_path"].removesuffix(".png")}'
        transforms(root / f'transforms_{split}.json', frames, camera_angle_x=1.0, **values)
    return root


def test_nerf_a_file_for_each_split(importer, tmp_path):
    poses = path_poses(6)
    root = triple(tmp_path / 'lego', poses)
    scene, skipped = importer(root)
    assert skipped == {}
    assert_poses(scene, poses[[4, 5, 0, 1, 2, 3]])
    assert files(scene) == [
        *('train/r_2.png', 'train/r_10.png', 'val/r_2.png', 'val/r_10.png'),
        *('test/r_2.png', 'test/r_10.png'),
    ]
    assert splits(scene) == ['train'] * 2 + ['validation'] * 2 + ['test'] * 2
    assert [picture.sequence for picture in scene.pictures] == splits(scene)
    assert [picture.stamp_ns for picture in scene.pictures] == [0, 100_000_000] * 3
    assert (scene.name, list(scene.cameras)) == ('lego', ['camera'])
    assert scene.source['path'] == str(root)
    # A file that is named is read alone, and prescribes no split.
    alone, _ = importer(root / 'transforms_val.json')
    assert splits(alone) == ['', '']
    (root / 'transforms_test.json').unlink()
    assert splits(importer(root)[0]) == ['train'] * 2 + ['validation'] * 2
    transforms(root / 'transforms.json', nerf_frames(root, ['0.png'], path_poses(1)))
    assert files(importer(root)[0]) == ['0.png']


def test_nerf_files_of_splits_that_do_not_fit(importer, tmp_path):
    root = triple(tmp_path / 'lego', path_poses(6))
    frames = nerf_frames(root, ['train/r_2.png'], path_poses(1))
    transforms(root / 'transforms_val.json', frames)
    importer.refuses("two frames name the picture 'train/r_2': leave one of them out", root)
    transforms(root / 'transforms_val.json', [], integer_depth_scale=0.25)
    units = r'give depth the units 0\.001, 0\.25: say which holds with --depth-unit'
    importer.refuses(units, root)
    assert importer(root, depth_unit=0.25)[0].depth_unit_m == 0.25


def test_nerf_faults_of_frames(importer, tmp_path):
    names = [f'{index}.png' for index in range(7)]
    root = tmp_path / 'a'
    frames = nerf_frames(root, names, path_poses(7))
    (root / '1.png').unlink()
    save_picture(root / '2.png', size=(48, 48))
    frames[3]['fl_x'] = 'wide'
    del frames[4]['transform_matrix']
    frames[5]['transform_matrix'][3] = [1.0, 2.0, 3.0, 1.0]
    (root / '6.png').write_bytes(b'no picture')
    transforms(root / 'transforms.json', frames, **INTRINSICS)
    scene, skipped = importer(root)
    assert files(scene) == ['0.png']
    assert skipped == {
        'picture is not there': 1,
        'intrinsics do not fit the picture': 2,
        'frame has no file_path and 4x4 transform_matrix': 1,
        'pose is no rigid transform': 1,
        'picture cannot be read': 1,
    }


def test_nerf_sources_that_are_none(importer, tmp_path):
    neither = r'neither transforms\.json nor transforms_train\.json, transforms_val\.json, t'
    importer.refuses(neither, tmp_path)
    importer.refuses(r"transforms\.json' is not there", tmp_path / 'transforms.json')
    file = tmp_path / 'transforms.json'
    file.write_text('{')
    importer.refuses('is no JSON', file)
    file.write_text(json.dumps({'frames': {}}))
    importer.refuses("has no list 'frames'", file)
    frames = nerf_frames(tmp_path, ['0.png'], path_poses(1))
    for broken in ([[1, 2], [3]], [[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0]]):
        transforms(file, frames, applied_transform=broken)
        importer.refuses('applied_transform', file)
    transforms(file, frames, applied_scale=0.0)
    importer.refuses(r'applied_scale 0\.0', file)
    transforms(file, frames, camera_model='EQUIRECTANGULAR')
    importer.refuses("camera_model 'EQUIRECTANGULAR' is not supported", file)
    transforms(file, [], **INTRINSICS)
    importer.refuses('gave no usable picture', file)
