# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Versions of what decides a training's figures."""

import torch
import torchvision

from posenet_training import __version__


def versions() -> dict[str, str]:
    """Of torch and torchvision, with their builds ('2.6.0+cpu'), and of this package."""
    return {
        'torch': str(torch.__version__),
        'torchvision': torchvision.__version__,
        'posenet_training': __version__,
    }
