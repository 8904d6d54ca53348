# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room becomes a scene: drives with exact poses, the same every time."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from command_samples import posenet, refused

from posenet_ros.scene import Scene, read_rgb, read_scene
from posenet_training.check.findings import Level, verdict
from posenet_training.check.leaks import leak_findings, look_for_leaks
from posenet_training.check.motion import look_at_motion, motion_findings
from posenet_training.check.quality import measure, quality_findings
from posenet_training.check.view import View
from posenet_training.data.depth import read_depth
from posenet_training.importers.drive import Encoded
from posenet_training.importers.room import read_room
from simulation.camera import CAMERA
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.room import ROBOT_RADIUS, Room

IMPORT = ('scene', 'import', 'room')


@pytest.fixture(scope='module')
def scene(tmp_path_factory) -> Scene:
    """Two drives of room 7, of which the second validates."""
    root = tmp_path_factory.mktemp('room') / 'scene'
    held_out = ('--validation-sequence', 'drive-002')
    with pytest.MonkeyPatch.context() as patch:
        assert posenet(patch, *IMPORT, 'room:7', root, '--pictures', 60, *held_out) == 0
    return read_scene(root)


def test_every_drive_is_a_sequence_with_stamps_at_the_rate(scene):
    assert Counter(p.sequence for p in scene.pictures) == {'drive-001': 30, 'drive-002': 30}
    assert [p.stamp_ns for p in scene.pictures] == 2 * [n * 200_000_000 for n in range(30)]
    assert {p.sequence for p in scene.split('train')} == {'drive-001'}
    assert {p.sequence for p in scene.split('validation')} == {'drive-002'}


def test_the_scene_is_metric_and_calibrated(scene):
    assert (scene.scale, scene.map_frame, scene.camera_frame) == (
        'metric', 'map', 'camera_optical_frame'
    )  # fmt: skip
    assert scene.cameras == {'camera': CAMERA}
    assert (scene.name, scene.source['room'], scene.source['drives']) == ('room-7', 'room:7', 2)


def test_the_robot_drives_over_free_floor_as_fast_as_it_can_and_no_faster(scene):
    positions = np.array([p.position for p in scene.pictures]).reshape(2, 30, 3)
    assert Room.from_seed(7).clearance(positions[..., :2].reshape(-1, 2)).min() > 0.0
    steps = np.linalg.norm(np.diff(positions, axis=1), axis=-1)
    assert 0.02 < steps.max() < 0.2 * 1.0, 'metres in a fifth of a second'
    assert np.linalg.norm(positions[0, 0] - positions[1, 0]) > ROBOT_RADIUS, 'two beginnings'


def test_pictures_were_taken_where_the_table_says(scene):
    """Drawn anew in another light, a picture is most alike from its own pose."""
    with Renderer(Room.from_seed(7)) as renderer:
        drawn = [renderer.render(p.T_map_camera, Light()) for p in scene.pictures[::6]]
    looks = np.array([contrast(rgb) for rgb in drawn])
    for number, picture in enumerate(scene.pictures[::6]):
        alike = looks @ contrast(read_rgb(scene.path(picture)))
        assert alike.argmax() == number
        assert alike[number] > 0.8


def test_every_picture_has_its_depth(scene):
    """That these agree with the pictures, test_check_depth.py shows."""
    for picture in scene.pictures[::10]:
        depth = read_depth(scene, picture)
        assert depth.shape == (60, 80)
        assert 0.1 < depth.min() <= depth.max() < np.hypot(8.0, 6.0) + 3.0


def contrast(rgb: np.ndarray) -> np.ndarray:
    """Grey levels of a picture as a vector without mean, of unit length."""
    grey = rgb.mean(axis=2).ravel()
    grey -= grey.mean()
    return grey / np.linalg.norm(grey)


def test_the_same_arguments_give_the_same_pictures(scene):
    again = list(read_room('room:7', 3, 5.0).frames)
    for frame, stored in zip(again, scene.pictures, strict=False):
        assert isinstance(frame.picture, Encoded)
        assert frame.picture.data == scene.path(stored).read_bytes()
        np.testing.assert_allclose(frame.T_map_camera, stored.T_map_camera, rtol=0, atol=1e-12)
    assert len(again) == 3


def test_a_check_finds_no_fault_in_motion_pictures_and_splits(scene):
    view = View(scene)
    findings = [
        *motion_findings(view, look_at_motion(view)),
        *quality_findings(view, measure(view, lambda numbers: numbers)),
        *leak_findings(view, look_for_leaks(view)),
    ]
    assert verdict(findings) is Level.ok, findings


def test_what_is_no_room_is_said_and_nothing_is_left(tmp_path, monkeypatch, capsys):
    target = tmp_path / 'scene'
    for text in ('room:x', 'room', 'kitchen', 'room:-1', 'Room:3'):
        sentence = refused(monkeypatch, *IMPORT, text, target)
        assert f"'{text}' is no simulated room: write room:SEED" in sentence
    for option, value in (('--pictures', 0), ('--rate', 0.5)):
        assert posenet(monkeypatch, *IMPORT, 'room:7', target, option, value) == 2
        assert f"Invalid value for '{option}'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_exists_is_not_touched(tmp_path, monkeypatch):
    (tmp_path / 'scene').mkdir()
    sentence = refused(monkeypatch, *IMPORT, 'room:7', tmp_path / 'scene')
    assert 'exists: remove it or name another folder' in sentence
    assert list(Path(tmp_path / 'scene').iterdir()) == []
