# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What one frame says of the robot's place, and what several that agree hand over."""

from dataclasses import dataclass

import numpy as np

from posenet_ros.gates import Doubt
from posenet_ros.geometry import Array, inverse
from posenet_ros.refusal import PredictionRefusal


@dataclass(frozen=True)
class Estimate:
    """One frame's pose of the robot.

    stamp_ns     stamp of the picture, nanoseconds
    T_map_base   [4, 4] the pose, covariance [6, 6] its errors along the map's axes, calibrated
    T_odom_base  [4, 4] odometry at the stamp, None where TF has none
    doubts       what speaks against the frame: a doubted frame has no vote

    Raises PredictionRefusal for a covariance that is not positive definite.
    """

    stamp_ns: int
    T_map_base: Array
    covariance: Array
    T_odom_base: Array | None
    doubts: tuple[Doubt, ...] = ()

    def __post_init__(self) -> None:
        try:
            np.linalg.cholesky(self.covariance)
        except np.linalg.LinAlgError as error:
            raise PredictionRefusal(
                f'covariance with the diagonal {np.diag(self.covariance).tolist()} is not '
                'positive definite: calibrate the model again'
            ) from error


@dataclass(frozen=True)
class Refused:
    """A frame that gave no pose, and why."""

    stamp_ns: int
    doubt: Doubt


@dataclass(frozen=True)
class Handover:
    """The place that frames agree on, at the stamp of the newest of them.

    T_map_base [4, 4] has the errors `covariance` [6, 6] along the map's axes; T_odom_base [4, 4]
    is odometry at the stamp, None without odometry.
    """

    stamp_ns: int
    T_map_base: Array
    covariance: Array
    T_odom_base: Array | None

    @property
    def T_map_odom(self) -> Array | None:
        """Where odometry starts in the map: both factors at the image stamp (REP-105)."""
        return None if self.T_odom_base is None else self.T_map_base @ inverse(self.T_odom_base)
