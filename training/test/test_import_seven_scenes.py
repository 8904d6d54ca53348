# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""7-Scenes becomes a scene with exactly its poses, or one clear sentence."""

import numpy as np
import pytest
from archive_samples import (
    Importer,
    assert_poses,
    exact,
    files,
    path_poses,
    pseudo_truth,
    save_depth,
    save_picture,
    seven_scenes,
    shared_scene,
    splits,
)
from PIL import Image

from posenet_ros.scene import read_scene
from posenet_training.importers.seven_scenes import read_seven_scenes


@pytest.fixture
def importer(tmp_path):
    def open_drive(complaints, root, focal_length=None, truth=()):
        return read_seven_scenes(root, focal_length, truth, complaints)

    return Importer(open_drive, tmp_path)


def heads(root, train='sequence2', test='sequence1'):
    poses = path_poses(4)
    seven_scenes(root, {'seq-01': poses[:2], 'seq-02': poses[2:]})
    (root / 'TrainSplit.txt').write_text(f'{train}\n')
    (root / 'TestSplit.txt').write_text(f'{test}\n')
    return root


def test_seven_scenes_in_the_order_of_the_sequences(importer, tmp_path):
    poses = path_poses(6)
    root = seven_scenes(
        tmp_path / 'chess',
        {'seq-10': poses[4:], 'seq-02': poses[2:4], 'seq-01': poses[:2]},
        suffix='.jpg',
    )
    (root / 'TrainSplit.txt').write_text('sequence1\nsequence10\n')
    (root / 'TestSplit.txt').write_text('sequence2\n\n')
    scene, skipped = importer(root)
    assert skipped == {}
    assert_poses(scene, poses)
    assert files(scene)[0] == 'seq-01/frame-000000.jpg'
    assert [p.sequence for p in scene.pictures] == sorted(['seq-01', 'seq-02', 'seq-10'] * 2)
    assert splits(scene) == ['train', 'train', 'test', 'test', 'train', 'train']
    assert [p.stamp_ns for p in scene.pictures[:2]] == [0, 33333333]
    camera = scene.cameras['camera']
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (52.5, 52.5, 32.0, 24.0)
    depth = np.asarray(Image.open(scene.root / scene.pictures[0].depth))
    assert depth[0, 0] * scene.depth_unit_m == pytest.approx(1.5)
    depth_camera = scene.camera_of_depth(scene.pictures[0])
    assert (depth_camera.fx, depth_camera.cx) == (58.5, 32.0)
    assert read_scene(scene.root).depth_camera == depth_camera


def test_seven_scenes_lists_come_before_split_files(importer, tmp_path):
    root = seven_scenes(tmp_path / 'chess', {'seq-01': path_poses(3)}, depth=False)
    (root / 'TrainSplit.txt').write_text('sequence1\n')
    (root / 'train.txt').write_text('seq-01/frame-000000.color.png\n')
    (root / 'validation.txt').write_text(
        'seq-01/frame-000002.color.png\nseq-01/frame-000009.color.png\n'
    )
    scene, skipped = importer(root)
    assert splits(scene) == ['train', '', 'validation']
    assert skipped == {'picture of a list is not there': 1}
    assert [picture.depth for picture in scene.pictures] == ['', '', '']
    importer.refuses(r'frame-000009\.color\.png of validation\.txt', root, strict=True)


def test_seven_scenes_focal_length_option(importer, tmp_path):
    root = seven_scenes(tmp_path / 'chess', {'seq-01': path_poses(1)})
    scene, _ = importer(root, focal_length=58.5)
    assert scene.cameras['camera'].fx == 58.5


def test_pseudo_ground_truth_replaces_poses_and_focal_length(importer, tmp_path):
    root = seven_scenes(tmp_path / 'chess', {'seq-01': path_poses(3), 'seq-02': path_poses(2)})
    poses = path_poses(5, seed=9)
    names = [f'seq-01/frame-{i:06d}.color.png' for i in range(3)]
    names += [f'seq-02/frame-{i:06d}.color.png' for i in range(2)]
    posed = dict(zip(names, poses, strict=True))
    # The published files are in no order.
    train = pseudo_truth(tmp_path / 'a.txt', {n: posed[n] for n in reversed(names[:3])}, 530.0)
    test = pseudo_truth(tmp_path / 'b.txt', {n: posed[n] for n in names[3:]}, 530.0)
    scene, skipped = importer(root, truth=[train, test])
    assert skipped == {}
    assert_poses(scene, poses)
    assert scene.cameras['camera'].fx == pytest.approx(53.0)
    assert scene.source['poses'] == [str(train), str(test)]

    other = pseudo_truth(tmp_path / 'c.txt', {n: posed[n] for n in names[3:]}, 540.0)
    scene, _ = importer(root, truth=[train, other])
    assert [p.camera for p in scene.pictures] == ['camera-1'] * 3 + ['camera-2'] * 2
    assert scene.cameras['camera-2'].fx == pytest.approx(54.0)


def test_faults_of_the_pseudo_ground_truth(importer, tmp_path):
    root = seven_scenes(tmp_path / 'chess', {'seq-01': path_poses(3)})
    poses = path_poses(2)
    names = ['seq-01/frame-000000.color.png', 'seq-01/frame-000077.color.png']
    truth = pseudo_truth(tmp_path / 'a.txt', dict(zip(names, poses, strict=True)), 530.0)
    with truth.open('a') as file:
        file.write('seq-01/frame-000001.color.png 1 0 0 0 1 2 3\n')
        file.write('seq-01/frame-000001.color.png 2 0 0 0 1 2 3 530\n')
        file.write('seq-01/frame-000001.color.png nan 0 0 0 1 2 3 530\n')
    scene, skipped = importer(root, truth=[truth])
    assert_poses(scene, poses[:1])
    assert skipped == {
        "line is not 'file qw qx qy qz tx ty tz f'": 1,
        'quaternion is not of unit length': 1,
        'pose is not finite': 1,
        'picture of the pseudo ground truth is not there': 1,
        'picture has no pose in the pseudo ground truth': 2,
    }
    importer.refuses(
        r'and again in .* give the files of one ground truth', root, truth=[truth, truth]
    )
    importer.refuses(r"'.*none\.txt' is not there", root, truth=[tmp_path / 'none.txt'])
    (tmp_path / 'empty.txt').write_text('no pose\n')
    importer.refuses(
        "holds no line 'file qw qx qy qz tx ty tz f'", root, truth=[tmp_path / 'empty.txt']
    )


def test_heads_trains_on_its_second_sequence(importer, tmp_path):
    scene, _ = importer(heads(tmp_path / 'heads'))
    assert splits(scene) == ['test', 'test', 'train', 'train']


def test_heads_the_wrong_way_round_is_refused(importer, tmp_path):
    root = heads(tmp_path / 'Heads', train='sequence1', test='sequence2')
    importer.refuses('trains on sequence 2 and tests on sequence 1', root)
    (root / 'train.txt').write_text('seq-01/frame-000000.color.png\n')
    importer.refuses('trains on sequence 2 and tests on sequence 1', root)


LOST = {
    'nan': '\n'.join(['nan nan nan nan'] * 4),
    'infinity': '\n'.join(['-inf -inf -inf -inf'] * 4),
    'windows': '\n'.join(['-1.#INF -1.#INF 1.#QNAN -1.#IND'] * 4),
    'minus one': '\n'.join(['-1 -1 -1 -1'] * 4),
}


@pytest.mark.parametrize('text', LOST.values(), ids=LOST.keys())
def test_frames_without_tracking_are_skipped(importer, text, tmp_path):
    poses = path_poses(3)
    root = seven_scenes(tmp_path / 'chess', {'seq-01': poses})
    (root / 'seq-01' / 'frame-000001.pose.txt').write_text(text)
    scene, skipped = importer(root)
    assert skipped == {'tracking was lost (pose of NaN, infinity or -1)': 1}
    assert_poses(scene, poses[[0, 2]])
    importer.refuses(r'tracking was lost .*frame-000001\.pose\.txt', root, strict=True)


def test_faults_of_single_frames_are_counted(importer, tmp_path):
    poses = path_poses(7)
    root = seven_scenes(tmp_path / 'chess', {'seq-01': poses})
    folder = root / 'seq-01'
    (folder / 'frame-000001.pose.txt').unlink()
    (folder / 'frame-000002.pose.txt').write_text('1 0 0\n')
    (folder / 'frame-000003.pose.txt').write_text('one ' * 16)
    (folder / 'frame-000004.pose.txt').write_text(exact(2.0 * np.eye(4)))
    truncated = folder / 'frame-000005.color.png'
    truncated.write_bytes(truncated.read_bytes()[:-2000])
    save_picture(folder / 'frame-000006.color.png', size=(32, 48))
    (root / 'TrainSplit.txt').write_text('sequence1\nsequence3\n')
    scene, skipped = importer(root)
    assert_poses(scene, poses[:1])
    assert skipped == {
        'sequence of TrainSplit.txt or TestSplit.txt is not there': 1,
        'picture has no pose file': 1,
        'pose file does not hold 16 numbers': 1,
        'pose file does not hold numbers': 1,
        'pose is no rigid transform': 1,
        'picture cannot be read': 1,
        'picture has another size than its camera': 1,
    }
    assert scene.source['skipped'] == skipped


def test_depth_pictures_are_whole_and_of_one_size_and_shape(importer, tmp_path):
    """A picture is kept without a depth picture that cannot be used, and the fault is counted."""
    poses = path_poses(7)
    root = seven_scenes(tmp_path / 'chess', {'seq-01': poses})
    depths = [root / 'seq-01' / f'frame-{index:06d}.depth.png' for index in range(7)]
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 9999, (12, 16), dtype=np.uint16)).save(depths[1])
    depths[1].write_bytes(depths[1].read_bytes()[:-100])
    depths[2].write_bytes(b'')
    save_depth(depths[3], size=(16, 16))
    save_depth(depths[4], size=(32, 24))
    save_picture(depths[5], size=(16, 12))
    scene, skipped = importer(root)
    assert_poses(scene, poses)
    assert [bool(picture.depth) for picture in scene.pictures] == [1, 0, 0, 0, 0, 0, 1]
    assert skipped == {
        'depth picture cannot be read': 2,
        'depth picture has another shape than its picture': 1,
        'depth picture has another size than those before': 1,
        'depth picture does not hold one whole number a pixel': 1,
    }
    assert not (scene.root / 'depth' / 'seq-01' / 'frame-000001.png').exists()
    importer.refuses('depth picture cannot be read: seq-01/frame-000001 ', root, strict=True)


def test_seven_scenes_sources_that_are_none(importer, tmp_path):
    importer.refuses(r'is not there: a folder with seq-01', tmp_path / 'nothing')
    (tmp_path / 'packed').mkdir()
    (tmp_path / 'packed' / 'seq-01.zip').write_bytes(b'PK')
    importer.refuses(r'unpack the zip files', tmp_path / 'packed')
    root = seven_scenes(tmp_path / 'chess', {'seq-01': path_poses(1)})
    (root / 'TrainSplit.txt').write_text('seq-01\n')
    importer.refuses("has the line 'seq-01': 'sequence1' is expected", root)
    (root / 'TrainSplit.txt').write_text('sequence1\n')
    (root / 'TestSplit.txt').write_text('sequence1\n')
    importer.refuses('sequence 1 trains and tests', root)


def test_real_kitchen(importer):
    root = shared_scene('kitchen')
    scene, skipped = importer(root)
    assert skipped == {}
    assert (len(scene.split('train')), len(scene.split('validation'))) == (750, 150)
    camera = scene.cameras['camera']
    assert (camera.fx, camera.cx, camera.cy) == (525.0, 320.0, 240.0)
    # The rotations that Microsoft published are scaled by up to 2e-4; a quaternion cannot be.
    expected = np.loadtxt(root / 'seq-01' / 'frame-000500.pose.txt')
    chosen = next(p for p in scene.pictures if p.file.endswith('frame-000500.jpg'))
    np.testing.assert_array_equal(chosen.position, expected[:3, 3])
    np.testing.assert_allclose(chosen.T_map_camera, expected, atol=2e-4)
    assert chosen.depth == 'depth/seq-01/frame-000500.png'
