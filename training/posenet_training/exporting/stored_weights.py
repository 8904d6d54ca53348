# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Weights as a file holds them, and how far that moves the poses."""

from copy import deepcopy

import numpy as np
import torch
from torch import nn

from posenet_training.errors import PrecisionError
from posenet_training.exporting.choices import Precision
from posenet_training.exporting.network import Outputs
from posenet_training.metrics import distances_and_angles, errors_of
from posenet_training.network import PoseNet

DTYPES = {Precision.fp16: torch.float16, Precision.fp32: torch.float32}
# Values of a parameter.  Smaller ones are a thirtieth of a file, but most of what halving moves:
# a trunk's first layers and its depthwise ones.
SMALLEST_HALVED = 20_000
LARGEST_SHIFT_M = 1e-3
LARGEST_SHIFT_DEG = 0.02


def large_parameters(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that may be stored with fewer bits, by name; no buffer is among them."""
    return {
        name: parameter
        for name, parameter in module.named_parameters()
        if parameter.numel() >= SMALLEST_HALVED
    }


def store(module: nn.Module, dtype: torch.dtype) -> None:
    """Turn the large parameters of a module into this type."""
    for parameter in large_parameters(module).values():
        parameter.data = parameter.data.to(dtype)


def as_stored(network: PoseNet, dtype: torch.dtype) -> PoseNet:
    """A copy of the network with the weights that a file of this type gives back."""
    stored = deepcopy(network)
    store(stored, dtype)
    store(stored, torch.float32)
    return stored


def pose_shift(full: Outputs, stored: Outputs) -> dict[str, float]:
    """Median and largest change of the poses by storing the weights.

    Raises PrecisionError when a median is larger than LARGEST_SHIFT_M or LARGEST_SHIFT_DEG.
    """
    errors = errors_of(stored[0], stored[1], full[0], full[1])
    distances, angles = distances_and_angles(errors)
    shift = {
        'median_position_m': float(np.median(distances)),
        'median_angle_deg': float(np.median(angles)),
        'largest_position_m': float(distances.max()),
        'largest_angle_deg': float(angles.max()),
    }
    too_far = shift['median_position_m'] > LARGEST_SHIFT_M
    if too_far or shift['median_angle_deg'] > LARGEST_SHIFT_DEG:
        raise PrecisionError(
            f'half precision moves the poses by {shift["median_position_m"] * 1e3:.2f} mm and '
            f'{shift["median_angle_deg"]:.3f} degrees (medians); at most '
            f'{LARGEST_SHIFT_M * 1e3:.0f} mm and {LARGEST_SHIFT_DEG} degrees are allowed: '
            'train on, the weights have not settled, or store them with --precision fp32'
        )
    return shift
