# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a picture and a SIFT map to the camera's pose: retrieval, matching, PnP with RANSAC."""

from dataclasses import dataclass

import numpy as np
import pycolmap
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_training.baselines.sift.building import RATIO, look
from posenet_training.baselines.sift.features import detect
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.keypoints import mutual_pairs

RETRIEVED = 20
# Fewer inliers than this are no answer.
FEWEST_INLIERS = 12
# Inliers project within this share of the focal length: half a degree, or 4 px at 525 px.
INLIER_ANGLE = 0.008
FOCAL_PX = 1000.0
SEED = 0


@dataclass(frozen=True)
class SiftAnswer:
    """T_map_camera [4, 4], how many matches RANSAC was given and how many agree with it."""

    T_map_camera: Array
    matches: int
    inliers: int


def localize(rgb: NDArray[np.uint8], camera: Camera, sift_map: SiftMap) -> SiftAnswer | None:
    """Find where a picture [H, W, 3] of a known camera was taken; None is `not registered`."""
    keypoints = detect(rgb, camera)
    visible = sift_map.seen_in(most_alike(rgb, sift_map))
    # Of several points with one descriptor each may be right; of several keypoints only one is.
    pairs = mutual_pairs(sift_map.descriptors(visible), keypoints.descriptors)
    distinct = pairs.ratio_a < RATIO
    points = sift_map.points[visible[pairs.a[distinct]]]
    return pose_of(keypoints.points[pairs.b[distinct]], points)


def most_alike(rgb: NDArray[np.uint8], sift_map: SiftMap) -> NDArray[np.int64]:
    """Rows of the map's pictures that look most like this one, at most RETRIEVED."""
    feature = sift_map.standard.unit(look(rgb))
    return np.argsort(-(sift_map.features @ feature), kind='stable')[:RETRIEVED]


def pose_of(on_plane: Array, points: Array) -> SiftAnswer | None:
    """Pose of a camera that sees points [N, 3] at `on_plane` [N, 2], z = 1; some may be wrong."""
    if len(points) < FEWEST_INLIERS:
        return None
    camera = pycolmap.Camera(
        model='SIMPLE_PINHOLE', width=2000, height=2000, params=[FOCAL_PX, 0.0, 0.0]
    )
    ransac = pycolmap.AbsolutePoseEstimationOptions()
    ransac.ransac.max_error = INLIER_ANGLE * FOCAL_PX
    ransac.ransac.random_seed = SEED
    found = pycolmap.estimate_and_refine_absolute_pose(FOCAL_PX * on_plane, points, camera, ransac)
    if found is None or found['num_inliers'] < FEWEST_INLIERS:
        return None
    T_map_camera = np.eye(4)
    T_map_camera[:3] = found['cam_from_world'].inverse().matrix()
    return SiftAnswer(T_map_camera, len(points), int(found['num_inliers']))
