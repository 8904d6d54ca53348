# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parts of an evaluation on cases whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import rotation_angle
from posenet_ros.preprocess import crop_window
from posenet_training.baselines.classifier import Standard
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.evaluation.dense import dense_pose, dense_windows
from posenet_training.evaluation.intervals import blocks, correlation_length, median_intervals
from posenet_training.evaluation.predictors import Answers
from posenet_training.evaluation.retrieval import Lookup
from posenet_training.evaluation.strata import METRES, strata
from posenet_training.nearest_pose import nearest_poses


def turned(*yaws_deg: float) -> np.ndarray:
    """Poses [N, 4, 4] at the origin, turned about z."""
    poses = np.tile(np.eye(4), (len(yaws_deg), 1, 1))
    poses[:, :3, :3] = Rotation.from_euler(
        'z', np.array(yaws_deg)[:, None], degrees=True
    ).as_matrix()
    return poses


def yaw_deg(T: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(T[1, 0], T[0, 0])))


def test_mean_pose_crosses_the_seam_of_angles_and_weighs():
    poses = turned(170.0, -170.0)
    poses[:, 0, 3] = [1.0, 3.0]
    mean = mean_pose(poses)
    assert abs(yaw_deg(mean)) == pytest.approx(180.0)
    assert mean[0, 3] == pytest.approx(2.0)
    weighted = mean_pose(turned(0.0, 20.0), np.array([1.0, 0.0]))
    assert yaw_deg(weighted) == pytest.approx(0.0, abs=1e-9)


def test_pictures_are_looked_up_by_their_features():
    poses = turned(0.0, 10.0, 20.0, 30.0, 40.0, 50.0)
    poses[:, 0, 3] = np.arange(6)
    features = np.eye(6, dtype=np.float32)
    lookup = Lookup.of(Standard.of(features), features, poses)
    looked = lookup.look_up(features[[2, 5]])
    np.testing.assert_array_equal(looked.nearest, poses[[2, 5]])
    # All others point away from it, once standardised: they count nothing.
    np.testing.assert_allclose(looked.interpolated, poses[[2, 5]], atol=1e-9)


def test_alike_pictures_are_interpolated():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(40, 8)).astype(np.float32)
    features[1] = features[0]
    poses = np.tile(np.eye(4), (40, 1, 1))
    poses[:, 0, 3] = 100.0
    poses[:2, 0, 3] = [1.0, 3.0]
    looked = Lookup.of(Standard.of(features), features, poses).look_up(features[:1])
    assert looked.nearest[0, 0, 3] == 1.0
    assert looked.interpolated[0, 0, 3] == pytest.approx(2.0, abs=0.5)


def test_fewer_training_pictures_than_neighbours():
    poses = turned(0.0, 90.0)
    features = np.eye(2, dtype=np.float32)
    looked = Lookup.of(Standard.of(features), features, poses).look_up(features)
    np.testing.assert_array_equal(looked.nearest, poses)


def test_a_rarely_active_unit_does_not_drown_the_others():
    poses = turned(0.0, 10.0, 20.0)
    features = np.array([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 5.0, 1e-3]], np.float32)
    query = np.array([[4.8, 0.2, 1e-2]], np.float32)
    own = Lookup.of(Standard.centred(features), features, poses)
    np.testing.assert_array_equal(own.look_up(query).nearest, poses[:1])
    standardised = Lookup.of(Standard.of(features), features, poses)
    np.testing.assert_array_equal(standardised.look_up(query).nearest, poses[2:])


@given(st.integers(20, 900), st.integers(20, 900), st.sampled_from([1, 2, 6, 7, 16, 50, 128, 144]))
def test_dense_windows_cover_the_picture_from_edge_to_edge(width, height, count):
    side = crop_window(width, height).side
    windows = dense_windows(width, height, side, count)
    assert len(windows) == count
    assert {window.side for window in windows} == {side}
    for window in windows:
        assert 0 <= window.x0 <= width - side
        assert 0 <= window.y0 <= height - side
    columns = sorted({window.x0 for window in windows})
    if len(columns) > 1:
        assert columns[0] == 0
        assert columns[-1] == width - side


def test_dense_windows_of_the_paper():
    windows = dense_windows(640, 480, 420, 128)
    columns, rows = ({getattr(window, name) for window in windows} for name in ('x0', 'y0'))
    # The free room is 220 by 60 pixels: steps of about ten.
    assert (len(columns), len(rows)) == (16, 8)


def test_a_single_dense_crop_is_the_centre_crop():
    centre = crop_window(640, 480)
    assert dense_windows(640, 480, centre.side, 1) == [centre]


def test_dense_pose_averages_the_answers_to_all_crops():
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, 32:] = 255

    def brightness(crops: np.ndarray) -> Answers:
        poses = np.tile(np.eye(4), (len(crops), 1, 1))
        poses[:, 0, 3] = crops.mean(axis=(1, 2, 3))
        return Answers(poses, np.zeros((len(crops), 1), np.float32))

    # The windows lie symmetrically about the middle of a picture that is half bright.
    assert dense_pose(brightness, picture, 42, 45)[0, 3] == pytest.approx(127.5, abs=6.0)


def test_nearest_pose_counts_turning_and_moving():
    stored = turned(0.0, 90.0)
    stored[1, 0, 3] = 0.1
    here = turned(85.0, 5.0)
    found = nearest_poses(here, stored)
    assert found.rows.tolist() == [1, 0]
    np.testing.assert_allclose(found.metres, [0.1, 0.0])
    np.testing.assert_allclose(found.degrees, [5.0, 5.0])


@given(st.integers(0, 2**32 - 1))
def test_nearest_pose_is_the_nearest_of_all(seed):
    rng = np.random.default_rng(seed)
    poses = np.tile(np.eye(4), (21, 1, 1))
    rotations = Rotation.random(21, random_state=rng)
    poses[:, :3, :3], poses[:, :3, 3] = rotations.as_matrix(), rng.normal(size=(21, 3))
    found = nearest_poses(poses[:1], poses[1:])
    q = rotations.as_quat()
    chords = 4.0 * np.sin(rotation_angle(q[:1], q[1:]) / 4.0)
    distances = np.hypot(np.linalg.norm(poses[1:, :3, 3] - poses[0, :3, 3], axis=1), chords)
    assert distances[found.rows[0]] == pytest.approx(distances.min())


def errors_of_metres(metres: np.ndarray) -> np.ndarray:
    errors = np.zeros((len(metres), 6))
    errors[:, 0] = metres
    return errors


def test_strata_count_every_picture_once():
    values = np.array([0.0, 0.05, 0.2, 70.0])
    errors, beside = errors_of_metres(np.array([1.0, 2.0, 3.0, 4.0])), errors_of_metres(np.ones(4))
    rows = strata(values, METRES, 'm', errors, beside)
    assert [(row['from_m'], row['to_m'], row['frames']) for row in rows] == [
        (0.0, 0.05, 1),
        (0.05, 0.1, 1),
        (0.1, 0.25, 1),
        (10.0, None, 1),
    ]
    assert [row['median_position_m'] for row in rows] == [1.0, 2.0, 3.0, 4.0]
    assert {row['looked_up']['median_position_m'] for row in rows} == {1.0}


def test_correlation_length_of_known_series():
    rng = np.random.default_rng(3)
    one_run = np.zeros(20000, np.int64)
    noise = rng.normal(size=20000)
    assert correlation_length(noise, one_run) == 1
    walk = np.zeros(20000)
    for step in range(1, 20000):
        walk[step] = 0.9 * walk[step - 1] + noise[step]
    # 0.9 ** 9.5 is 1 / e.
    assert 7 <= correlation_length(walk, one_run) <= 12
    assert correlation_length(np.ones(10), np.zeros(10, np.int64)) == 1
    assert correlation_length(rng.normal(size=50), np.arange(50)) == 1


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(1, 12))
def test_blocks_hold_every_picture_once_and_cross_no_gap(lengths, length):
    runs = np.repeat(np.arange(len(lengths)), lengths)
    parts = blocks(runs, length)
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(len(runs)))
    assert all(len(set(runs[part])) == 1 for part in parts)


def test_intervals_hold_the_median_and_widen_with_the_blocks():
    rng = np.random.default_rng(5)
    # Pieces of 20 pictures with an error in common.
    errors = errors_of_metres(np.repeat(rng.exponential(size=40), 20))
    runs = np.zeros(800, np.int64)
    widths = []
    for length in (1, 20):
        low, high = median_intervals(errors, runs, length)['median_position_m']
        assert low <= np.median(errors[:, 0]) <= high
        widths.append(high - low)
    assert widths[1] > 2.0 * widths[0]


def test_no_interval_from_too_few_blocks():
    interval = median_intervals(errors_of_metres(np.ones(60)), np.zeros(60, np.int64), 20)
    assert interval == {'blocks': 3, 'median_position_m': None, 'median_angle_deg': None}
