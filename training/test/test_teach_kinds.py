# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `posenet teach` takes a source for."""

import pytest
from archive_samples import (
    cambridge_list,
    matrix_folder,
    opengl,
    path_poses,
    save_picture,
    seven_scenes,
    transforms,
    tum_list,
    tum_trajectory,
)
from bag_samples import SampleDrive, drive_messages, write_bag
from training_samples import small_scene

from posenet_training.commands.importing import app as import_app
from posenet_training.commands.scene import app as scene_app
from posenet_training.errors import TeachError
from posenet_training.teaching.kinds import Kind, recognise

POSES = path_poses(2)
STAMPS = ['1.000000', '1.100000']


def test_every_kind_but_a_scene_is_a_format_of_scene_import():
    assert scene_app.registered_groups[0].typer_instance is import_app
    formats = {command.name for command in import_app.registered_commands}
    # A room is drawn, it lies in no file that could be recognised.
    assert {kind.value for kind in Kind} == formats - {'room'} | {'scene'}


def test_a_scene(tmp_path):
    assert recognise(small_scene(tmp_path / 'scene').root) is Kind.scene


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_a_bag_as_folder_and_as_file(tmp_path, storage):
    bag = write_bag(tmp_path / 'bag', storage, drive_messages(SampleDrive(seconds=0.5)))
    assert recognise(bag) is Kind.bag
    (file,) = (file for file in bag.iterdir() if file.name != 'metadata.yaml')
    assert recognise(file) is Kind.bag
    # Its recorder was killed: the importer knows what to do then.
    (bag / 'metadata.yaml').unlink()
    assert recognise(bag) is Kind.bag


def test_seven_scenes(tmp_path):
    assert recognise(seven_scenes(tmp_path / 'chess', {'seq-01': POSES})) is Kind.seven_scenes


def test_cambridge(tmp_path):
    save_picture(tmp_path / 'seq1' / 'frame00001.png')
    cambridge_list(tmp_path / 'dataset_train.txt', {'seq1/frame00001.png': POSES[0]})
    assert recognise(tmp_path) is Kind.cambridge


def test_tum_with_a_list_and_with_pictures_named_by_stamps(tmp_path):
    for name in ('listed', 'named'):
        (tmp_path / name).mkdir()
        tum_trajectory(tmp_path / name / 'groundtruth.txt', STAMPS, POSES)
    tum_list(tmp_path / 'listed' / 'rgb.txt', 'rgb', STAMPS)
    save_picture(tmp_path / 'named' / '1.000000.png')
    assert recognise(tmp_path / 'listed') is Kind.tum
    assert recognise(tmp_path / 'named') is Kind.tum


@pytest.mark.parametrize('place', ['', 'sparse/0', 'sparse', 'model', 'colmap/sparse/0'])
def test_colmap(tmp_path, place):
    save_picture(tmp_path / 'images' / '00000.png')
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / place / 'cameras.txt').write_text('1 PINHOLE 64 48 60 60 32 24\n')
    assert recognise(tmp_path) is Kind.colmap


@pytest.mark.parametrize('name', ['transforms.json', 'transforms_train.json'])
def test_nerf(tmp_path, name):
    frame = {'file_path': 'images/0.png', 'transform_matrix': opengl(POSES[0])}
    file = transforms(tmp_path / 'nerf' / name, [frame])
    save_picture(tmp_path / 'nerf' / 'images' / '0.png')
    assert recognise(file.parent) is Kind.nerf
    assert recognise(file) is Kind.nerf


def test_matrices_in_one_file_and_in_many(tmp_path):
    folder = matrix_folder(tmp_path / 'matrix', POSES)
    assert recognise(folder) is Kind.matrix
    (folder / 'poses.txt').unlink()
    (folder / 'poses').mkdir()
    assert recognise(folder) is Kind.matrix


@pytest.mark.parametrize('name', ['drive.mp4', 'DRIVE.MOV', 'drive.avi'])
def test_a_video(tmp_path, name):
    (tmp_path / name).write_bytes(b'moving')
    assert recognise(tmp_path / name) is Kind.video


def test_pictures_without_poses(tmp_path):
    save_picture(tmp_path / 'one.png')
    assert recognise(tmp_path) is Kind.images


def test_two_kinds_at_once_are_said(tmp_path):
    matrix_folder(tmp_path, POSES)
    transforms(tmp_path / 'transforms.json', [])
    with pytest.raises(TeachError, match="'nerf' and 'matrix': say which it is with --format"):
        recognise(tmp_path)


def test_no_kind_is_said_with_all_that_there_are(tmp_path):
    (tmp_path / 'notes.txt').write_text('none')
    for source in (tmp_path, tmp_path / 'notes.txt'):
        with pytest.raises(TeachError, match=r'cannot tell what .* by its files: .*7scenes'):
            recognise(source)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(TeachError, match=r'drive\.mcap. is not there'):
        recognise(tmp_path / 'drive.mcap')
