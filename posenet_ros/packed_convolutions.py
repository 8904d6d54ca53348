# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The convolutions of a frozen TorchScript graph as oneDNN computes them best, on the CPU.

TorchScript hands oneDNN weights that it lays out anew with every picture, gives small pictures
to slower code, and writes a picture once more for its border and once more for its rectifier.
torch.compile does better with operators of oneDNN that take weights laid out before and the
rectifier along; it has no way to take a graph that comes from a file, so that the same operators
are put into the graph here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from posenet_ros.graphs import (
    Graph,
    Node,
    Value,
    constants_of,
    convolutions,
    function_of,
    inputs_of,
    insert,
)

# oneDNN's names of what may follow a convolution within one operator, and its numbers.
FOLLOWERS: dict[str, Callable[[Node], tuple[str, list[float]]]] = {
    'aten::relu': lambda node: ('relu', []),
    'aten::relu_': lambda node: ('relu', []),
    'aten::hardtanh': lambda node: ('hardtanh', constants_of(node)[1:3]),
    'aten::hardtanh_': lambda node: ('hardtanh', constants_of(node)[1:3]),
    'aten::relu6': lambda node: ('hardtanh', [0.0, 6.0]),
    'aten::relu6_': lambda node: ('hardtanh', [0.0, 6.0]),
    'aten::hardswish': lambda node: ('hardswish', []),
    'aten::hardswish_': lambda node: ('hardswish', []),
}


def can_pack(graph: Graph, device: torch.device) -> bool:
    """Whether there are convolutions that oneDNN computes on this device."""
    on_onednn = device.type == 'cpu' and torch.backends.mkldnn.is_available()
    return on_onednn and bool(convolutions(graph))


def packed(graph: Graph, images: Tensor) -> Graph:
    """A graph (graphs.py) with convolutions packed for inputs of the size of `images`.

    It answers for other numbers of pictures too, less quickly.  Raises RuntimeError where this
    PyTorch has no such operators, or the graph does not run.
    """
    graph = graph.copy()
    sizes = _input_sizes(graph, images)
    for node, size in zip(convolutions(graph), sizes, strict=True):
        if _is_plain(node):
            _pack(graph, node, size)
    torch._C._jit_pass_dce(graph)
    return graph


def _input_sizes(graph: Graph, images: Tensor) -> list[list[int]]:
    """Sizes [B, C, H, W] of what each convolution reads."""
    graph = graph.copy()
    sizes = []
    for node in convolutions(graph):
        graph.setInsertPoint(node)
        sizes.append(insert(graph, 'aten::size', inputs_of(node)[:1], torch._C.ListType.ofInts()))
    graph.setInsertPoint(graph.return_node())
    of_sizes = torch._C.ListType(torch._C.ListType.ofInts())
    found = insert(graph, 'prim::ListConstruct', sizes, of_sizes)
    graph.eraseOutput(0)
    graph.registerOutput(found)
    with torch.inference_mode():
        answer: Any = function_of(graph)(images)
    return list(answer)


def _is_plain(node: Node) -> bool:
    """Over pictures, forwards, by weights that are known."""
    _, weight, bias, *_ = inputs_of(node)
    transposed = constants_of(node)[6]
    known = all(value.node().kind() == 'prim::Constant' for value in (weight, bias))
    return known and weight.toIValue().dim() == 4 and not transposed


def _pack(graph: Graph, node: Node, size: list[int]) -> None:
    """Put oneDNN's operator in the place of a convolution, its border and its rectifier."""
    picture, weight, bias, *_ = inputs_of(node)
    stride, padding, dilation, _, _, groups = constants_of(node)[3:9]
    border = _even_border(picture.node())
    if border:
        picture = inputs_of(picture.node())[0]
        padding = [own + more for own, more in zip(padding, border, strict=True)]
        size = [*size[:2], *(side - 2 * more for side, more in zip(size[2:], border, strict=True))]
    last, (name, numbers) = _follower(node)
    laid_out = torch.ops.mkldnn._reorder_convolution_weight(
        weight.toIValue(), padding, stride, dilation, groups, size
    )
    graph.setInsertPoint(node)
    optional_numbers = torch._C.ListType(torch._C.OptionalType(torch._C.NumberType.get()))
    scalars = insert(
        graph,
        'prim::ListConstruct',
        [graph.insertConstant(number) for number in numbers],
        optional_numbers,
    )
    constants = map(graph.insertConstant, (padding, stride, dilation, groups, name))
    inputs = [picture, _insert_laid_out(graph, laid_out), bias, *constants, scalars]
    packed = insert(
        graph,
        'mkldnn::_convolution_pointwise',
        [*inputs, graph.insertConstant(None)],
        node.output().type(),
    )
    last.output().replaceAllUsesWith(packed)
    if last is not node:
        last.destroy()
    node.destroy()


def _even_border(node: Node) -> list[int]:
    """Rows and columns of zeros that a node puts on all sides alike, [] if it does not.

    Nobody else reads what it reads: the convolution will, later, and must find it unchanged.
    """
    if node.kind() != 'aten::pad' or len(node.output().uses()) != 1:
        return []
    _, sides, mode, level = constants_of(node)
    if mode != 'constant' or level or len(sides or []) != 4 or len(inputs_of(node)[0].uses()) > 1:
        return []
    left, right, top, bottom = sides
    return [top, left] if left == right >= 0 and top == bottom >= 0 else []


def _follower(node: Node) -> tuple[Node, tuple[str, list[float]]]:
    """The rectifier that alone reads a convolution, as oneDNN has it, or the convolution."""
    uses = node.output().uses()
    kind = uses[0].user.kind() if len(uses) == 1 else ''
    return (
        (uses[0].user, FOLLOWERS[kind](uses[0].user))
        if kind in FOLLOWERS
        else (node, ('none', []))
    )


def _insert_laid_out(graph: Graph, weight: Tensor) -> Value:
    """A weight in a layout of oneDNN's own, which other constants may not have."""
    node = graph.insertNode(graph.create('prim::ConstantMKLDNNTensor', [], 1))
    node.t_('value', weight)
    return node.output()
