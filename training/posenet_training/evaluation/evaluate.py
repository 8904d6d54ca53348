# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Judge a network on pictures that it never saw, beside predictors that learn nothing.

The mean pose says what ignoring the picture costs; the training pictures that look alike, to the
network itself and to a classifier that knows nothing of the scene, say what looking pictures up
would have reached.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, pose_error
from posenet_ros.refusal import PredictionRefusal
from posenet_training.baselines.classifier import Features, Standard
from posenet_training.errors import EvaluationError
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.evaluation.dense import dense_pose
from posenet_training.evaluation.judged_pictures import JudgedPictures
from posenet_training.evaluation.predictors import Answers, Predictor
from posenet_training.evaluation.retrieval import Lookup
from posenet_training.nearest_pose import NearestPoses, nearest_poses
from posenet_training.sequences import Progress

Classifier = Callable[[NDArray[np.uint8]], Features]

# Crops that are in memory at once: 150 kB each, twice with a classifier.
BATCH = 32
THIS_NETWORK = 'this_network'


@dataclass(frozen=True)
class Judge:
    """What judges, besides the pictures.

    classifier  features [B, F] of pictures [B, 224, 224, 3]; None leaves its retrieval out
    dense       crops a picture that are averaged beside the centre crop; 0 for none
    progress    shows how far it is
    """

    classifier: Classifier | None = None
    dense: int = 0
    progress: Progress = lambda items, title: items


@dataclass(frozen=True)
class Evaluation:
    """Poses of N pictures by all predictors, beside the truth.

    T_hat    by predictor: poses [N, 4, 4]; the network's is THIS_NETWORK
    nearest  of every picture, the nearest training pose
    """

    scene: str
    samples: JudgedPictures
    T_reference: Array
    T_hat: dict[str, Array]
    nearest: NearestPoses

    def errors(self, predictor: str = THIS_NETWORK) -> Array:
        """Error 6-vectors [N, 6] (posenet_ros.geometry) of a predictor."""
        return pose_error(self.T_hat[predictor], self.samples.T_map_camera)


def evaluate(
    predict: Predictor,
    scene: str,
    samples: JudgedPictures,
    reference: JudgedPictures,
    judge: Judge,
) -> Evaluation:
    """Predict all samples, with training pictures `reference` to look up.

    Pictures are read one at a time; what grows with their number are poses and the features of
    the training pictures, about 13 kB each.  Raises SceneError for a picture that cannot be read
    and EvaluationError for one that the network refuses, or for dense crops of mere crops.
    """
    if judge.dense and not samples.whole:
        raise EvaluationError(
            f'{scene} is drawn as crops, without the rest of the pictures that --dense '
            f'{judge.dense} would look at: leave it out'
        )
    lookups = _lookups(predict, reference, judge)
    batches = [
        _judged(predict, samples, numbers, lookups, judge)
        for numbers in judge.progress(samples.batches(BATCH), 'judging')
    ]
    T_hat = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    return _evaluation(scene, samples, reference, T_hat)


def evaluate_answers(
    answers: Answers,
    scene: str,
    samples: JudgedPictures,
    reference_answers: Answers,
    reference: JudgedPictures,
) -> Evaluation:
    """The same of answers that are there already, without a classifier and dense crops."""
    features = reference_answers.features
    lookup = Lookup.of(Standard.centred(features), features, reference.T_map_camera)
    looked = lookup.look_up(answers.features)
    T_hat = {
        THIS_NETWORK: answers.T_map_camera,
        'nearest_training_picture': looked.nearest,
        'nearest_5_interpolated': looked.interpolated,
    }
    return _evaluation(scene, samples, reference, T_hat)


def _evaluation(
    scene: str, samples: JudgedPictures, reference: JudgedPictures, T_hat: dict[str, Array]
) -> Evaluation:
    T_mean = mean_pose(reference.T_map_camera)
    T_hat['mean_training_pose'] = np.broadcast_to(T_mean, samples.T_map_camera.shape)
    nearest = nearest_poses(samples.T_map_camera, reference.T_map_camera)
    return Evaluation(scene, samples, reference.T_map_camera, T_hat, nearest)


@dataclass(frozen=True)
class Lookups:
    """Training pictures by the network's own feature, and by the classifier's."""

    own: Lookup
    classifier: Lookup | None


def _lookups(predict: Predictor, reference: JudgedPictures, judge: Judge) -> Lookups:
    own, classified = [], []
    for numbers in judge.progress(reference.batches(BATCH), 'looking at training pictures'):
        crops, looks = _views(reference, numbers, judge)
        own.append(_answers(predict, crops, reference, numbers).features)
        if judge.classifier:
            classified.append(judge.classifier(looks))
    poses = reference.T_map_camera
    return Lookups(
        _lookup(Standard.centred, own, poses),
        _lookup(Standard.of, classified, poses) if classified else None,
    )


def _lookup(
    standard: Callable[[Features], Standard], batches: list[Features], poses: Array
) -> Lookup:
    features = np.concatenate(batches)
    return Lookup.of(standard(features), features, poses)


def _views(
    samples: JudgedPictures, numbers: range, judge: Judge
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What the network and the classifier see, [B, 224, 224, 3] each."""
    crops, looks = [], []
    for number in numbers:
        picture = samples.picture(number)
        crops.append(samples.crop(number, picture))
        looks.append(samples.look(picture) if judge.classifier else crops[-1])
    return np.stack(crops), np.stack(looks)


def _judged(
    predict: Predictor, samples: JudgedPictures, numbers: range, lookups: Lookups, judge: Judge
) -> dict[str, Array]:
    """Poses [B, 4, 4] of some samples by all predictors that look at the pictures."""
    crops, looks = _views(samples, numbers, judge)
    answers = _answers(predict, crops, samples, numbers)
    T_hat = {THIS_NETWORK: answers.T_map_camera}
    if judge.dense:
        T_hat['dense'] = _dense(predict, samples, numbers, judge.dense)
    looked = lookups.own.look_up(answers.features)
    T_hat['nearest_training_picture'] = looked.nearest
    T_hat['nearest_5_interpolated'] = looked.interpolated
    if judge.classifier and lookups.classifier:
        looked = lookups.classifier.look_up(judge.classifier(looks))
        T_hat['classifier_nearest'] = looked.nearest
        T_hat['classifier_5_interpolated'] = looked.interpolated
    return T_hat


def _dense(predict: Predictor, samples: JudgedPictures, numbers: range, count: int) -> Array:
    poses = []
    for number in numbers:
        with _accepting(samples, range(number, number + 1)):
            picture = samples.picture(number)
            side = samples.window(number, picture).side
            poses.append(dense_pose(predict, picture, side, count))
    return np.stack(poses)


def _answers(
    predict: Predictor, crops: NDArray[np.uint8], samples: JudgedPictures, numbers: range
) -> Answers:
    with _accepting(samples, numbers):
        return predict(crops)


@contextmanager
def _accepting(samples: JudgedPictures, numbers: range) -> Iterator[None]:
    """Say in one sentence that the network has no pose for a picture."""
    try:
        yield
    except PredictionRefusal as refusal:
        raise EvaluationError(
            f"the model has no pose for a picture from '{samples.names[numbers[0]]}' to "
            f"'{samples.names[numbers[-1]]}': {refusal}"
        ) from refusal
