# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pixels move the answer: the gradient of the pose by the picture, through the model file.

The graph of a model file takes uint8 and computes in float; given floats it answers the same and
lets the gradient through.  The robot's loader freezes the graph, so that it is loaded again here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import roma
import torch
from numpy.typing import NDArray
from torch import Tensor

from posenet_ros.model_file import load_module
from posenet_training.errors import ExplainError

Array = NDArray[np.float64]
GreyLevels = NDArray[np.uint8]

# SmoothGrad (Smilkov et al. 2017): the gradient's mean over noisy copies of the picture.  They
# took noise of 10 to 20 % of the range for classes; a pose drifts with it, at 5 % by little.
SAMPLES = 16
BATCH = 4
NOISE = 0.05 * 255.0


@dataclass(frozen=True)
class Saliency:
    """How much a pixel moves the answer, per grey level of it, [224, 224] each.

    position in units of the map, rotation in degrees: Frobenius norms of the Jacobian of the
    position and of the rotation vector by the pixel's three colours.
    """

    position: Array
    rotation: Array


def load_differentiable(model_file: Path) -> torch.jit.ScriptModule:
    """Load a model file so that gradients pass to its input; raises ModelFileError."""
    module = load_module(model_file).eval().float()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


def saliency(module: torch.jit.ScriptModule, crop: GreyLevels, seed: int) -> Saliency:
    """Look through one crop [224, 224, 3]; the same seed gives the same noise.

    Raises ExplainError when the position does not depend on the picture in a differentiable way.
    """
    jacobian = smoothed_jacobian(module, crop, seed)
    position, rotation = (
        np.sqrt(np.square(part).sum(axis=(0, 3))) for part in (jacobian[:3], jacobian[3:])
    )
    if not position.any():
        raise ExplainError(
            "the position that the model answers has no gradient by the picture's pixels: export "
            'the network again with `posenet export`'
        )
    return Saliency(position, np.degrees(rotation))


def smoothed_jacobian(module: torch.jit.ScriptModule, crop: GreyLevels, seed: int) -> Array:
    """Mean Jacobian [6, 224, 224, 3] of position and rotation vector (rad), per grey level."""
    noise = torch.Generator().manual_seed(seed)
    picture = torch.from_numpy(crop).float()
    total = torch.zeros(6, *picture.shape)
    for _ in range(SAMPLES // BATCH):
        spread = torch.randn((BATCH, *picture.shape), generator=noise)
        pictures = (picture + NOISE * spread).requires_grad_(True)
        with torch.enable_grad():
            position, q_xyzw, *_ = module(pictures)
            answers = torch.cat([position, small_rotation(q_xyzw)], dim=1)
            for row, answer in enumerate(answers.unbind(dim=1)):
                total[row] += _gradient(answer, pictures)
    return (total / SAMPLES).double().numpy()


def small_rotation(q_xyzw: Tensor) -> Tensor:
    """Rotation vectors [B, 3] of quaternions [B, 4] from themselves: zero, but with a gradient."""
    turned = roma.quat_product(roma.quat_conjugation(q_xyzw.detach()), q_xyzw)
    return 2.0 * turned[:, :3]


def _gradient(answer: Tensor, pictures: Tensor) -> Tensor:
    """Sum over the batch of the gradients of answers [B] by their own pictures."""
    if not answer.requires_grad:
        return torch.zeros(pictures.shape[1:])
    (gradient,) = torch.autograd.grad(
        answer.sum(), pictures, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return gradient.sum(dim=0)
