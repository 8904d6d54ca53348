# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The small steps around structure from motion: choice, pairs, similarity, up, work folder."""

import sys

import cv2
import numpy as np
import pytest
from archive_samples import save_picture
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.scene import SceneError
from posenet_training.baselines.classifier import frozen_trunk
from posenet_training.importers.extras import need_pycolmap
from posenet_training.importers.structure_from_motion.choice import (
    Choice,
    Chosen,
    choose_from_folder,
    choose_from_video,
)
from posenet_training.importers.structure_from_motion.level import level_rotation, up_direction
from posenet_training.importers.structure_from_motion.motion import sharpest_per_step
from posenet_training.importers.structure_from_motion.pairing import (
    pairs_to_map,
    sequential_pairs,
)
from posenet_training.importers.structure_from_motion.retrieval import loop_pairs, pooled_features
from posenet_training.importers.structure_from_motion.similarity import (
    Similarity,
    robust_similarity,
)
from posenet_training.importers.structure_from_motion.work import Work

# Which pictures are mapped

RNG = np.random.default_rng(0)
WALL = cv2.resize(
    RNG.integers(0, 256, (60, 300), dtype=np.uint8), (1500, 300), interpolation=cv2.INTER_CUBIC
)


def view(x: float, blur: float = 0.0) -> np.ndarray:
    """The part [240, 320] of a wall that begins at x pixels."""
    window = np.float32([[1, 0, -x], [0, 1, -20]])
    picture = cv2.warpAffine(WALL, window, (320, 240), flags=cv2.INTER_LINEAR)
    return cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture


def chosen(views: list[np.ndarray], step: float = 0.05) -> list[int]:
    return list(sharpest_per_step(enumerate(views), step))


def test_still_camera_gives_one_picture():
    assert len(chosen([view(100.0 + 0.1 * (i % 2)) for i in range(30)])) == 1


def test_moving_camera_gives_a_picture_a_step():
    # 5 % of 320 pixels are 16: four frames of 4 pixels.
    found = chosen([view(4.0 * i) for i in range(40)])
    assert 9 <= len(found) <= 11
    assert max(np.diff(found)) <= 8


def test_sharpest_picture_of_a_step_is_chosen():
    sharp = set(range(2, 40, 4))
    found = chosen([view(4.0 * i, 0.0 if i in sharp else 1.5) for i in range(40)])
    assert len(found) >= 9
    assert set(found[1:-1]) <= sharp


def test_thinned_pictures_are_all_chosen():
    assert chosen([view(120.0 * i) for i in range(9)]) == list(range(9))


def test_pictures_without_corners_are_all_chosen():
    assert len(chosen([np.full((240, 320), 90, np.uint8)] * 4)) == 4


def test_folder_is_chosen_from_in_the_order_given_and_refuses_what_does_not_fit(tmp_path):
    files = [tmp_path / f'{name}.png' for name in 'abcd']
    for number, file in enumerate(files):
        save_picture(file, number, (64, 48) if file.stem != 'c' else (32, 48))
    files[1].write_bytes(b'\x89PNG')
    (tmp_path / 'work').mkdir()
    choice = choose_from_folder(files, 4.0, 0.03, tmp_path / 'work')
    assert [(p.name, p.stamp_ns) for p in choice.pictures] == [('a', 0), ('d', 750_000_000)]
    assert [what for what, _ in choice.refused] == [
        'picture cannot be read',
        'picture has another size than the first',
    ]
    assert 'c.png (32x48, not 64x48)' in choice.refused[1][1]
    assert (tmp_path / 'work' / choice.pictures[1].file).resolve() == files[3]
    assert Choice.of_plain(choice.plain()) == choice


def test_video_that_ends_early_is_said(tmp_path):
    video = tmp_path / 'film.avi'
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*'MJPG'), 25.0, (320, 240))
    for i in range(20):
        writer.write(cv2.cvtColor(view(20.0 * i), cv2.COLOR_GRAY2BGR))
    writer.release()
    whole = video.read_bytes()
    (tmp_path / 'whole').mkdir()
    assert choose_from_video(video, 0.03, tmp_path / 'whole').refused == ()
    video.write_bytes(whole[: len(whole) // 2])
    (tmp_path / 'half').mkdir()
    choice = choose_from_video(video, 0.03, tmp_path / 'half')
    assert 5 <= len(choice.pictures) <= 11
    assert [what for what, _ in choice.refused] == ['video ends before its last frame']


# Which pairs are matched


def test_sequential_pairs():
    assert sequential_pairs(['a', 'b', 'c', 'd'], 2) == [
        *[('a', 'b'), ('a', 'c'), ('b', 'c')],
        *[('b', 'd'), ('c', 'd')],
    ]


def test_pictures_outside_the_map_are_matched_with_the_mapped_ones_next_to_them():
    pictures = [Chosen(str(row), str(row), row, row in (2, 4, 6, 8)) for row in range(10)]
    pairs = pairs_to_map(pictures)
    assert [other for row, other in pairs if row == '0'] == ['2', '4']
    assert [other for row, other in pairs if row == '5'] == ['2', '4', '6', '8']
    assert [other for row, other in pairs if row == '9'] == ['6', '8']
    assert not {'2', '4', '6', '8'} & {row for row, _ in pairs}


def test_loops_are_the_most_alike_beyond_the_window():
    # Pictures 0 and 9 show one place, 3 and 4 another.
    features = np.eye(10, dtype=np.float32)
    features[9] = features[0]
    features[4] = features[3]
    pairs = loop_pairs(features, 1, 2)
    assert (0, 9) in pairs
    assert (3, 4) not in pairs
    assert all(j - i > 2 for i, j in pairs)
    assert loop_pairs(features[:3], 5, 3) == []


def test_features_of_alike_pictures_are_alike(tmp_path):
    files = [tmp_path / f'{i}.png' for i in range(4)]
    for i, file in enumerate(files):
        wall = view(400.0 * (i % 2) + 3.0 * i)
        cv2.imwrite(str(file), wall if i % 2 else 255 - wall // 3)
    features = pooled_features(files, 1)
    alike = features @ features.T
    np.testing.assert_allclose(np.diag(alike), 1.0, atol=1e-5)
    assert alike[0, 2] > alike[0, 1]
    assert alike[1, 3] > alike[1, 2]


def test_missing_packages_end_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, 'efficientnet_lite_pytorch', None)
    frozen_trunk.cache_clear()
    with pytest.raises(SceneError, match=r'loops cannot be looked for: .*pip install.*--loops 0'):
        pooled_features([tmp_path], 1)
    monkeypatch.setitem(sys.modules, 'pycolmap', None)
    with pytest.raises(SceneError, match='needs pycolmap: pip install'):
        need_pycolmap()


# Similarities


def drawn(seed: int) -> tuple[np.random.Generator, Similarity]:
    rng = np.random.default_rng(seed)
    R = Rotation.random(random_state=rng).as_matrix()
    return rng, Similarity(float(np.exp(rng.uniform(-3, 3))), R, rng.uniform(-20, 20, 3))


def assert_equal(found: Similarity, truth: Similarity) -> None:
    assert found.scale == pytest.approx(truth.scale, rel=1e-6)
    np.testing.assert_allclose(found.R_b_a, truth.R_b_a, atol=1e-6)
    np.testing.assert_allclose(found.t_b_a, truth.t_b_a, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(8, 40), st.floats(0.0, 0.4))
def test_similarity_is_found_among_outliers(seed, count, outliers):
    rng, truth = drawn(seed)
    p_b = rng.uniform(-3.0, 3.0, (count, 3))
    p_a = (p_b - truth.t_b_a) @ truth.R_b_a / truth.scale
    wrong = rng.permutation(count)[: int(outliers * count)]
    p_b[wrong] += 3.0 * Rotation.random(len(wrong), random_state=rng).apply([1.0, 0.0, 0.0])
    found, agreeing = robust_similarity(p_a, p_b, 0.05)
    assert set(np.flatnonzero(~agreeing)) == set(wrong.tolist())
    assert_equal(found, truth)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 20), st.floats(0.0, 0.3))
def test_orientations_make_up_for_positions_on_a_line(seed, count, outliers):
    rng, truth = drawn(seed)
    p_b = np.outer(np.arange(count) + rng.uniform(-0.2, 0.2, count), [1.0, 0.5, 0.0])
    R_b = Rotation.random(count, random_state=rng).as_matrix()
    p_a = (p_b - truth.t_b_a) @ truth.R_b_a / truth.scale
    R_a = truth.R_b_a.T @ R_b
    wrong = rng.permutation(count)[: int(outliers * count)]
    p_b[wrong] += (0.0, 0.0, 5.0)
    found, agreeing = robust_similarity(p_a, p_b, 0.05, R_a, R_b)
    assert set(np.flatnonzero(~agreeing)) == set(wrong.tolist())
    assert_equal(found, truth)


@pytest.mark.parametrize(
    ('fitting', 'sentence'),
    [(0, 'no three of 20 known positions fit'), (8, 'only 8 of 20 known poses agree')],
)
def test_positions_that_mostly_do_not_fit_are_refused(fitting, sentence):
    rng = np.random.default_rng(0)
    p_a, p_b = rng.normal(size=(2, 20, 3))
    p_b[:fitting] = 2.0 * p_a[:fitting]
    with pytest.raises(SceneError, match=sentence):
        robust_similarity(p_a, p_b, 0.01)


def test_oriented_poses_at_one_place_of_the_reconstruction_are_refused():
    R = np.stack([np.eye(3)] * 2)
    p_b = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    with pytest.raises(SceneError, match='taken at one place'):
        robust_similarity(np.zeros((2, 3)), p_b, 0.1, R, R)


# Which way is up

OPTICAL = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def level_cameras(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """R_map_camera [N, 3, 3] of cameras that are not rolled, z of the map up."""
    return Rotation.from_euler('ZY', np.stack([yaw, pitch], axis=1)).as_matrix() @ OPTICAL


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.5, 3.0), st.floats(-0.7, 0.7))
def test_up_is_found_for_cameras_that_turn_and_look_down(seed, turn, pitch):
    rng = np.random.default_rng(seed)
    yaw = np.linspace(-turn, turn, 20)
    R_map_camera = level_cameras(yaw, pitch + rng.uniform(-0.2, 0.2, 20))
    R_sfm_map = Rotation.random(random_state=rng).as_matrix()
    up = up_direction(R_sfm_map @ R_map_camera)
    np.testing.assert_allclose(up, R_sfm_map[:, 2], atol=1e-6)
    R_level_sfm = level_rotation(R_sfm_map @ R_map_camera)
    np.testing.assert_allclose(R_level_sfm @ R_level_sfm.T, np.eye(3), atol=1e-12)
    ahead = R_level_sfm @ R_sfm_map @ R_map_camera[0, :, 2]
    assert abs(ahead[1]) < 1e-6
    assert ahead[0] > 0.0


def test_roll_that_averages_out_does_no_harm():
    rng = np.random.default_rng(0)
    R = level_cameras(np.linspace(0.0, 6.0, 400), np.zeros(400))
    R = R @ Rotation.from_euler('z', rng.normal(0.0, 0.05, 400)[:, None]).as_matrix()
    assert np.degrees(np.arccos(up_direction(R)[2])) < 0.5


def test_camera_that_never_turns_is_taken_to_look_ahead():
    R = level_cameras(np.full(10, 0.3), np.linspace(-0.1, 0.1, 10))
    np.testing.assert_allclose(up_direction(R), [0.0, 0.0, 1.0], atol=1e-6)


# The work folder


def test_step_is_done_once_and_again_when_what_it_depends_on_changes(tmp_path):
    work = Work.begin(tmp_path / 'work', {'path': '/pictures'})
    calls = []

    def make():
        calls.append(1)
        return {'made': len(calls)}

    assert work.once('step', {'n': 1}, make)['made'] == 1
    again = Work.begin(tmp_path / 'work', {'path': '/pictures'})
    assert again.once('step', {'n': 1}, make)['made'] == 1
    assert again.once('step', {'n': 2}, make)['made'] == 2
    assert again.database({'n': 1}) != again.database({'n': 2})


def test_step_that_fails_leaves_nothing(tmp_path):
    work = Work.begin(tmp_path / 'work', {})

    def fail():
        raise SceneError('no')

    with pytest.raises(SceneError):
        work.once('step', {}, fail)
    assert not (tmp_path / 'work' / 'step.json').exists()


def test_foreign_work_folders_are_refused(tmp_path):
    Work.begin(tmp_path / 'work', {'path': '/pictures'})
    with pytest.raises(SceneError, match='was begun with path /pictures, now it is /others'):
        Work.begin(tmp_path / 'work', {'path': '/others'})
    (tmp_path / 'holiday').mkdir()
    (tmp_path / 'holiday' / 'beach.jpg').touch()
    with pytest.raises(SceneError, match='was not made by this command'):
        Work.begin(tmp_path / 'holiday', {'path': '/pictures'})
    assert (tmp_path / 'holiday' / 'beach.jpg').exists()
