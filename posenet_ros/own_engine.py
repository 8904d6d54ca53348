# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file's own graph, made as quick as its device allows while it answers alike.

The trunk, where nearly all of the work is, may compute in half precision; what turns its
feature into metres stays in full precision, because half has three digits of a position.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch

from posenet_ros.engine_choice import FULL, HALF, Chosen, alike, example_crops
from posenet_ros.engines import EngineRefusal, TorchScript, TorchScriptOnGpu, in_one_line
from posenet_ros.packed_convolutions import can_pack, packed

# The module of every network whose weights may be halved: the graph casts pictures to their type.
TRUNK = 'trunk'
CAST_TO_WEIGHTS = 'aten::type_as'


def own_engine(module: torch.jit.ScriptModule, device: str, precision: str) -> Chosen:
    """TorchScript for a module in full precision on its device; `precision` is full or half.

    What cannot be had is left out, with a reason.  Raises RuntimeError where the module cannot
    be frozen.
    """
    full = torch.jit.freeze(module)
    quickest = _packed(full, device, _engine(full, device), FULL)
    if precision == FULL:
        return quickest
    try:
        half = half_type(quickest.engine.device)
        halved = torch.jit.freeze(_halved(module, half))
        alike(_engine(halved, device), quickest.engine, HALF)
    except (RuntimeError, EngineRefusal) as error:
        return Chosen(quickest.engine, f'full precision: {in_one_line(error)}')
    quickest = _packed(halved, device, _engine(halved, device), HALF)
    said = f'the trunk computes in {str(half).removeprefix("torch.")}'
    return Chosen(quickest.engine, '; '.join(filter(None, (said, quickest.reason))))


def half_type(device: torch.device) -> torch.dtype:
    """What a device computes in half precision quickly; raises EngineRefusal if nothing."""
    if device.type != 'cpu':
        return torch.float16
    if not (torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        raise EngineRefusal('this CPU does not compute with half precision')
    return torch.bfloat16


def _engine(frozen: torch.jit.ScriptModule, device: str) -> TorchScript:
    kind = TorchScript if torch.device(device).type == 'cpu' else TorchScriptOnGpu
    return kind(frozen, device)


def _packed(
    frozen: torch.jit.ScriptModule, device: str, plain: TorchScript, precision: str
) -> Chosen:
    """The plain engine of a frozen module with packed convolutions, where it answers alike."""
    if not can_pack(frozen, plain.device):
        return Chosen(plain, '')
    try:
        quicker = TorchScript(packed(frozen, example_crops()[:1]), device)
        return Chosen(alike(quicker, plain, precision), '')
    # The interface of graphs is PyTorch's inner one.
    except (RuntimeError, AttributeError, TypeError, EngineRefusal) as error:
        return Chosen(plain, f'convolutions are not packed: {in_one_line(error)}')


def _halved(module: torch.jit.ScriptModule, half: torch.dtype) -> torch.jit.ScriptModule:
    """A copy whose trunks have weights of half precision; raises EngineRefusal."""
    graph: Any = module.inlined_graph
    if not graph.findAllNodes(CAST_TO_WEIGHTS):
        raise EngineRefusal(
            'the model file was exported before half precision was possible: export it again'
        )
    with torch.no_grad():
        copied = deepcopy(module)
    for name, part in copied.named_modules():
        if name.rpartition('.')[2] == TRUNK:
            part.to(half)
    return copied
