# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Corruptions do what their units say, and curves count what is lost."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from scene_samples import SceneFrame, write_sample_scene
from training_samples import picture, random_pose, small_scene
from typer.testing import CliRunner

from posenet_ros.geometry import transform
from posenet_ros.model_file import load_model
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import crop, crop_window
from posenet_ros.scene import Scene, SceneError
from posenet_training.cli import app
from posenet_training.commands.training import open_source
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import EvaluationError
from posenet_training.robustness.corruptions import (
    CORRUPTIONS,
    Corruption,
    aspect,
    darkness,
    defocus,
    motion_blur,
    narrower_view,
    noise,
    occlusion,
    over_exposure,
)
from posenet_training.robustness.curves import Curve, Errors, Robustness, measure
from posenet_training.robustness.evaluate import Asked, under_corruption, write_figure
from posenet_training.robustness.localizers import network_localizer
from posenet_training.robustness.report import figure, half_lost_table, print_robustness
from posenet_training.robustness.summary import as_values, half_lost

DEMO = Path(__file__).resolve().parents[2] / 'models' / 'demo.pt'
RGB = picture(np.random.default_rng(0), 160, 120)
BY_NAME = pytest.mark.parametrize('corruption', CORRUPTIONS, ids=lambda c: c.name)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def silently(items, title):
    return items


@BY_NAME
def test_no_strength_leaves_every_bit(corruption):
    np.testing.assert_array_equal(corruption.corrupt(RGB, corruption.none, rng()), RGB)


@BY_NAME
def test_the_ladder_leads_away_from_the_picture(corruption):
    before = RGB.copy()
    changes = []
    for strength in corruption.ladder:
        spoilt = corruption.corrupt(RGB, strength, rng())
        assert spoilt.shape == RGB.shape
        assert spoilt.dtype == np.uint8
        np.testing.assert_array_equal(spoilt, corruption.corrupt(RGB, strength, rng()))
        changes.append(np.abs(spoilt.astype(float) - RGB).mean())
    assert list(corruption.ladder) == sorted(corruption.ladder)
    assert corruption.ladder[0] > corruption.none
    assert 0.0 < changes[0] < changes[-1]
    np.testing.assert_array_equal(RGB, before)


def test_stops_halve_and_double_the_light():
    # By IEC 61966-2-1: level 188 is half of white's light, 137 a quarter.
    white = np.full((40, 40, 3), 255, np.uint8)
    assert darkness(white, 1.0, rng()).mean() == pytest.approx(188.0, abs=1.0)
    assert darkness(white, 2.0, rng()).mean() == pytest.approx(137.0, abs=1.0)
    half = np.full((4, 4, 3), 137, np.uint8)
    assert over_exposure(half, 1.0, rng()).mean() == pytest.approx(188.0, abs=1.0)
    assert over_exposure(half, 3.0, rng()).min() == 255


def test_blurs_and_noise_have_their_sizes():
    spot = np.zeros((120, 160, 3), np.uint8)
    spot[58:63, 78:83] = 255
    for length in (10.0, 20.0):
        lit = np.argwhere(motion_blur(spot, length, rng(1))[..., 0] > 2)
        extent = np.hypot(*np.ptp(lit, axis=0))
        assert length - 3.0 < extent < length + 10.0
    lit = np.argwhere(defocus(spot, 20.0, rng())[..., 0] > 2)
    np.testing.assert_allclose(np.ptp(lit, axis=0), 24, atol=4)
    grey = np.full((120, 160, 3), 128, np.uint8)
    assert noise(grey, 20.0, rng()).std() == pytest.approx(20.0, rel=0.05)


@pytest.mark.parametrize('share', [0.1, 0.4, 0.8, 1.0])
def test_occlusion_covers_its_share(share):
    white = np.full((120, 160, 3), 255, np.uint8)
    for seed in range(10):
        covered = occlusion(white, share, rng(seed))[..., 0] != 255
        assert covered.mean() == pytest.approx(share, abs=0.02)
        rows, columns = np.flatnonzero(covered.any(1)), np.flatnonzero(covered.any(0))
        assert covered.sum() == len(rows) * len(columns)


def test_other_cameras_move_points_from_the_centre():
    spot = np.zeros((121, 161, 3), np.uint8)
    spot[70, 100] = 255

    def middle(rgb: np.ndarray) -> np.ndarray:
        y, x = np.mgrid[:121, :161]
        weights = rgb[..., 0].astype(float)
        return np.array([(weights * x).sum(), (weights * y).sum()]) / weights.sum() - (80, 60)

    np.testing.assert_allclose(middle(narrower_view(spot, 2.0, rng())), (40.0, 20.0), atol=0.3)
    np.testing.assert_allclose(middle(aspect(spot, 1.5, rng())), (30.0, 10.0), atol=0.3)


LADDER = Corruption('fog', 'm', 0.0, (1.0, 2.0, 4.0), noise)


def errors(*metres: float, degrees: float = 1.0) -> Errors:
    return Errors(np.array(metres), np.full(len(metres), degrees), np.full(len(metres), 0.01))


def test_half_is_lost_between_two_steps():
    untouched = errors(0.1, 0.1, 0.1, 0.1, 9.0)
    steps = (
        errors(0.1, 0.1, 0.1, 0.1, 9.0),
        errors(0.1, 0.1, 0.1, 0.3, 0.1),  # three of the four that were right
        errors(0.1, np.inf, 0.3, 0.3, 0.1),  # one of them
    )
    # From 75 % at 2 to 25 % at 4: 50 % at 3.
    assert half_lost(Curve(LADDER, steps), untouched) == pytest.approx(3.0)
    assert half_lost(Curve(LADDER, (steps[0],) * 3), untouched) is None
    assert half_lost(Curve(LADDER, (errors(9.0, 9.0),) * 3), errors(9.0, 9.0)) is None
    turned = errors(0.1, 0.1, 0.1, 0.1, 0.1, degrees=11.0)
    assert half_lost(Curve(LADDER, (turned,) * 3), untouched) == pytest.approx(0.5)


def sample() -> dict[str, Robustness]:
    untouched = errors(0.1, 0.2, 0.3)
    lost = errors(np.inf, np.inf, 0.1)
    nowhere = errors(9.0, 9.0, 9.0)
    return {
        'network': Robustness(untouched, (Curve(LADDER, (untouched, untouched, lost)),)),
        'steady': Robustness(lost, (Curve(LADDER, (lost, lost, lost)),)),
        'hopeless': Robustness(nowhere, (Curve(LADDER, (nowhere, nowhere, nowhere)),)),
    }


def test_values_are_plain_and_say_what_has_no_answer():
    values = as_values(sample())
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    network = values['localizers']['network']
    assert network['untouched']['median_position_m'] == pytest.approx(0.2)
    assert network['untouched']['right'] == pytest.approx(2 / 3)
    assert network['untouched']['median_ms'] == pytest.approx(10.0)
    fog = network['corruptions']['fog']
    assert [step['strength'] for step in fog['steps']] == [1.0, 2.0, 4.0]
    assert fog['steps'][2]['median_position_m'] is None
    assert fog['steps'][2]['answered'] == pytest.approx(1 / 3)
    assert fog['steps'][2]['kept'] == 0.0
    assert fog['half_lost_at'] == pytest.approx(3.0)


def test_table_and_figure_show_all_localizers(tmp_path):
    values = as_values(sample())
    console = Console(width=160, record=True, file=(tmp_path / 'printed').open('w'))
    print_robustness(values, console)
    text = console.export_text()
    for word in ('network', 'steady', 'fog', '4 m', 'no answer', '3 m', 'never', 'nothing right'):
        assert word in text
    words = half_lost_table(values)
    assert words.columns == ('half lost at', 'right untouched', 'fog')
    assert words.rows == (
        ('network', '67 %', '3 m'),
        ('steady', '33 %', 'never'),
        ('hopeless', '0 %', 'nothing right'),
    )
    axis = figure(values).axes[0]
    assert axis.get_title() == 'fog'
    x, y = axis.lines[0].get_data()
    np.testing.assert_allclose(x, [0.0, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(y, [2 / 3, 2 / 3, 2 / 3, 1 / 3])
    file = tmp_path / 'curves.png'
    write_figure(values, file)
    assert file.read_bytes()[1:4] == b'PNG'
    (tmp_path / 'no_folder').write_text('')
    with pytest.raises(EvaluationError, match='was not written'):
        write_figure(values, tmp_path / 'no_folder' / 'curves.png')


@pytest.fixture
def lit_scene(tmp_path) -> Scene:
    """Pictures of even grey, each of its own level, by which they can be told apart."""
    generator = rng()
    frames = [
        SceneFrame(np.full((32, 48, 3), 90 + 20 * i, np.uint8), random_pose(generator), split)
        for i, split in enumerate(['train', 'validation', 'validation', 'validation'])
    ]
    return write_sample_scene(tmp_path / 'lit', frames)


def test_curves_follow_each_localizer_through_the_ladder(lit_scene):
    """One localizer needs light, the other none; both are shown the same pictures."""
    shown: dict[str, list[bytes]] = {'needs light': [], 'needs none': []}

    def needs_light(row, rgb):
        shown['needs light'].append(rgb.tobytes())
        return row.T_map_camera if rgb.mean() > 40.0 else None

    def needs_none(row, rgb):
        shown['needs none'].append(rgb.tobytes())
        T_map_camera = row.T_map_camera
        T_map_camera[0, 3] += 0.1
        return T_map_camera

    dark = next(c for c in CORRUPTIONS if c.name == 'darkness')
    hidden = next(c for c in CORRUPTIONS if c.name == 'occlusion')
    found = measure(
        lit_scene,
        lit_scene.split('validation'),
        {'needs light': needs_light, 'needs none': needs_none},
        (dark, hidden),
        seed=3,
        progress=silently,
    )
    assert shown['needs light'] == shown['needs none']
    steps = 1 + len(dark.ladder) + len(hidden.ladder)
    assert len(shown['needs light']) == 3 * steps
    needing, steady = found['needs light'], found['needs none']
    np.testing.assert_allclose(needing.untouched.metres, 0.0, atol=1e-9)
    assert np.isinf(needing.curves[0].errors[-1].metres).all()
    assert half_lost(needing.curves[0], needing.untouched) is not None
    for curve in steady.curves:
        for step in curve.errors:
            np.testing.assert_allclose(step.metres, 0.1, atol=1e-9)
    assert half_lost(steady.curves[0], steady.untouched) is None


def test_a_picture_that_cannot_be_read_ends_in_a_sentence(lit_scene):
    broken = lit_scene.split('validation')[1]
    lit_scene.path(broken).write_bytes(b'no picture')
    with pytest.raises(SceneError, match=r'000002\.png. cannot be read'):
        measure(
            lit_scene,
            lit_scene.split('validation'),
            {'lost': lambda row, rgb: None},
            CORRUPTIONS[:1],
            0,
            silently,
        )


def test_the_network_is_shown_the_robots_crop(lit_scene):
    regressor = load_model(DEMO)
    row = lit_scene.pictures[0]
    answer = regressor.predict(crop(RGB, crop_window(160, 120)))
    expected = transform(answer.position, answer.q_xyzw)
    np.testing.assert_array_equal(network_localizer(regressor, lit_scene)(row, RGB), expected)


def test_the_network_is_shown_the_view_that_it_knows(lit_scene):
    """A camera with half of the focal length: the central half of what it would see otherwise."""
    regressor = load_model(DEMO)
    assert regressor.spec.camera is not None
    focal = regressor.spec.camera.fx / regressor.spec.camera.height * 120
    camera = Camera(160, 120, 0.5 * focal, 0.5 * focal, 80.0, 60.0)
    scene = replace(lit_scene, cameras={'camera': camera})
    answer = regressor.predict(crop(RGB, crop_window(160, 120, 0.5)))
    expected = transform(answer.position, answer.q_xyzw)
    found = network_localizer(regressor, scene)(scene.pictures[0], RGB)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_model_file_under_corruption(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', validation=6))
    asked = Asked('test', 2, sift=False, sift_map=None)
    network = under_corruption(DEMO, source, asked, silently)['localizers']['network']
    assert network['frames'] == 2
    assert set(network['corruptions']) == {c.name for c in CORRUPTIONS}


def test_what_cannot_be_asked_ends_in_a_sentence(tmp_path):
    asked = Asked('test', 2, sift=True, sift_map=None)
    with pytest.raises(EvaluationError, match=r'drawn as crops.*give a scene on disk'):
        under_corruption(DEMO, open_source('room:11'), asked, silently)
    source = PictureSource(small_scene(tmp_path / 'scene'))
    with pytest.raises(SceneError, match="intrinsics of camera 'camera'"):
        under_corruption(DEMO, source, asked, silently)
    with pytest.raises(SceneError, match="no split 'tset'"):
        under_corruption(DEMO, source, Asked('tset', 2, False, None), silently)
    result = CliRunner().invoke(app, ['evaluate', 'm.pt', 'scene', '--beside', 'sift'])
    assert result.exit_code == 2
    assert '--corrupt' in result.output
