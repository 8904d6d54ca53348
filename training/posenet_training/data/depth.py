# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Points of the scene that a picture shows, from its depth picture."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.model_spec import Camera
from posenet_ros.scene import Picture, Scene, SceneError

# What a sensor writes where it measured nothing.
NOTHING = (0, 65535)


def scene_points(
    scene: Scene, picture: Picture, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw `count` points [count, 3] m in the picture's optical frame; z = 0 where there are none.

    The lens of the depth camera is taken as a pinhole.  Raises SceneError for a depth picture
    that cannot be read.
    """
    depth = read_depth(scene, picture)
    rows, columns = np.nonzero(depth)
    points = np.zeros((count, 3))
    if len(rows) == 0:
        return points
    chosen = rng.integers(len(rows), size=count)
    camera = scene.camera_of_depth(picture)
    points[:] = _back_project(depth, rows[chosen], columns[chosen], camera)
    return points


def read_depth(scene: Scene, picture: Picture) -> NDArray[np.float64]:
    """Depth picture [h, w] of a picture, metres, 0 where there is none; or raise SceneError."""
    path = scene.root / picture.depth
    try:
        with Image.open(path) as depth:
            steps = np.asarray(depth, dtype=np.float64)
    except (OSError, SyntaxError, ValueError) as error:
        raise SceneError(f"depth picture '{path}' cannot be read: {error}") from error
    return np.where(np.isin(steps, NOTHING), 0.0, steps) * scene.depth_unit_m


def _back_project(
    depth: NDArray[np.float64],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    camera: Camera,
) -> NDArray[np.float64]:
    """Points [N, 3] m of pixels; pixel centres are at half pixels of either resolution."""
    height, width = depth.shape
    u = (columns + 0.5) * camera.width / width - 0.5
    v = (rows + 0.5) * camera.height / height - 0.5
    z = depth[rows, columns]
    return np.stack([(u - camera.cx) / camera.fx * z, (v - camera.cy) / camera.fy * z, z], axis=1)
