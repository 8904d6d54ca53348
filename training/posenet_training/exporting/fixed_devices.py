# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A traced graph must run where its module is moved: find what would hold it on one device.

Tracing writes the device of the machine that traced into every tensor that forward makes itself.
"""

from collections.abc import Iterator
from typing import Any

import torch

MOVES = ('aten::cpu', 'aten::cuda')


def fixed_devices(module: torch.jit.ScriptModule) -> list[str]:
    """The places of a traced module's graph that name a device, one description each.

    Among them are tensors that forward took from elsewhere than its buffers: they do not move
    with the module.  Single numbers do no harm, they mix with tensors on any device.
    """
    return [found for node in _nodes(module.inlined_graph) if (found := _fixed(node))]


def _nodes(block: Any) -> Iterator[Any]:
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _nodes(inner)


def _fixed(node: Any) -> str:
    if node.kind() in MOVES:
        return f'a move by {node.kind()}{_place(node)}'
    if node.kind() != 'prim::Constant' or not node.hasAttribute('value'):
        return ''
    value = node.output().toIValue()
    if isinstance(value, torch.device):
        users = ', '.join(sorted({use.user.kind() for use in node.output().uses()}))
        return f"the device '{value}' for {users}{_place(node)}"
    if isinstance(value, torch.Tensor) and value.dim() > 0:
        return f'a constant tensor {list(value.shape)}{_place(node)}'
    return ''


def _place(node: Any) -> str:
    source = str(node.sourceRange()).strip().splitlines()
    return f' ({source[0].strip()})' if source else ''
