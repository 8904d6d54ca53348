# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SIFT and PnP as a localizer; needs pycolmap."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.scene import Picture, Scene, SceneError
from posenet_training.baselines.sift.building import build_map
from posenet_training.baselines.sift.features import known_camera
from posenet_training.baselines.sift.localization import localize
from posenet_training.baselines.sift.sift_map import SiftMap
from posenet_training.robustness.localizers import Localizer
from posenet_training.sequences import Progress


def kept_map(scene: Scene, file: Path, progress: Progress) -> SiftMap:
    """Read the map of a scene's training pictures from a file, or build it and keep it there.

    Raises SceneError for a file of other pictures, and what `build_map` raises.
    """
    if not file.exists():
        build_map(scene, 'train', progress).save(file)
    sift_map = SiftMap.load(file)
    if not set(sift_map.files) <= {picture.file for picture in scene.split('train')}:
        raise SceneError(
            f"'{file}' is a SIFT map of pictures that scene '{scene.root}' does not train on: "
            'name another file, or remove it and it is built again'
        )
    return sift_map


def sift_localizer(scene: Scene, sift_map: SiftMap) -> Localizer:
    """SIFT and PnP with the intrinsics that the scene knows of the picture's camera."""

    def ask(picture: Picture, rgb: NDArray[np.uint8]) -> Array | None:
        answer = localize(rgb, known_camera(scene, picture), sift_map)
        return answer.T_map_camera if answer else None

    return ask
