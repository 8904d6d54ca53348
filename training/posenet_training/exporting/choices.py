# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a user chooses of a model file."""

from dataclasses import dataclass
from enum import Enum


class Format(str, Enum):
    """The file: TorchScript for the node of posenet_ros, or ONNX for other runtimes."""

    torchscript = 'torchscript'
    onnx = 'onnx'


class Precision(str, Enum):
    """How large weights are stored; all are widened to 32 bits when the file is loaded."""

    fp16 = 'fp16'
    fp32 = 'fp32'


class Uncertainty(str, Enum):
    """Where a network's covariance comes from (claims.py)."""

    learned = 'learned'
    dropout = 'dropout'
    constant = 'constant'
    points = 'points'


@dataclass(frozen=True)
class Choices:
    """All that a user chooses of a model file.

    uncertainty: None is points where points of the map answer, else learned where the run has
    learned it, else constant.
    """

    format: Format = Format.torchscript
    precision: Precision = Precision.fp16
    uncertainty: Uncertainty | None = None
