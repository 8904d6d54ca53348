# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with 4x4 matrices become a scene with exactly their poses, or one clear sentence."""

import numpy as np
import pytest
from archive_samples import (
    Importer,
    assert_poses,
    exact,
    matrix_folder,
    path_poses,
    poses_of,
    save_depth,
    shared_scene,
    splits,
)

from posenet_training.check.advice import advice
from posenet_training.check.conventions import Reading
from posenet_training.importers.matrix import Axes, Convention, read_matrix
from posenet_training.importers.numbered import places_by_name


@pytest.fixture
def importer(tmp_path):
    def open_drive(complaints, root, convention=Convention.c2w, axes=Axes.opencv, rate=10.0):
        return read_matrix(root, convention, axes, rate, complaints)

    return Importer(open_drive, tmp_path)


# Where the axes of the optical frame (right, down, forward) point in the source's, as columns.
COLUMNS = {
    Axes.opencv: np.eye(4),
    Axes.opengl: np.array([[1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]]),
    Axes.body: np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]]),
}


@pytest.mark.parametrize('convention', Convention)
@pytest.mark.parametrize('axes', Axes)
def test_matrix_conventions(importer, convention, axes, tmp_path):
    poses = path_poses(3)
    written = poses @ np.linalg.inv(COLUMNS[axes])
    written = written if convention is Convention.c2w else np.linalg.inv(written)
    root = matrix_folder(tmp_path / 'a', written)
    scene, _ = importer(root, convention, axes)
    assert_poses(scene, poses)


def test_matrix_of_a_body_that_looks_along_x(importer, tmp_path):
    """The identity as a body's pose: the camera looks along the map's x, its top along z."""
    root = matrix_folder(tmp_path / 'a', np.eye(4)[None])
    scene, _ = importer(root, axes=Axes.body)
    right, down, forward = poses_of(scene)[0, :3, :3].T
    np.testing.assert_array_equal(forward, [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(down, [0.0, 0.0, -1.0])
    np.testing.assert_array_equal(right, [0.0, -1.0, 0.0])


def test_following_the_advice_on_body_axes_mends_the_scene(importer, tmp_path):
    poses = path_poses(3)
    root = matrix_folder(tmp_path / 'a', poses @ np.linalg.inv(COLUMNS[Axes.body]))
    wrong, _ = importer(root)
    truth = Reading(axes='body')
    np.testing.assert_allclose(truth.T_map_camera(poses_of(wrong)), poses, rtol=0, atol=1e-9)
    assert '`--convention c2w --axes body`' in advice(truth, wrong.source)
    assert_poses(importer(root, Convention.c2w, Axes.body)[0], poses)


def test_matrix_files_depth_and_intrinsics(importer, tmp_path):
    poses = path_poses(3)
    root = matrix_folder(tmp_path / 'a', poses)
    (root / 'poses.txt').unlink()
    (root / 'poses').mkdir()
    for index, pose in enumerate(poses):
        (root / 'poses' / f'{index:05d}.txt').write_text('\n'.join(map(exact, pose)))
    save_depth(root / 'depth' / '00001.png')
    (root / 'K.txt').write_text('50 0 31\n0 51 23\n0 0 1\n')
    (root / 'validation.txt').write_text('images/00002.png\n')
    scene, skipped = importer(root, rate=30.0)
    assert skipped == {}
    assert_poses(scene, poses)
    assert [picture.depth for picture in scene.pictures] == ['', 'depth/00001.png', '']
    assert [picture.stamp_ns for picture in scene.pictures] == [0, 33333333, 66666667]
    assert splits(scene) == ['', '', 'validation']
    camera = scene.cameras['camera']
    assert (camera.width, camera.fx, camera.cy) == (64, 50.0, 23.0)


def test_matrix_faults_of_frames(importer, tmp_path):
    poses = path_poses(4)
    poses[1] = -1.0
    poses[2] = poses[2].T
    root = matrix_folder(tmp_path / 'a', poses)
    (root / 'images' / '00003.png').write_bytes(b'no picture')
    (root / 'test.txt').write_text('images/none.png\n')
    for convention in Convention:
        scene, skipped = importer(root, convention)
        assert len(scene.pictures) == 1
        assert skipped == {
            'picture of a list is not there': 1,
            'pose is no rigid transform': 2,
            'picture cannot be read': 1,
        }


def test_matrix_sources_that_are_none(importer, tmp_path):
    importer.refuses(r"images' is not there: a folder of pictures", tmp_path)
    (tmp_path / 'images').mkdir()
    importer.refuses('has no pictures', tmp_path)
    root = matrix_folder(tmp_path / 'a', path_poses(3))
    (root / 'poses.txt').write_text('1 2 3\n4 5 6\n')
    importer.refuses('has 2 rows of 3 numbers; 3 pictures in images/ need', root)
    (root / 'poses.txt').write_text('1 2 3\n4 5\n')
    importer.refuses('rows of equally many numbers', root)
    (root / 'poses.txt').unlink()
    importer.refuses(r'neither poses\.txt nor poses/', root)
    matrix_folder(root, path_poses(3))
    (root / 'K.txt').write_text('1 2 3\n')
    importer.refuses('must hold the 3x3 intrinsic matrix', root)
    (root / 'K.txt').unlink()
    (root / 'train.txt').write_text('images/00000.png\n')
    (root / 'test.txt').write_text('images/00000.png\n')
    importer.refuses(r'is in train\.txt and in test\.txt', root)


def test_real_office(importer):
    root = shared_scene('office')
    scene, skipped = importer(root)
    assert skipped == {}
    assert (len(scene.split('train')), len(scene.split('validation'))) == (273, 60)
    expected = np.loadtxt(root / 'poses.txt').reshape(-1, 4, 4)
    np.testing.assert_allclose(poses_of(scene), expected, atol=1e-5)
    assert scene.cameras['camera'].fx == pytest.approx(495.5678, abs=1e-4)
    assert all(picture.depth for picture in scene.pictures)


@pytest.mark.parametrize(
    ('stems', 'places'),
    [
        (['0001', '0002', '0005'], [0.0, 0.5, 2.0]),
        (['00001', '00002', '00003', '00024', '00025'], [0.0, 1.0, 2.0, 23.0, 24.0]),
        (['f010-left', 'f015-left', 'f020-left'], [0.0, 1.0, 2.0]),
        (['1403636579763555584', '1403636579813555584', '1403636579863555584'], [0.0, 1.0, 2.0]),
        (['b', 'd', 'e'], [0.0, 1.0, 2.0]),
        (['a2', 'b1', 'b2'], [0.0, 1.0, 2.0]),
        (['7'], [0.0]),
        ([], []),
    ],
)
def test_numbers_in_names_say_where_pictures_were_left_out(stems, places):
    np.testing.assert_allclose(places_by_name(stems), places)
