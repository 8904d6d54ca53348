# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Similarities between two frames: scale, rotation, shift."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pycolmap
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError

# Positions whose second principal spread is below this share of the first lie on a line.
ON_A_LINE = 0.02
SEED = 0
TRIALS = 1000


@dataclass(frozen=True)
class Similarity:
    """p_b = scale * R_b_a @ p_a + t_b_a."""

    scale: float
    R_b_a: Array
    t_b_a: Array

    def of_points(self, p_a: Array) -> Array:
        """Points [..., 3] of frame a in frame b."""
        return self.scale * p_a @ self.R_b_a.T + self.t_b_a

    def of_pose(self, T_a_camera: Array) -> Array:
        """Pose [4, 4] of a camera in frame a as its pose in frame b."""
        T_b_camera = np.eye(4)
        T_b_camera[:3, :3] = self.R_b_a @ T_a_camera[:3, :3]
        T_b_camera[:3, 3] = self.of_points(T_a_camera[:3, 3])
        return T_b_camera


def spread(points: Array) -> float:
    """Median distance of points from their median point, or the mean one where that is zero."""
    distances = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    return float(np.median(distances) or distances.mean())


def robust_similarity(
    p_a: Array,
    p_b: Array,
    tolerance: float,
    R_a: Array | None = None,
    R_b: Array | None = None,
) -> tuple[Similarity, NDArray[np.bool_]]:
    """Find the similarity that maps most points p_a [N, 3] to within `tolerance` of p_b [N, 3].

    R_a, R_b [N, 3, 3] are orientations at those points in either frame, where they are known:
    with them two points are enough, and points on a line do no harm.

    RANSAC, then least squares over the points within the tolerance (Umeyama 1991).  Returns the
    similarity and which points it agrees with, bool [N].  Raises SceneError where the points do
    not determine it or no more than half agree.
    """
    _check_determined(p_b, oriented=R_a is not None)
    if R_a is None or R_b is None:
        first = _of_most_positions(p_a, p_b, tolerance)
    else:
        turns = R_b @ np.swapaxes(R_a, 1, 2)
        first = _of_most_poses(p_a, p_b, turns, tolerance)
    agreeing = _agreeing(first, p_a, p_b, tolerance)
    if 2 * agreeing.sum() <= len(p_a):
        raise SceneError(
            f'only {agreeing.sum()} of {len(p_a)} known poses agree with the reconstruction '
            f'within {tolerance:.3g} m: check that they are camera to map, with the optical '
            'axes, in metres'
        )
    if R_a is None:
        return _of_positions(p_a[agreeing], p_b[agreeing]), agreeing
    return _of_poses(p_a[agreeing], p_b[agreeing], turns[agreeing]), agreeing


def _agreeing(
    similarity: Similarity, p_a: Array, p_b: Array, tolerance: float
) -> NDArray[np.bool_]:
    distances = np.linalg.norm(similarity.of_points(p_a) - p_b, axis=1)
    return np.asarray(distances <= tolerance)


def _of_most_positions(p_a: Array, p_b: Array, tolerance: float) -> Similarity:
    ransac = pycolmap.RANSACOptions()
    ransac.max_error = tolerance
    ransac.random_seed = SEED
    ransac.max_num_trials = TRIALS
    # A dict, whatever its type hints say.
    found: Any = pycolmap.estimate_sim3d_robust(p_a, p_b, ransac)
    if found is None:
        raise SceneError(f'no three of {len(p_a)} known positions fit the reconstruction')
    return _similarity(found['tgt_from_src'])


def _of_most_poses(p_a: Array, p_b: Array, turns: Array, tolerance: float) -> Similarity:
    """The similarity of the two poses that most others agree with."""
    first, second = np.triu_indices(len(p_a), 1)
    apart = np.linalg.norm(p_a[first] - p_a[second], axis=1) > 0.0
    pairs = np.stack([first, second], axis=1)[apart]
    if len(pairs) == 0:
        raise SceneError('the known poses belong to pictures that were taken at one place')
    pairs = np.random.default_rng(SEED).permutation(pairs)[:TRIALS]
    candidates = [_of_poses(p_a[pair], p_b[pair], turns[pair]) for pair in pairs]
    return max(candidates, key=lambda s: int(_agreeing(s, p_a, p_b, tolerance).sum()))


def _of_positions(p_a: Array, p_b: Array) -> Similarity:
    found = pycolmap.estimate_sim3d(p_a, p_b)
    if found is None:
        raise SceneError('the known positions that agree lie on a line: give others')
    return _similarity(found)


def _of_poses(p_a: Array, p_b: Array, turns: Array) -> Similarity:
    """Mean rotation of R_b_a [N, 3, 3], then scale and shift by least squares."""
    R_b_a = Rotation.from_matrix(turns).mean().as_matrix()
    centre_a, centre_b = p_a.mean(axis=0), p_b.mean(axis=0)
    turned = (p_a - centre_a) @ R_b_a.T
    scale = float(np.sum((p_b - centre_b) * turned) / np.sum(turned**2))
    return Similarity(scale, R_b_a, centre_b - scale * R_b_a @ centre_a)


def _similarity(found: pycolmap.Sim3d) -> Similarity:
    return Similarity(float(found.scale), found.rotation.matrix(), found.translation)


def _check_determined(p_b: Array, oriented: bool) -> None:
    spreads = np.linalg.svd(p_b - p_b.mean(axis=0), compute_uv=False)
    if oriented and (len(p_b) < 2 or spreads[0] < 1e-6):
        raise SceneError(
            f'{len(p_b)} known poses at one place do not give a scale: two apart are needed'
        )
    if not oriented and (len(p_b) < 3 or spreads[1] < ON_A_LINE * spreads[0]):
        raise SceneError(
            f'{len(p_b)} known positions are too few or lie on a line: give at least three that '
            'do not, or the orientations as well'
        )
