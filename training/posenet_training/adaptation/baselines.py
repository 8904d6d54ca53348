# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What few pictures give without learning: a floor that a trained network has to go below."""

from collections.abc import Callable, Mapping

import numpy as np

from posenet_ros.geometry import Array, pose_error
from posenet_training.adaptation.results import Case, Results
from posenet_training.baselines.classifier import Features, Standard, classifier_features
from posenet_training.data.frames import Frames
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import TrunkError
from posenet_training.evaluation.averaging import mean_pose
from posenet_training.evaluation.retrieval import Lookup
from posenet_training.metrics import error_summary

MEAN_POSE = 'mean pose'
NEAREST_PICTURE = 'nearest picture'


def add_baselines(
    results: Results,
    few: Mapping[int, PictureSource],
    judged: Frames,
    tell: Callable[[str], None],
) -> None:
    """Judge both for every number of training pictures that `results` lacks them for.

    MEAN_POSE answers every picture with the mean of the training poses; NEAREST_PICTURE with the
    pose of the training picture that looks most alike to a classifier that learned nothing of
    the scene.  Where that is not installed, it is left out and `tell` says why.
    """
    missing = [size for size in few if Case(NEAREST_PICTURE, size, None) not in results.runs]
    looks = _looks(judged, tell) if missing else None
    for size in missing:
        train = few[size].frames('reference')
        T_mean = np.broadcast_to(mean_pose(train.T_map_camera), judged.T_map_camera.shape)
        _add(results, Case(MEAN_POSE, size, None), T_mean, judged)
        if looks is not None:
            T_nearest = _nearest(train, looks)
            _add(results, Case(NEAREST_PICTURE, size, None), T_nearest, judged)


def _looks(judged: Frames, tell: Callable[[str], None]) -> Features | None:
    try:
        return classifier_features(judged.images)
    except TrunkError as error:
        tell(f"pictures are not looked up by a classifier's feature: {error}")
        return None


def _nearest(train: Frames, looks: Features) -> Array:
    """Poses [N, 4, 4] of the training pictures nearest to pictures with features [N, F]."""
    features = classifier_features(train.images)
    lookup = Lookup.of(Standard.of(features), features, train.T_map_camera)
    return lookup.look_up(looks).nearest


def _add(results: Results, case: Case, T_hat: Array, judged: Frames) -> None:
    results.add(case, error_summary(pose_error(T_hat, judged.T_map_camera)))
