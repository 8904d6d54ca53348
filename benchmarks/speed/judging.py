# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How near an engine's answers are, on pictures as the robot crops them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.geometry import Array, normalize_quaternion, pose_error, transform
from posenet_training.evaluation.judged_pictures import JudgedPictures

# Crops [1, 224, 224, 3] -> position and quaternion first.
Answer = Callable[[Tensor], Sequence[Any]]


def crops_of(pictures: JudgedPictures, most: int) -> tuple[NDArray[np.uint8], Array]:
    """At most so many crops [N, 224, 224, 3] from all over the pictures, and their poses."""
    numbers = pictures.all_over(most)
    return pictures.crops(numbers), pictures.T_map_camera[numbers]


def errors_of(ask: Answer, crops: NDArray[np.uint8], T_map_camera: Array) -> Array:
    """Errors [N, 6] of the answers, one picture at a time."""
    poses = []
    for crop in torch.from_numpy(crops).split(1):
        position, q_xyzw, *_ = (output[0].double().numpy() for output in ask(crop))
        poses.append(transform(position, normalize_quaternion(q_xyzw)))
    return pose_error(np.stack(poses), T_map_camera)
