# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SIFT keypoints of a picture (Lowe, IJCV 2004), as an ideal pinhole camera would see them."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Picture, Scene, SceneError
from posenet_training.check.lens import undistorted
from posenet_training.keypoints import Descriptors, root_sift

MOST = 2000
# Half of OpenCV's default, COLMAP's: features are also found in dark and blurred pictures.
CONTRAST = 0.02


@dataclass(frozen=True)
class Keypoints:
    """N keypoints of one picture.

    points       [N, 2] on the plane z = 1 of the camera, distortion taken out
    pixels       [N, 2] where they are in the picture, pixel centres at whole numbers
    descriptors  RootSIFT [N, 128] of unit length
    """

    points: Array
    pixels: Array
    descriptors: Descriptors


def detect(rgb: NDArray[np.uint8], camera: Camera) -> Keypoints:
    """Find at most MOST keypoints in a picture [H, W, 3]."""
    sift: Any = cv2.SIFT.create(nfeatures=MOST, contrastThreshold=CONTRAST)
    found, descriptors = sift.detectAndCompute(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), None)
    # OpenCV keeps more where the last ones are equally strong.
    pixels = np.array([keypoint.pt for keypoint in found[:MOST]], np.float64).reshape(-1, 2)
    if not len(pixels):
        return Keypoints(pixels, pixels, np.zeros((0, 128), np.float32))
    return Keypoints(undistorted(camera, pixels), pixels, root_sift(descriptors[:MOST]))


def known_camera(scene: Scene, picture: Picture) -> Camera:
    """The camera of a picture; SceneError when its intrinsics are not known."""
    if picture.camera not in scene.cameras:
        raise SceneError(
            f"SIFT and PnP need the intrinsics of camera '{picture.camera}', which scene "
            f"'{scene.root}' does not know: import it with them"
        )
    return scene.cameras[picture.camera]
