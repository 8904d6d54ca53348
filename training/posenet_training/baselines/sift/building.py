# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a scene's pictures with known poses to a SIFT map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, inverse
from posenet_ros.scene import Picture, Scene, SceneError, read_rgb
from posenet_training.baselines.classifier import (
    Features,
    Standard,
    classifier_features,
    classifier_view,
)
from posenet_training.baselines.sift.features import Keypoints, detect, known_camera
from posenet_training.baselines.sift.pairing import pairs_to_match
from posenet_training.baselines.sift.sift_map import SiftMap, mean_codes
from posenet_training.baselines.sift.triangulation import Rows, triangulate
from posenet_training.check.epipolar import rays, residuals
from posenet_training.keypoints import mutual_pairs
from posenet_training.sequences import Progress, evenly

MOST_PICTURES = 400
RATIO = 0.8
# A match must fit the two known poses this well; poses of real scenes are not exact.
FITTING = np.radians(0.5)


@dataclass(frozen=True)
class Views:
    """The pictures of a map: their keypoints, poses [M, 4, 4] and classifier features [M, F]."""

    pictures: Sequence[Picture]
    keypoints: Sequence[Keypoints]
    T_map_camera: Array
    features: Features


def build_map(
    scene: Scene, split: str, progress: Progress, most_pictures: int = MOST_PICTURES
) -> SiftMap:
    """Triangulate the keypoints of a split's pictures, of at most so many, evenly taken.

    Raises SceneError when the split is empty, a camera's intrinsics are unknown or no point
    comes out, TrunkError when the classifier's package is not installed.
    """
    views = view_pictures(scene, split, progress, most_pictures)
    return map_of(scene, views, *triangulate_views(views, progress))


def view_pictures(scene: Scene, split: str, progress: Progress, most_pictures: int) -> Views:
    """Look at a split's pictures, at most so many."""
    pictures = evenly(scene.split(split), most_pictures)
    keypoints, features = [], []
    for picture in progress(pictures, 'finding features'):
        rgb = read_rgb(scene.path(picture))
        keypoints.append(detect(rgb, known_camera(scene, picture)))
        features.append(look(rgb))
    poses = np.stack([picture.T_map_camera for picture in pictures])
    return Views(pictures, keypoints, poses, np.stack(features))


def look(rgb: NDArray[np.uint8]) -> Features:
    """The classifier's feature [F] of a picture [H, W, 3]."""
    return classifier_features([classifier_view(rgb)])[0]


def map_of(
    scene: Scene, views: Views, points: Array, observations: Sequence[tuple[Rows, Rows]]
) -> SiftMap:
    """Assemble a map of points [P, 3] and, for each picture, (keypoints, their points' rows)."""
    need_points(scene, views, points)
    standard = Standard.of(views.features)
    seen = np.concatenate([rows for _, rows in observations])
    descriptors = np.concatenate(
        [
            keypoints.descriptors[chosen]
            for keypoints, (chosen, _) in zip(views.keypoints, observations, strict=True)
        ]
    )
    return SiftMap(
        points=points,
        codes=mean_codes(descriptors, seen, len(points)),
        seen=seen.astype(np.int32),
        seen_until=np.cumsum([len(rows) for _, rows in observations]),
        files=np.array([picture.file for picture in views.pictures]),
        T_map_camera=views.T_map_camera,
        features=standard.unit(views.features).astype(np.float16),
        feature_mean=standard.mean,
        feature_deviation=standard.deviation,
    )


def triangulate_views(views: Views, progress: Progress) -> tuple[Array, list[tuple[Rows, Rows]]]:
    """Points [P, 3] in the map and, for each picture, (keypoints, their points' rows)."""
    pairs = pairs_to_match(Standard.of(views.features).unit(views.features))
    matches = {pair: _matches(views, *pair) for pair in progress(pairs, 'matching pictures')}
    matches = {pair: rows for pair, rows in matches.items() if len(rows)}
    keypoints = [keypoints.points for keypoints in views.keypoints]
    return triangulate(keypoints, views.T_map_camera, matches)


def need_points(scene: Scene, views: Views, points: Array) -> None:
    """Raise SceneError where no point came out."""
    if not len(points):
        raise SceneError(
            f"the {len(views.pictures)} pictures of scene '{scene.root}' share no point that SIFT "
            'finds: look at them and at their poses with `posenet scene check`'
        )


def _matches(views: Views, i: int, j: int) -> NDArray[np.int64]:
    """Rows [K, 2] of keypoints of two pictures that match and fit the known poses."""
    a, b = views.keypoints[i], views.keypoints[j]
    pairs = mutual_pairs(a.descriptors, b.descriptors)
    distinct = np.maximum(pairs.ratio_a, pairs.ratio_b) < RATIO
    rows = np.stack([pairs.a[distinct], pairs.b[distinct]], axis=1)
    T_j_i = inverse(views.T_map_camera[j]) @ views.T_map_camera[i]
    misses = residuals(rays(a.points[rows[:, 0]]), rays(b.points[rows[:, 1]]), T_j_i)
    return rows[misses < FITTING]
