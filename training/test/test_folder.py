# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Folders of pictures are read with the right poses, and broken ones refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from training_samples import picture, random_pose, seven_scenes_folder

from posenet_ros.posed_pictures import SceneError, read_list, read_rgb
from posenet_ros.preprocess import crop, crop_window
from posenet_training.data.folder import FolderSource, moved_window
from posenet_training.data.frames import scene_of

SCENES = Path(__file__).resolve().parents[3] / 'shared' / 'scenes'


def matrix_folder(root: Path, count: int = 5) -> tuple[Path, np.ndarray]:
    rng = np.random.default_rng(2)
    (root / 'images').mkdir(parents=True)
    poses = np.stack([random_pose(rng) for _ in range(count)])
    for index in range(count):
        Image.fromarray(picture(rng)).save(root / 'images' / f'{index:05d}.jpg')
    np.savetxt(root / 'poses.txt', poses.reshape(count, 16))
    names = [f'images/{index:05d}.jpg' for index in range(count)]
    (root / 'train.txt').write_text('\n'.join(names[1::2]))
    (root / 'validation.txt').write_text('\n'.join(names[::2]))
    return root, poses


def test_matrix_layout_pairs_rows_with_sorted_names(tmp_path):
    root, poses = matrix_folder(tmp_path / 'scene')
    pictures = read_list(root, 'train.txt')
    assert [picture.path.name for picture in pictures] == ['00001.jpg', '00003.jpg']
    np.testing.assert_allclose(np.stack([p.T_map_camera for p in pictures]), poses[1::2])


def test_seven_scenes_layout(tmp_path):
    root = seven_scenes_folder(tmp_path / 'scene')
    posed = read_list(root, 'validation.txt')[0]
    assert posed.path.name == 'frame-000004.color.png'
    expected = np.loadtxt(root / 'seq-01' / 'frame-000004.pose.txt')
    np.testing.assert_array_equal(posed.T_map_camera, expected)


def test_judging_frames_are_the_robots_crops_and_disjoint(tmp_path):
    source = FolderSource(seven_scenes_folder(tmp_path / 'scene', validation=6))
    rgb = read_rgb(source.validation[0].path)
    expected = crop(rgb, crop_window(rgb.shape[1], rgb.shape[0]))
    np.testing.assert_array_equal(source.frames('calibration').images[0], expected)
    paths = {
        split: {picture.path for picture in source._pictures(split)}
        for split in ('reference', 'calibration', 'test')
    }
    assert not paths['reference'] & (paths['calibration'] | paths['test'])
    assert not paths['calibration'] & paths['test']


def test_training_stream_repeats_itself_and_differs_by_seed_and_start(tmp_path):
    source = FolderSource(seven_scenes_folder(tmp_path / 'scene'))

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
    frames = FolderSource(seven_scenes_folder(tmp_path / 'scene')).frames('reference')
    scene = scene_of(frames)
    np.testing.assert_allclose(scene.mean_image, frames.images.mean(axis=0), atol=1e-3)
    spread = np.sqrt(np.mean((frames.images - frames.images.mean(axis=0)) ** 2))
    assert scene.pixel_scale == pytest.approx(spread, rel=1e-5)
    np.testing.assert_allclose(scene.centre, frames.positions.mean(axis=0), atol=1e-5)


def test_broken_folders_are_refused_in_one_sentence(tmp_path):
    with pytest.raises(SceneError, match=r'has no train\.txt'):
        FolderSource(tmp_path)
    root = seven_scenes_folder(tmp_path / 'a')
    (root / 'seq-01' / 'frame-000001.pose.txt').unlink()
    with pytest.raises(SceneError, match=r"'frame-000001\.pose\.txt' is not there"):
        FolderSource(root)
    root = seven_scenes_folder(tmp_path / 'b')
    np.savetxt(root / 'seq-01' / 'frame-000002.pose.txt', 2.0 * np.eye(4))
    with pytest.raises(SceneError, match='is no rigid 4x4 matrix'):
        FolderSource(root)
    root, poses = matrix_folder(tmp_path / 'c')
    np.savetxt(root / 'poses.txt', poses[1:].reshape(-1, 16))
    with pytest.raises(SceneError, match=r'need 5 rows of 16 numbers'):
        FolderSource(root)
    (root / 'images' / '00001.jpg').write_bytes(b'no picture')
    with pytest.raises(SceneError, match='cannot be read'):
        read_rgb(root / 'images' / '00001.jpg')


@pytest.mark.parametrize(
    ('name', 'train', 'held_out'), [('kitchen', 750, 150), ('office', 273, 60)]
)
def test_real_scenes(name, train, held_out):
    if not (SCENES / name).is_dir():
        pytest.skip(f'the real scene {name} is not on this machine')
    source = FolderSource(SCENES / name)
    assert (len(source.train), len(source.validation)) == (train, held_out)
    assert source.frames('calibration').images.shape == (held_out // 3, 224, 224, 3)
