# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file's own graph, made as quick as its device allows while it answers alike."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from posenet_ros.engine_choice import FULL, HALF, Own, alike, example_crops, interleaved_seconds
from posenet_ros.engines import TorchScript, TorchScriptOnGpu, in_one_line, joined
from posenet_ros.graphs import Answer, Graph, as_written, function_of, graph_of
from posenet_ros.half_trunk import half_type, halved
from posenet_ros.packed_convolutions import can_pack, packed

# The interface of graphs is PyTorch's inner one, so that other releases may raise anything.
REFUSALS = (RuntimeError, AttributeError, TypeError, ValueError)


def plain_engine(answer: Answer, device: str) -> TorchScript:
    """TorchScript on a device for a frozen module, or for a graph to be called."""
    kind = TorchScript if torch.device(device).type == 'cpu' else TorchScriptOnGpu
    return kind(answer, device)


def own_engine(
    frozen: torch.jit.ScriptModule,
    device: str,
    precision: str,
    clock: Callable[[], float] = time.perf_counter,
) -> Own:
    """TorchScript for a frozen module on its device; `precision` is full or half.

    What cannot be had, or is not worth having by the clock, is left out, with a reason.
    """
    full, said = _packed(lambda: graph_of(frozen), frozen, device, FULL)
    if precision == FULL:
        return Own(full, full, said)
    try:
        dtype = half_type(full.device)
        graph = halved(frozen, dtype)
        answer = function_of(graph)
        alike(plain_engine(as_written(answer), device), full, HALF)
        half, said_of_half = _packed(lambda: graph, answer, device, HALF)
        seconds = interleaved_seconds([full, half], clock)
    except REFUSALS as error:
        return Own(full, full, joined(f'full precision: {in_one_line(error)}', said))
    times = f'{1e3 * seconds[1]:.1f} ms, {1e3 * seconds[0]:.1f} ms in full precision'
    if not seconds[1] < seconds[0]:
        return Own(full, full, joined(f'full precision: half takes {times}', said))
    name = str(dtype).removeprefix('torch.')
    return Own(full, half, joined(f'the trunk computes in {name}: {times}', said_of_half))


def _packed(
    graph: Callable[[], Graph], answer: Answer, device: str, precision: str
) -> tuple[TorchScript, str]:
    """An engine with packed convolutions, where it answers alike; else the plain one and why."""
    plain = plain_engine(answer, device)
    try:
        unpacked = graph()
        if not can_pack(unpacked, plain.device):
            return plain, ''
        quicker = TorchScript(function_of(packed(unpacked, example_crops()[:1])), device)
        return alike(quicker, TorchScript(as_written(answer), device), precision), ''
    except REFUSALS as error:
        return plain, f'convolutions are not packed: {in_one_line(error)}'
