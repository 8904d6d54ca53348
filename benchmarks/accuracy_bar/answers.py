# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of a trained network, and of all that it is compared with, on the same pictures."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.experiments.judging import answers_for, evaluated
from posenet_ros.geometry import Array, pose_error
from posenet_training.data.frames import Source
from posenet_training.evaluation.evaluate import THIS_NETWORK
from posenet_training.evaluation.judged_pictures import JudgedPictures
from posenet_training.module import load_network
from posenet_training.network import Pose, PoseNet

# By what an evaluation calls them.
METHODS = {
    THIS_NETWORK: 'ours',
    'classifier_nearest': 'retrieval_frozen_nn',
    'classifier_5_interpolated': 'retrieval_frozen_5nn',
    'nearest_training_picture': 'retrieval_own_nn',
    'nearest_5_interpolated': 'retrieval_own_5nn',
    'mean_training_pose': 'mean_training_pose',
}


class WithoutKeyframes(torch.nn.Module):
    """The network that begins at its regressor's pose instead of its keyframes'."""

    def __init__(self, network: PoseNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Pose:
        part = self.network.coordinates
        assert part is not None
        maps, cells = self.network.trunk.cells(self.network.normalise(images))
        begun = self.network.pose(maps.mean(dim=(2, 3)))
        located = part.from_pose(cells, begun.position, begun.q_xyzw)
        return begun._replace(position=located.position, q_xyzw=located.q_xyzw)


def errors_by_method(checkpoint: Path, source: Source) -> dict[str, Array]:
    """Error 6-vectors [N, 6] of the validation pictures, and their `runs` [N] beside them."""
    network = load_network(checkpoint)[0]
    judged = evaluated(network, source)
    errors = {method: judged.errors(name) for name, method in METHODS.items()}
    if network.coordinates is not None:
        errors['ours_without_memory'] = _errors(WithoutKeyframes(network), judged.samples)
    network.coordinates = None
    errors['plain'] = _errors(network, judged.samples)
    return {**errors, 'runs': judged.samples.runs.astype(np.float64)}


def _errors(network: torch.nn.Module, pictures: JudgedPictures) -> Array:
    return pose_error(answers_for(network, pictures).T_map_camera, pictures.T_map_camera)
