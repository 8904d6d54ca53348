# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of another camera than the model's, as the robot shows them to the network."""

from math import atan, degrees

import numpy as np
from numpy.typing import NDArray

from posenet_ros.framing import FISHEYE, best_framing
from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import CropWindow, crop_window
from posenet_ros.scene import Picture, Scene


def robots_window(
    scene: Scene, picture: Picture, rgb: NDArray[np.uint8], trained: Camera | None
) -> CropWindow:
    """The window of a scene's picture [H, W, 3] that shows what the camera `trained` showed.

    It is the node's with on_camera_mismatch 'warn': the plain one where a camera is unknown.
    """
    height, width = rgb.shape[:2]
    return best_framing(width, height, scene.cameras.get(picture.camera), trained).window


def differing_cameras(scene: Scene, trained: Camera | None) -> list[str]:
    """A sentence for each camera of a scene that shows something else than `trained` by itself."""
    found = []
    for name, camera in scene.cameras.items():
        if trained is None or camera == trained:
            continue
        framing = best_framing(camera.width, camera.height, camera, trained)
        if framing.note or framing.window != crop_window(camera.width, camera.height):
            effect = framing.note or 'its pictures are cropped to the same view, as the robot does'
            found.append(
                f"camera '{name}' of the scene sees {degrees_across(camera):.1f} degrees across, "
                f"the model's {degrees_across(trained):.1f}: {effect}"
            )
    return found


def degrees_across(camera: Camera) -> float:
    """Horizontal field of view by the focal length; distortion is left out."""
    half = 0.5 * camera.width / camera.fx
    return degrees(2.0 * (half if camera.distortion_model in FISHEYE else atan(half)))
