# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cambridge Landmarks becomes a scene with exactly the poses, or one clear sentence."""

import numpy as np
import pytest
from archive_samples import (
    Importer,
    assert_poses,
    cambridge_list,
    files,
    path_poses,
    poses_of,
    save_picture,
    splits,
)

from posenet_training.importers.cambridge import read_cambridge


@pytest.fixture
def importer(tmp_path):
    def open_drive(complaints, root, focal_length=None, rate=2.0):
        return read_cambridge(root, focal_length, rate, complaints)

    return Importer(open_drive, tmp_path)


def cambridge(root, poses):
    """Two sequences, of which one is nested; the second frame is listed last."""
    train = ['seq2/frame00001.png', 'seq2/frame00010.png', 'seq2/frame00002.png']
    test = ['img/north/frame00001.png']
    for name in train + test:
        save_picture(root / name)
    cambridge_list(root / 'dataset_train.txt', dict(zip(train, poses[[1, 3, 2]], strict=True)))
    cambridge_list(root / 'dataset_test.txt', dict(zip(test, poses[:1], strict=True)))
    return root


def test_cambridge(importer, tmp_path):
    poses = path_poses(4)
    scene, skipped = importer(cambridge(tmp_path / 'Shop', poses))
    assert skipped == {}
    assert_poses(scene, poses)
    assert files(scene)[0] == 'img/north/frame00001.png'
    assert [p.sequence for p in scene.pictures] == ['img/north', 'seq2', 'seq2', 'seq2']
    assert [p.stamp_ns for p in scene.pictures] == [0, 0, 500_000_000, 1_000_000_000]
    assert splits(scene) == ['test', 'train', 'train', 'train']
    assert scene.cameras == {}


def test_cambridge_camera_is_held_upright(importer, tmp_path):
    # seq1/frame00001 of ShopFacade as published.  It was held upright, so that its y axis points
    # down, against the world's z; read as camera to world, it would hang at 19 degrees.
    save_picture(tmp_path / 'Shop' / 'seq1' / 'frame00001.png')
    line = '-0.157816 -10.413150 1.832074 0.712261 0.682691 -0.123193 0.106962'
    header = 'Visual Landmark Dataset V1\nImageFile, Camera Position [X Y Z W P Q R]\n\n'
    (tmp_path / 'Shop' / 'dataset_train.txt').write_text(f'{header}seq1/frame00001.png {line}\n')
    scene, _ = importer(tmp_path / 'Shop', focal_length=70.0)
    R_map_camera = poses_of(scene)[0, :3, :3]
    assert R_map_camera[2, 1] < -0.99
    assert scene.cameras['camera'].fx == 70.0


def test_cambridge_faults(importer, tmp_path):
    root = cambridge(tmp_path / 'Shop', path_poses(4))
    (root / 'seq2' / 'frame00010.png').unlink()
    with (root / 'dataset_train.txt').open('a') as file:
        file.write('seq2/frame00011.png 1 2 3 1 0 0\n')
        file.write('seq2/frame00012.png 1 2 3 0 0 0 0\n')
        file.write('seq2/frame00013.png 1 inf 3 1 0 0 0\n')
    scene, skipped = importer(root)
    assert len(scene.pictures) == 3
    assert skipped == {
        "line is not 'file X Y Z W P Q R'": 1,
        'quaternion is not of unit length': 1,
        'pose is not finite': 1,
        'picture of a list is not there': 1,
    }
    importer.refuses(r"is not 'file X Y Z W P Q R': .* line 7", root, strict=True)


def test_cambridge_sources_that_are_none(importer, tmp_path):
    importer.refuses(r'neither dataset_train\.txt nor dataset_test\.txt', tmp_path)
    root = cambridge(tmp_path / 'Shop', path_poses(4))
    cambridge_list(root / 'dataset_test.txt', {'seq2/frame00001.png': np.eye(4)})
    importer.refuses(r"'seq2/frame00001.png' of split train is listed again", root)
    (root / 'dataset_train.txt').write_text('seq2/frame00001.png 0 0 0 1 0 0 0\n')
    importer.refuses("does not begin with the line 'Visual Landmark Dataset", root)
    (root / 'dataset_train.txt').write_bytes(b'\xff\xfe\x00')
    importer.refuses('is no text file', root)
