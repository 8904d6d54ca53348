# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene of another camera than the model's is judged by the view that the model knows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scene_samples import SceneFrame, write_sample_scene
from training_samples import random_pose

from posenet_ros.model_file import read_spec
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Scene
from posenet_training.data.pictures import PictureSource
from posenet_training.evaluation.cameras import degrees_across
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.evaluation.model_file import evaluate_file
from posenet_training.evaluation.warnings import model_warnings
from posenet_training.explanation.gallery import open_gallery

MODEL = Path(__file__).parents[2] / 'models' / 'demo.pt'
SIZE = 512
# The focal length at which square pictures of this size show as much as the model's camera.
FOCAL = 448.0
SPLITS = ['train'] * 4 + ['validation'] * 6


def camera(focal: float) -> Camera:
    return Camera(SIZE, SIZE, focal, focal, SIZE / 2, SIZE / 2)


def wide(number: int) -> np.ndarray:
    """A picture [512, 512, 3]: its central half rises by one level a pixel, across and down."""
    ramp = np.clip(np.arange(SIZE) - SIZE // 4, 0, 255).astype(np.uint8)
    across = np.tile(ramp if number % 2 else ramp[::-1], (SIZE, 1))
    even = np.full((SIZE, SIZE), 20 * number, np.uint8)
    return np.roll(np.dstack([across, across.T, even]), number // 2, axis=2)


def enlarged(rgb: np.ndarray) -> np.ndarray:
    """The central half of a picture with every pixel as 2 x 2: twice the focal length."""
    inner = slice(SIZE // 4, 3 * SIZE // 4)
    return rgb[inner, inner].repeat(2, axis=0).repeat(2, axis=1)


def drive(root: Path, pictures: list[np.ndarray], focal: float) -> Scene:
    rng = np.random.default_rng(4)
    frames = [
        SceneFrame(rgb, random_pose(rng), split)
        for rgb, split in zip(pictures, SPLITS, strict=True)
    ]
    return write_sample_scene(root, frames, camera=camera(focal))


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    """The same drive by a wide camera, and by one that sees what the model's saw."""
    folder = tmp_path_factory.mktemp('cameras')
    pictures = [wide(number) for number in range(len(SPLITS))]
    known = drive(folder / 'known', [enlarged(rgb) for rgb in pictures], FOCAL)
    return drive(folder / 'wide', pictures, 0.5 * FOCAL), known


def judged(scene: Scene, dense: int = 0):
    return evaluate_file(
        MODEL, PictureSource(scene), 'validation', dense, lambda items, title: items
    )


@pytest.mark.slow
def test_errors_do_not_depend_on_the_focal_length(scenes):
    """Bit by bit: enlarging and shrinking again mixes a pixel with both neighbours.

    By 1/8, 3/4 and 1/8 at a scale of two, which a ramp survives; at the edge of the window, by 6/7
    and 1/7, which is rounded to the pixel.
    """
    by_wide, by_known = judged(scenes[0]), judged(scenes[1])
    np.testing.assert_allclose(by_wide[0].errors(), by_known[0].errors(), atol=1e-9)
    for name in ('nearest_training_picture', 'nearest_5_interpolated'):
        np.testing.assert_allclose(by_wide[0].errors(name), by_known[0].errors(name), atol=1e-4)
    assert not any('degrees across' in warning for warning in by_known[1]['warnings'])
    (warning,) = (w for w in by_wide[1]['warnings'] if 'degrees across' in w)
    assert warning == (
        "camera 'camera' of the scene sees 97.6 degrees across, the model's 74.6: its pictures "
        'are cropped to the same view, as the robot does'
    )
    # The same pictures of a camera that nobody knows: the plain crop, which shows something else.
    uncalibrated = judged(replace(scenes[0], cameras={}))
    assert not any('degrees across' in warning for warning in uncalibrated[1]['warnings'])
    difference = np.abs(uncalibrated[0].errors() - by_known[0].errors()).max(axis=1)
    assert difference.min() > 0.01


def test_windows_follow_the_camera_of_each_picture(scenes):
    scene, trained = scenes[0], camera(FOCAL)
    mixed = replace(
        scene,
        pictures=tuple(
            replace(picture, camera='other') if number % 2 else picture
            for number, picture in enumerate(scene.pictures)
        ),
        cameras={'camera': camera(0.5 * FOCAL), 'other': trained},
    )
    samples = judged_pictures(PictureSource(mixed), 'validation', trained)
    sides = [samples.window(number, samples.picture(number)).side for number in range(6)]
    assert sides == [224, 448] * 3
    plain = judged_pictures(PictureSource(mixed), 'validation')
    assert {plain.window(number, plain.picture(number)).side for number in range(6)} == {448}


def test_explanations_look_through_the_same_windows(scenes):
    wide, alike = (
        open_gallery(PictureSource(scene), 'validation', 2, camera(FOCAL)) for scene in scenes
    )
    plain = open_gallery(PictureSource(scenes[0]), 'validation', 2, None)
    crops = [gallery.crop(0).astype(float) for gallery in (wide, alike, plain)]
    near, far = (np.abs(crop - crops[1]).mean() for crop in (crops[0], crops[2]))
    assert near < 0.5 * far


def test_dense_crops_have_the_size_of_the_matched_one(scenes):
    evaluation, _ = judged(scenes[0], dense=1)
    np.testing.assert_allclose(evaluation.errors('dense'), evaluation.errors(), atol=1e-6)


def warned(scene: Scene, **changes) -> list[str]:
    spec = replace(read_spec(MODEL), scene=scene.name, **changes)
    return model_warnings(spec, PictureSource(scene))


def test_a_camera_that_is_too_narrow_is_said(scenes):
    narrow = replace(scenes[1], cameras={'camera': camera(2.0 * FOCAL)})
    (warning,) = warned(narrow)
    assert 'sees 31.9 degrees across' in warning
    assert warning.endswith('a model trained with this one; poses may be wrong')
    samples = judged_pictures(PictureSource(narrow), 'validation', read_spec(MODEL).camera)
    assert samples.window(0, samples.picture(0)).side == SIZE


def test_cameras_that_need_no_word(scenes):
    scene = scenes[0]
    assert warned(scene, camera=None) == []
    oblong = replace(camera(FOCAL), fy=0.9 * FOCAL)
    assert warned(replace(scene, cameras={'camera': oblong}), camera=oblong) == []
    assert warned(replace(scene, cameras={'camera': camera(FOCAL)})) == []


def test_fields_of_view():
    assert degrees_across(camera(256.0)) == pytest.approx(90.0)
    fisheye = replace(camera(SIZE / np.pi), distortion_model='equidistant')
    assert degrees_across(fisheye) == pytest.approx(180.0)
