# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Who is asked where a picture was taken."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array, transform
from posenet_ros.model_file import Regressor
from posenet_ros.preprocess import crop
from posenet_ros.refusal import PredictionRefusal
from posenet_ros.scene import Picture, Scene
from posenet_training.evaluation.cameras import robots_window

# (picture's row of the scene, RGB [H, W, 3]) -> T_map_camera [4, 4], or None without an answer.
Localizer = Callable[[Picture, NDArray[np.uint8]], Array | None]


def network_localizer(regressor: Regressor, scene: Scene) -> Localizer:
    """A model file, shown what the robot would show it of a scene's pictures."""

    def localize(picture: Picture, rgb: NDArray[np.uint8]) -> Array | None:
        window = robots_window(scene, picture, rgb, regressor.spec.camera)
        try:
            answer = regressor.predict(crop(rgb, window))
        except PredictionRefusal:
            return None
        return transform(answer.position, answer.q_xyzw)

    return localize
