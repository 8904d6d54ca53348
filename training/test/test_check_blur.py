# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From which strength on blurred pictures are a warning."""

import cv2
import numpy as np
import pytest
from check_samples import CAMERA, FINE, drawn_drive, scene_of

from posenet_training.check.findings import Finding, Level
from posenet_training.check.quality import measure, quality_findings
from posenet_training.check.view import View

COUNT = 24
SHARE = 1.0 / 640.0 * CAMERA.width  # blur is given in 640ths of the width


@pytest.fixture(scope='module')
def drive():
    return drawn_drive(COUNT, 5)


def soft(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Out of focus."""
    return cv2.GaussianBlur(picture, (0, 0), sigma * SHARE)


def smeared(picture: np.ndarray, length: float) -> np.ndarray:
    """Taken while the camera turned."""
    return cv2.blur(picture, (round(length * SHARE), 1))


def found(root, pictures, poses) -> Finding:
    view = View(scene_of(root, pictures, poses[::FINE]))
    (blurred, *_) = quality_findings(view, measure(view, lambda numbers: numbers))
    assert blurred.check == 'blurred'
    return blurred


def test_sharp_pictures_are_no_warning(tmp_path, drive):
    finding = found(tmp_path / 's', *drive)
    assert finding.level is Level.ok
    assert finding.sentence == 'No picture is blurred.'


@pytest.mark.parametrize(('blur', 'strength'), [(soft, 1.0), (soft, 2.0), (smeared, 6.0)])
def test_blur_that_networks_do_not_see_is_no_warning(tmp_path, drive, blur, strength):
    pictures, poses = drive
    finding = found(tmp_path / 's', [blur(picture, strength) for picture in pictures], poses)
    assert finding.level is Level.ok


@pytest.mark.parametrize(('blur', 'strength'), [(soft, 6.0), (soft, 10.0), (smeared, 20.0)])
def test_a_blurred_drive_is_a_warning(tmp_path, drive, blur, strength):
    pictures, poses = drive
    finding = found(tmp_path / 's', [blur(picture, strength) for picture in pictures], poses)
    assert finding.level is Level.warning
    assert finding.sentence.startswith('24 of 24 pictures are blurred, the first is pictures/000')
    assert 'drive slower' in finding.sentence


def test_single_blurred_pictures_are_counted_and_more_are_a_warning(tmp_path, drive):
    pictures, poses = drive
    one = [*pictures[:9], smeared(pictures[9], 30.0), *pictures[10:]]
    finding = found(tmp_path / 'one', one, poses)
    assert finding.level is Level.ok
    assert finding.sentence == '1 of 24 pictures are blurred, the first is pictures/00009.png.'
    some = [smeared(p, 30.0) if i % 8 == 1 else p for i, p in enumerate(pictures)]
    assert found(tmp_path / 'some', some, poses).level is Level.warning


def test_a_grainy_picture_is_not_taken_for_a_sharp_one(tmp_path, drive):
    pictures, poses = drive
    rng = np.random.default_rng(0)
    grainy = [
        np.clip(soft(p, 8.0) + rng.normal(0.0, 1.5, p.shape), 0, 255).astype(np.uint8)
        for p in pictures
    ]
    assert found(tmp_path / 's', grainy, poses).level is Level.warning
