# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks as functions of crops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.geometry import Array, transform
from posenet_ros.model_file import Regressor
from posenet_training.network import Pose

BATCH = 50


@dataclass(frozen=True)
class Answers:
    """A network's answers for N pictures: T_map_camera [N, 4, 4] and features [N, F]."""

    T_map_camera: Array
    features: NDArray[np.float32]

    @staticmethod
    def joined(parts: Sequence['Answers']) -> 'Answers':
        """The answers for the pictures of all parts, in their order."""
        poses, features = zip(*((part.T_map_camera, part.features) for part in parts), strict=True)
        return Answers(np.concatenate(poses), np.concatenate(features))


Predictor = Callable[[NDArray[np.uint8]], Answers]


def network_predictor(network: Callable[[Tensor], Pose]) -> Predictor:
    """Predict with a network in training's form, uint8 [B, 224, 224, 3] to poses, in batches."""

    def predict(images: NDArray[np.uint8]) -> Answers:
        poses, features = [], []
        with torch.inference_mode():
            for batch in torch.from_numpy(images).split(BATCH):
                pose = network(batch)
                poses += list(map(transform, pose.position.tolist(), pose.q_xyzw.tolist()))
                features.append(pose.feature.numpy())
        return Answers(np.stack(poses), np.concatenate(features))

    return predict


def file_predictor(regressor: Regressor) -> Predictor:
    """Predict with a model file as the robot does, one picture at a time."""

    def predict(images: NDArray[np.uint8]) -> Answers:
        answers = [regressor.predict(image) for image in images]
        poses = [transform(answer.position, answer.q_xyzw) for answer in answers]
        features = np.stack([answer.feature.astype(np.float32) for answer in answers])
        return Answers(np.stack(poses), features)

    return predict
