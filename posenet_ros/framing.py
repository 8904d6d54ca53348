# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which part of this camera's picture shows the network what it was trained with."""

from dataclasses import dataclass

from posenet_ros.model_spec import Camera
from posenet_ros.preprocess import SIDE_FRACTION, CropWindow, crop_scale, crop_window
from posenet_ros.refusal import CameraRefusal

FISHEYE = ('equidistant', 'fisheye', 'kannala_brandt4')
SQUARE_PIXELS = 0.02
WHOLE_PICTURE = 1.0 / SIDE_FRACTION


@dataclass(frozen=True)
class Framing:
    """The crop window, and what people should know about it (empty when all is well)."""

    window: CropWindow
    note: str = ''


def matched_framing(
    width: int, height: int, camera: Camera | None, trained: Camera | None
) -> Framing:
    """Place the window whose angular width is the training camera's in a picture of this size.

    Without camera_info, or for a model that does not know its camera, an equal field of view is
    assumed and said.  Raises CameraRefusal when this camera cannot show the same view.
    """
    if camera is None or trained is None:
        missing = 'no camera_info' if camera is None else 'the model does not know its camera'
        note = f"{missing}: a field of view equal to the training camera's is assumed"
        return Framing(crop_window(width, height), note)
    if (camera.width, camera.height) != (width, height):
        raise CameraRefusal(
            f'camera_info is for {camera.width}x{camera.height} pictures, these are '
            f'{width}x{height}: publish the camera_info of this picture size'
        )
    if _kind(camera) != _kind(trained):
        raise CameraRefusal(
            f"the camera's distortion is '{camera.distortion_model}', the model was trained with "
            f"'{trained.distortion_model}': rectify the pictures or train with this camera"
        )
    if abs(camera.fx / camera.fy - 1.0) > SQUARE_PIXELS:
        raise CameraRefusal(
            f'the pixels are not square (focal lengths {camera.fx:g} and {camera.fy:g} px): '
            'rectify the pictures'
        )
    return Framing(crop_window(width, height, crop_scale(camera, trained)))


def best_framing(
    width: int, height: int, camera: Camera | None, trained: Camera | None
) -> Framing:
    """Like `matched_framing`, but make do with the widest view where the camera does not fit."""
    try:
        return matched_framing(width, height, camera, trained)
    except CameraRefusal as refusal:
        note = f'{refusal}; poses may be wrong'
    scale = 1.0
    if camera and trained and (camera.width, camera.height) == (width, height):
        scale = crop_scale(camera, trained)
    return Framing(crop_window(width, height, min(scale, WHOLE_PICTURE)), note)


def _kind(camera: Camera) -> str:
    return 'fisheye' if camera.distortion_model in FISHEYE else 'pinhole'
