# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth pictures: whole, of the right unit, and of the same world as the poses."""

from dataclasses import replace

import numpy as np
import pytest
from check_samples import CAMERA, FINE, drawn_drive, scene_of
from depth_samples import with_depth
from PIL import Image

from posenet_ros.scene import Scene
from posenet_training.check.camera_check import Budget, CameraCheck, check_camera
from posenet_training.check.convention_evidence import Answer
from posenet_training.check.depth import Depth, depth_findings, look_at_depth
from posenet_training.check.findings import Finding, Level
from posenet_training.check.view import View
from posenet_training.importers.room import SHRUNK

COUNT, WITH_DEPTH = 90, 8


@pytest.fixture(scope='module')
def drive(tmp_path_factory) -> tuple[Scene, CameraCheck]:
    pictures, poses = drawn_drive(COUNT, 8)
    root = tmp_path_factory.mktemp('drive') / 's'
    scene = scene_of(root, pictures, poses[::FINE])
    check = check_camera('camera', View(scene), Budget(40, 0), lambda items, _: items)
    assert check.convention.answer is Answer.confirmed, check.convention.reason
    numbers = list(dict.fromkeys(pair.a for pair in check.pairs))[-WITH_DEPTH:]
    return with_depth(scene, numbers), check


def found(scene: Scene, check: CameraCheck) -> tuple[Depth, Finding]:
    view = View(scene)
    check = replace(check, view=view)
    depth = look_at_depth(view, [check])
    (finding,) = depth_findings(view, depth)
    return depth, finding


def test_good_depth_agrees_with_what_the_poses_give(drive):
    depth, finding = found(*drive)
    assert finding.level is Level.ok
    assert depth.pictures == WITH_DEPTH
    assert depth.ratio == pytest.approx(1.0, abs=0.05)
    assert depth.empty < 0.01
    assert 'times what matches and poses give' in finding.sentence


@pytest.mark.parametrize('wrong', [0.1, 2.0, 1000.0])
def test_a_wrong_unit_is_a_warning(drive, wrong):
    scene, check = drive
    _, finding = found(replace(scene, depth_unit_m=0.001 * wrong), check)
    assert finding.level is Level.warning
    assert f'say {wrong:.2g} times' in finding.sentence
    assert f'depth_unit_m of scene.yaml is {0.001 * wrong:g}' in finding.sentence


def test_without_a_scale_depth_gives_it(drive):
    scene, check = drive
    _, finding = found(replace(scene, scale='unknown'), check)
    assert finding.level is Level.ok
    assert 'makes a unit of the poses 1 m' in finding.sentence


def test_without_a_trusted_convention_the_median_still_tells(drive):
    scene, check = drive
    doubted = replace(check, convention=replace(check.convention, answer=Answer.undecidable))
    depth, finding = found(replace(scene, depth_unit_m=1.0), doubted)
    assert depth.points == 0
    assert finding.level is Level.warning
    assert 'Half of the depth is beyond' in finding.sentence


def instead(scene: Scene, folder, content) -> Scene:
    """The scene with other depth pictures, made by content(H, W) as arrays or bytes."""
    file = folder / 'other.png'
    made = content(CAMERA.height // SHRUNK, CAMERA.width // SHRUNK)
    if isinstance(made, bytes):
        file.write_bytes(made)
    else:
        Image.fromarray(made).save(file)
    pictures = (replace(p, depth=str(file) if p.depth else '') for p in scene.pictures)
    return replace(scene, pictures=tuple(pictures))


@pytest.mark.parametrize(
    ('content', 'sentence'),
    [
        (lambda h, w: np.zeros((h, w), np.uint16), '100% of its pixels are empty'),
        (lambda h, w: np.full((h, w), 65535, np.uint16), '100% of its pixels are empty'),
        (lambda h, w: np.full((h, w), 99, np.uint8), 'does not hold 16 bits a pixel (mode L)'),
        (lambda h, w: np.full((h, w, 3), 9, np.uint8), 'does not hold 16 bits a pixel'),
        (lambda h, w: np.full((h, w // 2), 900, np.uint16), 'another shape than its picture'),
        (lambda h, w: b'\x89PNG\r\n\x1a\n', 'cannot be read'),
    ],
)
def test_depth_pictures_that_cannot_be_used_are_named(drive, tmp_path, content, sentence):
    scene, check = drive
    _, finding = found(instead(scene, tmp_path, content), check)
    assert finding.level is Level.warning
    assert sentence in finding.sentence
