# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of an explanation against cases whose answers are known."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from model_files import ColourNet, write_model
from scipy.spatial.transform import Rotation
from training_samples import crops, picture, small_scene

from posenet_ros.geometry import transform
from posenet_ros.model_file import load_model
from posenet_ros.scene import read_rgb
from posenet_training.data.pictures import PictureSource, centre_crop
from posenet_training.errors import ExplainError
from posenet_training.explanation.colours import UNKNOWN, of_headings, of_positions
from posenet_training.explanation.gallery import open_gallery
from posenet_training.explanation.hiding import hide
from posenet_training.explanation.neighbours import (
    NEAREST,
    Apart,
    agreement,
    at_best,
    at_random,
    look_up,
)
from posenet_training.explanation.saliency import (
    BATCH,
    NOISE,
    SAMPLES,
    load_differentiable,
    saliency,
    small_rotation,
    smoothed_jacobian,
)
from posenet_training.explanation.spaces import (
    Space,
    feature_space,
    first_two,
    principal_components,
    t_sne,
)
from posenet_training.from_above import seen_from_above
from posenet_training.metrics import headings

DEMO_MODEL = Path(__file__).parents[2] / 'models' / 'demo.pt'
PIXELS = 224 * 224


def poses(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.stack(
        [
            transform(rng.uniform(-2, 2, 3), Rotation.random(rng=rng).as_quat())
            for _ in range(count)
        ]
    )


def test_gallery_reads_the_chosen_pictures_as_the_robot_crops_them(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', train=7))
    gallery = open_gallery(source, 'train', 3, None)
    assert (gallery.total, len(gallery)) == (7, 3)
    assert [gallery.name(i) for i in range(3)] == ['000001.png', '000003.png', '000005.png']
    expected = centre_crop(read_rgb(source.scene.path(source.train[3])))
    np.testing.assert_array_equal(gallery.crop(1), expected)
    np.testing.assert_allclose(gallery.T_map_camera[1], source.train[3].T_map_camera)


@pytest.mark.parametrize(
    ('up', 'axes', 'R_map_level'),
    [
        ('+z', 'xy', np.eye(3)),
        ('-z', 'yx', [[0, 1, 0], [1, 0, 0], [0, 0, -1]]),
        ('+x', 'yz', [[0, 0, 1], [1, 0, 0], [0, 1, 0]]),
        ('-y', 'xz', [[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
    ],
)
def test_whichever_axis_is_up_the_floor_looks_the_same(up, axes, R_map_level):
    degrees = np.array([-170.0, -20.0, 0.0, 95.0])
    level = np.tile(np.eye(4), (4, 1, 1))
    ahead = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    turns = Rotation.from_euler('z', degrees[:, None], degrees=True).as_matrix()
    level[:, :3, :3] = turns @ ahead
    level[:, :3, 3] = np.random.default_rng(0).normal(size=(4, 3))
    T_map_level = np.eye(4)
    T_map_level[:3, :3] = R_map_level
    above = seen_from_above(T_map_level @ level)
    assert (above.up, above.axes) == (up, axes)
    np.testing.assert_allclose(above.T_floor_camera, level, atol=1e-12)
    np.testing.assert_allclose(headings(above.T_floor_camera), degrees, atol=1e-9)


def test_a_turn_comes_back_to_its_colour_and_opposite_headings_differ():
    colours = of_headings(np.array([-180.0, 180.0, 0.0, 90.0, np.nan]))
    np.testing.assert_allclose(colours[0], colours[1], atol=1e-3)
    assert np.abs(colours[0] - colours[2]).max() > 0.3
    np.testing.assert_array_equal(colours[4], [UNKNOWN] * 3)
    steps = np.abs(np.diff(of_headings(np.arange(-180.0, 181.0)), axis=0))
    assert steps.max() < 0.06, 'no jump anywhere'


def test_corners_of_a_floor_have_colours_of_their_own():
    low, high = np.zeros(2), np.array([4.0, 1.0])
    corners = of_positions(np.array([[0, 0], [4, 0], [0, 1], [4, 1.0]]), low, high)
    gaps = np.linalg.norm(corners[:, None] - corners[None], axis=-1)
    assert gaps[~np.eye(4, dtype=bool)].min() > 0.3


def test_pictures_are_apart_by_metres_and_degrees():
    angles = [10.0, 90.0, 180.0]
    judged = transform((1.0, 2.0, 2.0), (0.0, 0.0, 0.0, 1.0))[None]
    turned = Rotation.from_euler('y', np.array(angles)[:, None], degrees=True).as_quat()
    apart = Apart.of(judged, np.stack([transform((0.0, 0.0, 0.0), q) for q in turned]))
    np.testing.assert_allclose(apart.distance, [[3.0, 3.0, 3.0]])
    np.testing.assert_allclose(apart.degrees, [angles], atol=1e-6)


def test_features_that_are_positions_have_the_nearest_neighbours_there_are():
    rng = np.random.default_rng(1)
    training, judged = poses(rng, 60), poses(rng, 9)
    apart = Apart.of(judged, training)
    space = feature_space(training[:, :3, 3].astype(np.float32), judged[:, :3, 3])
    assert agreement(space, apart).distance == pytest.approx(at_best(apart).distance)
    assert at_best(apart).distance < at_random(apart).distance
    everything = Apart(apart.distance[:, :NEAREST], apart.degrees[:, :NEAREST])
    assert at_best(everything).degrees == pytest.approx(at_random(everything).degrees)
    (row,) = look_up(space, apart, [4])
    assert row.training == tuple(np.argsort(apart.distance[4])[:3])
    assert row.distance == pytest.approx(np.sort(apart.distance[4])[:3])
    assert row.features == pytest.approx(
        np.linalg.norm(space.training[list(row.training)] - space.judged[4], axis=1)
    )


@given(st.integers(0, 1000), st.floats(0.01, 100.0))
def test_two_training_features_are_one_apart_in_the_root_mean_square(seed, spread):
    rng = np.random.default_rng(seed)
    features = (spread * rng.normal(size=(12, 5)) + 3.0).astype(np.float32)
    points = feature_space(features, features[:2]).training
    gaps = points[:, None] - points[None]
    assert np.sqrt(np.mean(np.sum(gaps**2, axis=-1))) == pytest.approx(1.0, rel=1e-3)


def test_features_that_are_all_equal_are_refused():
    features = np.ones((12, 8), np.float32)
    with pytest.raises(ExplainError, match='all 12 training pictures one and the same feature'):
        feature_space(features, features[:3])


def test_features_on_a_line_are_one_component():
    along = np.linspace(0.0, 1.0, 20)[:, None]
    space = Space('feature', along * [[1.0, 2.0, 0.0]], along[:4] * [[1.0, 2.0, 0.0]])
    components = principal_components(space, 0)
    assert components.shares[0] == pytest.approx(1.0)
    plane = first_two(components)
    np.testing.assert_allclose(np.ptp(plane.training, axis=0), [np.sqrt(5.0), 0.0], atol=1e-9)
    np.testing.assert_allclose(plane.judged, plane.training[:4], atol=1e-12)
    single = principal_components(Space('feature', along, along[:4]), 0)
    assert first_two(single).training.shape == (20, 2)


def test_t_sne_keeps_clusters_together():
    rng = np.random.default_rng(2)
    corners = np.repeat(100.0 * np.eye(3), 10, axis=0)
    space = Space('feature', corners + rng.normal(size=(30, 3)), 100.0 * np.eye(3))
    plane = t_sne(principal_components(space, 0), 0)
    gaps = np.linalg.norm(plane.judged[:, None] - plane.training[None], axis=-1)
    assert [set(row[:5] // 10) for row in np.argsort(gaps, axis=1)] == [{0}, {1}, {2}]


def test_saliency_of_the_mean_colour_is_even(tmp_path):
    module = load_differentiable(write_model(tmp_path / 'model.pt', ColourNet()))
    found = saliency(module, crops(1)[0], 0)
    np.testing.assert_allclose(found.position, np.sqrt(3.0) / (PIXELS * 25.5), rtol=1e-4)
    assert not found.rotation.any()


class ConstantNet(ColourNet):
    """Answers one pose whatever it is shown."""

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        _, q_xyzw, covariance, feature = super().forward(images)
        position = torch.ones(1, 3) + 0.0 * images[:, 0, 0].float().round()
        return position, q_xyzw, covariance, feature


def test_a_position_without_gradient_is_refused(tmp_path):
    module = load_differentiable(write_model(tmp_path / 'model.pt', ConstantNet()))
    with pytest.raises(ExplainError, match='has no gradient by the picture'):
        saliency(module, crops(1)[0], 0)


def test_small_rotations_have_the_gradient_of_the_rotation_vector():
    base = Rotation.from_euler('xyz', [0.3, -1.0, 2.0])
    axis, step = np.array([0.6, 0.0, 0.8]), 1e-6
    q0, q1 = base.as_quat(), (base * Rotation.from_rotvec(step * axis)).as_quat()
    q = torch.tensor(np.array([q0]), requires_grad=True)
    rotation = small_rotation(q)
    np.testing.assert_allclose(rotation.detach(), np.zeros((1, 3)), atol=1e-12)
    rows = [torch.autograd.grad(rotation[0, i], q, retain_graph=True)[0][0] for i in range(3)]
    np.testing.assert_allclose(torch.stack(rows).numpy() @ ((q1 - q0) / step), axis, atol=1e-5)


def test_gradient_passes_through_a_file_with_halved_weights():
    module = load_differentiable(DEMO_MODEL)
    crop = crops(1, seed=4)[0]
    jacobian = smoothed_jacobian(module, crop, 7)
    way = 0.02 * np.random.default_rng(0).normal(size=crop.shape)
    ahead, back = (mean_position(module, crop, sign * way, 7) for sign in (1.0, -1.0))
    expected = (ahead - back) / 2.0
    found = np.sum(jacobian[:3] * way, axis=(1, 2, 3))
    np.testing.assert_allclose(found, expected, atol=0.05 * np.abs(expected).max())


def mean_position(module, crop, offset, seed) -> np.ndarray:
    """Mean answer over the noise of `smoothed_jacobian` for a picture with an offset."""
    noise = torch.Generator().manual_seed(seed)
    shown = torch.from_numpy(crop + offset).float()
    answers = []
    for _ in range(SAMPLES // BATCH):
        spread = torch.randn((BATCH, *shown.shape), generator=noise)
        with torch.no_grad():
            answers.append(module(shown + NOISE * spread)[0].double().mean(dim=0).numpy())
    return np.mean(answers, axis=0)


class CornerNet(ColourNet):
    """Answers the brightness of the upper left corner as the position."""

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        _, q_xyzw, covariance, feature = super().forward(images)
        position = images[:, :60, :60].float().mean((1, 2)) / 25.5
        return position, q_xyzw, covariance, feature


def test_hiding_what_is_salient_moves_the_answer_more_than_hiding_the_rest(tmp_path):
    model_file = write_model(tmp_path / 'model.pt', CornerNet())
    crop = np.full((224, 224, 3), 60, np.uint8)
    crop[:60, :60] = picture(np.random.default_rng(0), 60, 60) // 4 + 190
    found = saliency(load_differentiable(model_file), crop, 0)
    assert found.position[:60, :60].min() > 0.0
    assert not found.position[60:].any()
    hidden = hide(load_model(model_file), crop, found, 0)
    assert hidden.salient_distance > 2.0 * hidden.elsewhere_distance > 0.0
    assert hidden.salient_degrees == hidden.elsewhere_degrees == 0.0
