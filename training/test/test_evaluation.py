# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures through networks and look-ups: streamed, beside each other, refused in sentences."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from scene_samples import SceneFrame, write_sample_scene
from training_samples import network, picture, random_pose, small_scene

from posenet_ros.geometry import pose_error
from posenet_ros.preprocess import crop_window
from posenet_ros.refusal import PredictionRefusal
from posenet_ros.scene import SceneError
from posenet_training.baselines.classifier import classifier_features
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import EvaluationError
from posenet_training.evaluation.evaluate import BATCH, THIS_NETWORK, Judge, evaluate
from posenet_training.evaluation.judged_pictures import JudgedPictures, judged_pictures
from posenet_training.evaluation.predictors import Answers, network_predictor
from posenet_training.evaluation.report import BESIDE, as_values, picture_values


def look_at_grey(images: np.ndarray) -> Answers:
    """A predictor whose answer and feature are the mean colour of the crop."""
    poses = np.tile(np.eye(4), (len(images), 1, 1))
    poses[:, :3, 3] = images.mean(axis=(1, 2))
    return Answers(poses, images.mean(axis=(1, 2)).astype(np.float32))


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    """Pictures twice, of which every validation picture is like one of training."""
    rng = np.random.default_rng(1)
    pictures = [picture(rng) for _ in range(9)]
    poses = [random_pose(rng) for _ in range(9)]
    frames = [
        SceneFrame(rgb, T, split)
        for split in ('train', 'validation')
        for rgb, T in zip(pictures, poses, strict=True)
    ]
    folder = tmp_path_factory.mktemp('evaluation') / 'scene'
    return PictureSource(write_sample_scene(folder, frames))


def judged(source: PictureSource, predict=look_at_grey, judge: Judge = Judge(), split='test'):  # noqa: B008
    samples, reference = judged_pictures(source, split), judged_pictures(source, 'train')
    return evaluate(predict, source.name, samples, reference, judge)


def test_looking_up_finds_the_same_pictures_by_either_feature(source):
    evaluation = judged(source, judge=Judge(classifier=classifier_features))
    assert len(evaluation.samples) == 6
    for name in ('nearest_training_picture', 'classifier_nearest'):
        np.testing.assert_allclose(evaluation.errors(name), 0.0, atol=1e-9)
    mean = evaluation.T_hat['mean_training_pose'][0, :3, 3]
    np.testing.assert_allclose(mean, evaluation.T_reference[:, :3, 3].mean(axis=0))
    np.testing.assert_allclose(evaluation.nearest.metres, 0.0, atol=1e-9)


def test_errors_are_those_of_the_networks_poses(source):
    predict = network_predictor(network('mobilenet_v3_small', 'six_d').eval())
    evaluation = judged(source, predict, split='validation')
    frames = source.frames('validation')
    expected = pose_error(predict(frames.images).T_map_camera, frames.T_map_camera)
    np.testing.assert_allclose(evaluation.errors(), expected, atol=1e-4)


def test_dense_crops_stand_beside_the_centre_crop(source):
    evaluation = judged(source, judge=Judge(dense=6))
    centre, dense = (evaluation.T_hat[name][:, :3, 3] for name in (THIS_NETWORK, 'dense'))
    # Mean colours of many windows: near the centre's, but not the same.
    assert 0.1 < np.abs(centre - dense).max() < 60.0
    single = judged(source, judge=Judge(dense=1))
    np.testing.assert_allclose(single.T_hat['dense'], single.T_hat[THIS_NETWORK], atol=1e-6)


def test_report_has_all_predictors_strata_and_pictures(source):
    evaluation = judged(source, judge=Judge(classifier=classifier_features, dense=2))
    report = as_values(evaluation)
    assert set(BESIDE) <= set(report)
    assert report['split'] == 'test'
    assert 'the part of validation that does not calibrate' in report['source']
    for rows in (report['by_distance'], report['by_angle'], report['sequences']):
        assert sum(row['frames'] for row in rows) == 6
    pictures = picture_values(evaluation)
    assert [row['picture'] for row in pictures] == list(evaluation.samples.names)
    metres = [row['position_m'] for row in pictures]
    assert np.median(metres) == pytest.approx(report['median_position_m'])


def test_a_picture_is_let_go_before_the_next_is_read():
    alive = weakref.WeakSet()
    most = 0

    class Pixels(np.ndarray):
        """An array that can be counted."""

        __hash__ = object.__hash__

    def read(number: int) -> np.ndarray:
        nonlocal most
        pixels = np.full((256, 256, 3), number % 256, np.uint8).view(Pixels)
        alive.add(pixels)
        gc.collect(0)
        most = max(most, len(alive))
        return pixels

    count = 5 * BATCH
    names = tuple(map(str, range(count)))
    poses = np.tile(np.eye(4), (count, 1, 1))
    samples = JudgedPictures(
        'test', 'made up', names, ('drive',) * count, np.zeros(count, np.int64), poses,
        read, lambda number, rgb: crop_window(256, 256), np.array, whole=True,
    )  # fmt: skip
    evaluate(look_at_grey, 'scene', samples, samples, Judge())
    assert most <= 2


def test_runs_end_where_the_table_has_a_gap(tmp_path):
    rng = np.random.default_rng(2)
    splits = ['validation', 'validation', 'train', 'validation', '', 'validation', 'train']
    frames = [SceneFrame(picture(rng), random_pose(rng), split) for split in splits]
    source = PictureSource(write_sample_scene(tmp_path / 'scene', frames))
    assert judged_pictures(source, 'validation').runs.tolist() == [0, 0, 1, 2]


def test_unknown_and_empty_splits_are_refused(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', validation=2))
    with pytest.raises(SceneError, match=r"no split 'tests': use train, validation, calibration"):
        judged_pictures(source, 'tests')
    with pytest.raises(SceneError, match=r"has no pictures in split 'calibration': import it"):
        judged_pictures(source, 'calibration')


def test_an_unreadable_picture_is_named(tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', validation=6))
    broken = source.scene.path(source.pictures('test')[1])
    broken.write_bytes(broken.read_bytes()[:60])
    with pytest.raises(SceneError, match=f"picture '{broken}' cannot be read") as stop:
        judged(source)
    assert '\n' not in str(stop.value)


def test_a_network_without_an_answer_is_one_sentence(source):
    def refuse(images: np.ndarray) -> Answers:
        raise PredictionRefusal('the network answered the position [nan, nan, nan]')

    sentence = "the model has no pose for a picture from '000000.png' to '000008.png': the network"
    with pytest.raises(EvaluationError, match=sentence):
        judged(source, refuse)


def test_crops_have_no_dense_crops(source):
    samples = replace(judged_pictures(source, 'test'), whole=False)
    with pytest.raises(EvaluationError, match=r'drawn as crops, .* --dense 4 would look at'):
        evaluate(look_at_grey, 'room', samples, samples, Judge(dense=4))
