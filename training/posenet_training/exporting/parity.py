# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Does a file answer as the network does?"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from posenet_training.errors import ExportError
from posenet_training.exporting.network import Outputs

BATCH = 32

# Crops [B, 224, 224, 3] -> a few outputs: a network, a traced one, an opened file.
Answering = Callable[[Tensor], Any]


def outputs_of(answer: Answering, images: Tensor) -> Outputs:
    """Answers for crops [N, 224, 224, 3], batch by batch, without those that are None."""
    with torch.inference_mode():
        batches = [[o for o in answer(batch) if o is not None] for batch in images.split(BATCH)]
    return tuple(torch.cat(part) for part in zip(*batches, strict=True))


def check_parity(eager: Outputs, other: Outputs, bound: float, what: str) -> float:
    """Largest difference of any number of the outputs; raises ExportError from `bound` on.

    Numbers beyond 1 count by their share of the output's largest one: 32 bits hold no more.
    """
    worst = max(_difference(a, b) for a, b in zip(eager, other, strict=True))
    if not worst < bound:
        raise ExportError(
            f'{what} answers otherwise than the network in training, by {worst:.2g} where '
            f'{bound:g} is allowed: something in forward depends on values, which export cannot '
            'follow'
        )
    return worst


def _difference(eager: Tensor, other: Tensor) -> float:
    return float((eager - other).abs().max() / eager.abs().max().clamp_min(1.0))
