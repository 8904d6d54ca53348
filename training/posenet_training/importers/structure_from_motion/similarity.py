# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Similarities between two frames: scale, rotation, shift."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pycolmap
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError

# Positions whose second principal spread is below this share of the first lie on a line.
ON_A_LINE = 0.02
SEED = 0


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
    not determine it or fewer than half agree.
    """
    _check_determined(p_b, oriented=R_a is not None)
    from_a, from_b = p_a, p_b
    if R_a is not None and R_b is not None:
        ratio = _scale_of_distances(p_a, p_b)
        reach = spread(p_b)
        from_a = _with_axes(p_a, R_a, reach / ratio)
        from_b = _with_axes(p_b, R_b, reach)
    ransac = pycolmap.RANSACOptions()
    ransac.max_error = tolerance
    ransac.random_seed = SEED
    ransac.max_num_trials = 2000
    # A dict, whatever its type hints say.
    found: Any = pycolmap.estimate_sim3d_robust(from_a, from_b, ransac)
    if found is None:
        raise SceneError(_disagreement(0, len(p_a), tolerance))
    first = _similarity(found['tgt_from_src'])
    agreeing = np.linalg.norm(first.of_points(p_a) - p_b, axis=1) <= tolerance
    if 2 * agreeing.sum() <= len(p_a):
        raise SceneError(_disagreement(int(agreeing.sum()), len(p_a), tolerance))
    if R_a is not None:
        # The axes did their work for the rotation; the scale is for the positions to say.
        return _with_rotation(first.R_b_a, p_a[agreeing], p_b[agreeing]), agreeing
    return _similarity(pycolmap.estimate_sim3d(p_a[agreeing], p_b[agreeing])), agreeing


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


def _scale_of_distances(p_a: Array, p_b: Array) -> float:
    """Median of what all pairs of points say about the scale."""
    i, j = np.triu_indices(len(p_a), 1)
    distances_a = np.linalg.norm(p_a[i] - p_a[j], axis=1)
    distances_b = np.linalg.norm(p_b[i] - p_b[j], axis=1)
    apart = (distances_a > 0.0) & (distances_b > 0.1 * distances_b.max())
    if not apart.any():
        raise SceneError('the known poses belong to pictures that were taken at one place')
    return float(np.median(distances_b[apart] / distances_a[apart]))


def _with_axes(points: Array, R: Array, length: float) -> Array:
    """Points [N, 3] and the tips of the axes at them, [4 N, 3]."""
    tips = points[:, None] + length * np.swapaxes(R, 1, 2)
    return np.concatenate([points, tips.reshape(-1, 3)])


def _with_rotation(R_b_a: Array, p_a: Array, p_b: Array) -> Similarity:
    centre_a, centre_b = p_a.mean(axis=0), p_b.mean(axis=0)
    from_centre = (p_a - centre_a) @ R_b_a.T
    scale = float(np.sum((p_b - centre_b) * from_centre) / np.sum(from_centre**2))
    return Similarity(scale, R_b_a, centre_b - scale * R_b_a @ centre_a)


def _similarity(found: pycolmap.Sim3d | None) -> Similarity:
    if found is None:
        raise SceneError('the known positions that agree lie on a line: give others')
    return Similarity(float(found.scale), found.rotation.matrix(), found.translation)


def _disagreement(agreeing: int, count: int, tolerance: float) -> str:
    return (
        f'only {agreeing} of {count} known poses agree with the reconstruction within '
        f'{tolerance:.3g} m: check that they are camera to map, with the optical axes, in metres'
    )
