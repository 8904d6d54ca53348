# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The trunk of a network in half precision, where nearly all of the work is.

What turns its feature into metres stays in full precision: half has three digits of a position.
An exported graph casts pictures to the type of the trunk's weights, and what the trunk says back
to full precision; what is between is halved, after batch norms have been folded in full.
"""

from __future__ import annotations

import torch

from posenet_ros.graphs import Graph, Node, graph_of, inputs_of

INTO_TRUNK, CAST, RETURN = 'aten::type_as', 'aten::to', 'prim::Return'
# TorchScript's number of torch.float32.
FLOAT32 = 6


class HalfRefusal(ValueError):
    """One sentence on why a trunk cannot be halved."""


def half_type(device: torch.device) -> torch.dtype:
    """What a device may compute in half precision; raises HalfRefusal if nothing."""
    if device.type != 'cpu':
        return torch.float16
    if not (torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        raise HalfRefusal('this CPU does not compute with half precision')
    return torch.bfloat16


def halved(frozen: torch.jit.ScriptModule, half: torch.dtype) -> Graph:
    """The graph of a frozen module with trunks of half precision.

    Raises HalfRefusal for one that has no such trunk, RuntimeError if the module cannot be one
    graph.
    """
    graph = graph_of(frozen)
    casts = [node for node in graph.findAllNodes(INTO_TRUNK) if _weight(node) is not None]
    if not casts:
        raise HalfRefusal(
            'the model file was exported before half precision was possible: export it again'
        )
    for node in (*casts, *_until_cast_back(casts)):
        _halve_constants(graph, node, half)
    return graph


def _weight(cast: Node) -> torch.Tensor | None:
    """The known tensor whose type a picture takes."""
    weight: torch.Tensor | None = inputs_of(cast)[1].toIValue()
    return weight


def _until_cast_back(casts: list[Node]) -> list[Node]:
    """All nodes that compute with what these give, up to casts to full precision."""
    inside: dict[tuple[str, ...], Node] = {}
    waiting = list(casts)
    while waiting:
        for use in (use for output in waiting.pop().outputs() for use in output.uses()):
            name = tuple(output.debugName() for output in use.user.outputs())
            if use.user.kind() == RETURN:
                raise HalfRefusal('its trunk answers in the precision of its weights')
            if name not in inside and not _to_full(use.user):
                inside[name] = use.user
                waiting.append(use.user)
    return list(inside.values())


def _to_full(node: Node) -> bool:
    return node.kind() == CAST and inputs_of(node)[1].toIValue() == FLOAT32


def _halve_constants(graph: Graph, node: Node, half: torch.dtype) -> None:
    graph.setInsertPoint(node)
    for place, value in enumerate(inputs_of(node)):
        constant = value.toIValue()
        if isinstance(constant, torch.Tensor) and constant.dtype == torch.float32:
            node.replaceInput(place, graph.insertConstant(constant.detach().to(half)))
