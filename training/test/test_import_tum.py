# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TUM RGB-D and stamped pictures become a scene with exactly the poses, or one clear sentence."""

from pathlib import Path

import numpy as np
import pytest
from archive_samples import (
    Importer,
    assert_poses,
    path_poses,
    save_depth,
    save_picture,
    tum_list,
    tum_trajectory,
)
from PIL import Image

from posenet_training.importers.tum import read_tum


@pytest.fixture
def importer(tmp_path):
    def open_drive(complaints, root, trajectory=None, max_gap=0.1, focal_length=None):
        return read_tum(root, trajectory, max_gap, focal_length, complaints)

    return Importer(open_drive, tmp_path)


def turning(seconds):
    """A camera that moves along x and turns about z, evenly: 1 m/s and 1 rad/s."""
    poses = np.tile(np.eye(4), (len(seconds), 1, 1))
    for T, t in zip(poses, seconds, strict=True):
        T[:2, :2] = [[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]
        T[0, 3] = t
    return poses


def tum(root, pictures, poses, depths=()):
    for index, stamp in enumerate(pictures):
        save_picture(root / 'rgb' / f'{stamp}.png', index)
    for stamp in depths:
        save_depth(root / 'depth' / f'{stamp}.png', 5000)
    tum_list(root / 'rgb.txt', 'rgb', pictures)
    if depths:
        tum_list(root / 'depth.txt', 'depth', depths)
    tum_trajectory(root / 'groundtruth.txt', poses, turning([float(s) - 1000 for s in poses]))
    return root


def test_tum_interpolates_between_poses(importer, tmp_path):
    pictures = ['1000.025000', '1000.050000', '1000.090000', '1000.100000']
    poses = ['1000.0000', '1000.0500', '1000.1000']
    depths = ['1000.029', '1000.091', '1000.3']
    root = tum(tmp_path / 'desk', pictures, poses, depths)
    scene, skipped = importer(root)
    assert skipped == {}
    assert_poses(scene, turning([0.025, 0.05, 0.09, 0.1]))
    assert scene.pictures[0].stamp_ns == 1_000_025_000_000
    assert [Path(p.depth).stem for p in scene.pictures] == [
        *('1000.025000', '', '1000.090000', '1000.100000')
    ]
    assert (scene.root / scene.pictures[0].depth).resolve().name == '1000.029.png'
    assert (scene.root / scene.pictures[3].depth).resolve().name == '1000.091.png'
    value = np.asarray(Image.open(scene.root / scene.pictures[0].depth))[0, 0]
    assert value * scene.depth_unit_m == pytest.approx(1.0)


def test_tum_gaps_are_not_bridged(importer, tmp_path):
    pictures = ['999.9', '1000.1', '1001.0', '1002.3', '1002.5']
    root = tum(tmp_path / 'desk', pictures, ['1000.0', '1000.2', '1002.0', '1002.4'])
    scene, skipped = importer(root, max_gap=0.5)
    assert_poses(scene, turning([0.1, 2.3]))
    assert skipped == {'picture has no poses around it at most 0.5 s apart': 3}


def test_tum_pictures_in_a_bare_folder(importer, tmp_path):
    root = tmp_path / 'pictures'
    save_picture(root / '1000.25.png')
    save_picture(root / '000001000500000000.jpg')
    save_picture(root / 'cover.png')
    (root / 'K.txt').write_text('50 0 31\n0 51 23\n0 0 1\n')
    poses = turning([0.0, 1.0])
    file = tum_trajectory(tmp_path / 'slam.txt', ['1.0000e+03', '1.001e3'], poses)
    scene, skipped = importer(root, trajectory=file, max_gap=2.0)
    assert skipped == {'name of a picture is no stamp': 1}
    # A name of 18 digits and more is in nanoseconds.
    assert [p.stamp_ns for p in scene.pictures] == [1_000_250_000_000, 1_000_500_000_000]
    assert_poses(scene, turning([0.25, 0.5]))
    assert (scene.cameras['camera'].fy, scene.cameras['camera'].cx) == (51.0, 31.0)
    scene, _ = importer(root, file, 2.0, focal_length=60.0)
    assert scene.cameras['camera'].fx == 60.0


def test_tum_faults(importer, tmp_path):
    stamps = ['1000.1', '1000.2', '1000.3']
    root = tum(tmp_path / 'desk', stamps, ['1000.1', '1000.2', '1000.3'], stamps)
    (root / 'rgb' / '1000.3.png').unlink()
    (root / 'depth' / '1000.2.png').unlink()
    with (root / 'rgb.txt').open('a') as file:
        file.write('1000.2 rgb/1000.2.png\nrgb/1000.4.png\nsoon rgb/1000.4.png\n')
    with (root / 'groundtruth.txt').open('a') as file:
        file.write('1000.3 0 0 0 0 0 0 1\n1000.4 0 0 0 0 0 0 2\n1000.5 nan 0 0 0 0 0 1\n')
        file.write('1000.6 0 0 0\n-1 0 0 0 0 0 0 1\n')
    scene, skipped = importer(root)
    assert_poses(scene, turning([0.1, 0.2]))
    assert skipped == {
        "line is not 'stamp file'": 2,
        'stamp of a picture does not come after the one before': 1,
        'stamp of a pose does not come after the one before': 1,
        'quaternion is not of unit length': 1,
        'pose is not finite': 1,
        "line is not 'stamp x y z qx qy qz qw'": 2,
        'depth picture of depth.txt is not there': 1,
        'picture of rgb.txt is not there': 1,
    }


def test_tum_sources_that_are_none(importer, tmp_path):
    importer.refuses('has no pictures', tmp_path)
    save_picture(tmp_path / 'a' / 'cover.png')
    importer.refuses('no picture with a stamp', tmp_path / 'a')
    save_picture(tmp_path / 'b' / '12.5.png')
    importer.refuses(r"groundtruth\.txt' is not there", tmp_path / 'b')
    (tmp_path / 'b' / 'groundtruth.txt').write_text('# nothing\n')
    importer.refuses('holds no pose', tmp_path / 'b')
    tum_trajectory(tmp_path / 'b' / 'groundtruth.txt', ['1.0'], path_poses(1))
    importer.refuses('gave no usable picture', tmp_path / 'b')
