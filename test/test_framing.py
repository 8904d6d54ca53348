# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The crop window follows the training camera's angular width."""

from dataclasses import replace

import pytest

from posenet_ros.framing import best_framing, matched_framing
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop_window
from posenet_ros.refusal import CameraRefusal

TRAINED = Camera(640, 480, 420.0, 420.0, 320.0, 240.0)


def seen_width(side: int, camera: Camera) -> float:
    """Width that the crop shows at unit distance."""
    return side / camera.fx


@pytest.mark.parametrize(
    'camera',
    [
        TRAINED,
        Camera(1280, 960, 840.0, 840.0, 640.0, 480.0),
        Camera(1920, 1080, 700.0, 700.0, 960.0, 540.0),
        Camera(640, 480, 390.0, 390.0, 320.0, 240.0),
        Camera(640, 480, 460.0, 460.0, 320.0, 240.0),
    ],
)
def test_crop_shows_the_trained_angular_width(camera: Camera) -> None:
    framing = matched_framing(camera.width, camera.height, camera, TRAINED)
    assert framing.note == ''
    shown = seen_width(framing.window.side, camera)
    assert shown == pytest.approx(seen_width(420, TRAINED), rel=0.02)


def test_without_camera_info_an_equal_view_is_assumed_and_said() -> None:
    framing = matched_framing(640, 480, None, TRAINED)
    assert framing.window == crop_window(640, 480)
    assert 'no camera_info' in framing.note
    assert 'assumed' in framing.note


@pytest.mark.parametrize(
    ('camera', 'words'),
    [
        (replace(TRAINED, fx=500.0, fy=500.0), 'wider view'),
        (replace(TRAINED, distortion_model='equidistant'), 'distortion'),
        (replace(TRAINED, fy=380.0), 'not square'),
        (replace(TRAINED, width=1280, height=960), 'camera_info is for 1280x960'),
    ],
)
def test_a_camera_that_does_not_fit(camera: Camera, words: str) -> None:
    with pytest.raises(CameraRefusal, match=words):
        matched_framing(640, 480, camera, TRAINED)
    framing = best_framing(640, 480, camera, TRAINED)
    assert words in framing.note
    assert 'poses may be wrong' in framing.note


def test_a_narrow_camera_shows_all_that_it_has() -> None:
    camera = replace(TRAINED, fx=600.0, fy=600.0)
    assert best_framing(640, 480, camera, TRAINED).window == CropWindow(80, 0, 480)


def test_plain_lens_models_are_one_kind() -> None:
    camera = replace(TRAINED, distortion_model='rational_polynomial')
    assert matched_framing(640, 480, camera, TRAINED).note == ''
