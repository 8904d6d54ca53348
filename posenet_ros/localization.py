# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From the camera's pose, as the network answers it, to the robot's."""

from dataclasses import dataclass

from posenet_ros.geometry import Array, inverse, transform, transport_covariance
from posenet_ros.model_file import Prediction
from posenet_ros.reference import Looked
from posenet_ros.uncertainty import Calibration, calibrated, contradiction


@dataclass(frozen=True)
class BasePose:
    """T_map_base [4, 4] and its covariance [6, 6] along the map's axes."""

    T_map_base: Array
    covariance: Array


def base_pose(
    prediction: Prediction, looked: Looked, calibration: Calibration, T_base_camera: Array
) -> BasePose:
    """Move the predicted T_map_camera and its covariance, calibrated, to the base.

    looked: what the training frames say of the picture; it may only add to the covariance.
    """
    T_map_camera = transform(prediction.position, prediction.q_xyzw)
    T_camera_base = inverse(T_base_camera)
    covariance = calibrated(prediction.covariance, contradiction(prediction, looked), calibration)
    covariance = transport_covariance(covariance, T_map_camera[:3, :3], T_camera_base[:3, 3])
    return BasePose(T_map_camera @ T_camera_base, covariance)
