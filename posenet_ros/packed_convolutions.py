# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The convolutions of a frozen TorchScript graph as oneDNN computes them best, on the CPU.

TorchScript hands oneDNN weights that it lays out anew with every picture, gives small pictures
to slower code, and writes a picture once more for its border and once more for its rectifier.
torch.compile does better with operators of oneDNN that take weights laid out before and the
rectifier along; it has no way to take a graph that comes from a file, so that the same operators
are put into the graph here.

The graph's own interface (torch._C.Graph) is PyTorch's inner one: whoever loads a model asks
whether the answers are still the same (engine_choice.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

Answer = Callable[[Tensor], tuple[Tensor, ...]]
# torch._C's types of graphs, which have no stubs.
Graph: TypeAlias = Any
Node: TypeAlias = Any
Value: TypeAlias = Any

CONVOLUTION = 'aten::_convolution'
# oneDNN's names of what may follow a convolution within one operator, and its numbers.
FOLLOWERS: dict[str, Callable[[Node], tuple[str, list[float]]]] = {
    'aten::relu': lambda node: ('relu', []),
    'aten::relu_': lambda node: ('relu', []),
    'aten::hardtanh': lambda node: ('hardtanh', _constants(node)[1:3]),
    'aten::hardtanh_': lambda node: ('hardtanh', _constants(node)[1:3]),
    'aten::relu6': lambda node: ('hardtanh', [0.0, 6.0]),
    'aten::relu6_': lambda node: ('hardtanh', [0.0, 6.0]),
    'aten::hardswish': lambda node: ('hardswish', []),
    'aten::hardswish_': lambda node: ('hardswish', []),
}


def can_pack(frozen: torch.jit.ScriptModule, device: torch.device) -> bool:
    """Whether there are convolutions that oneDNN computes on this device."""
    on_onednn = device.type == 'cpu' and torch.backends.mkldnn.is_available()
    return on_onednn and bool(_convolutions(frozen.graph))


def packed(frozen: torch.jit.ScriptModule, images: Tensor) -> Answer:
    """The network of a frozen module, packed for inputs of the size of `images`.

    It answers for other numbers of pictures too, less quickly.  Raises RuntimeError where this
    PyTorch has no such operators, or the graph does not run.
    """
    graph: Graph = frozen.graph.copy()
    sizes = _input_sizes(frozen, images)
    for node, size in zip(_convolutions(graph), sizes, strict=True):
        if _is_plain(node):
            _pack(graph, node, size)
    torch._C._jit_pass_dce(graph)
    # Frozen, it has no use for its module.
    graph.eraseInput(0)
    return torch._C._create_function_from_graph('packed', graph)


def _input_sizes(frozen: torch.jit.ScriptModule, images: Tensor) -> list[list[int]]:
    """Sizes [B, C, H, W] of what each convolution reads."""
    graph: Graph = frozen.graph.copy()
    sizes = []
    for node in _convolutions(graph):
        graph.setInsertPoint(node)
        sizes.append(_insert(graph, 'aten::size', [_inputs(node)[0]], torch._C.ListType.ofInts()))
    graph.setInsertPoint(graph.return_node())
    of_sizes = torch._C.ListType(torch._C.ListType.ofInts())
    found = _insert(graph, 'prim::ListConstruct', sizes, of_sizes)
    graph.eraseOutput(0)
    graph.registerOutput(found)
    of_module = torch._C._create_function_from_graph('sizes', graph)
    with torch.inference_mode():
        answer: list[list[int]] = of_module(frozen._c, images)
    return answer


def _convolutions(graph: Graph) -> list[Node]:
    return list(graph.findAllNodes(CONVOLUTION))


def _is_plain(node: Node) -> bool:
    """Over pictures, forwards, by weights that are known."""
    _, weight, bias, *_ = _inputs(node)
    transposed = _constants(node)[6]
    known = all(value.node().kind() == 'prim::Constant' for value in (weight, bias))
    return known and weight.toIValue().dim() == 4 and not transposed


def _pack(graph: Graph, node: Node, size: list[int]) -> None:
    """Put oneDNN's operator in the place of a convolution, its border and its rectifier."""
    picture, weight, bias, *_ = _inputs(node)
    stride, padding, dilation, _, _, groups = _constants(node)[3:9]
    border = _even_border(picture.node())
    if border:
        picture = _inputs(picture.node())[0]
        padding = [own + more for own, more in zip(padding, border, strict=True)]
        size = [*size[:2], *(side - 2 * more for side, more in zip(size[2:], border, strict=True))]
    last, (name, numbers) = _follower(node)
    laid_out = torch.ops.mkldnn._reorder_convolution_weight(
        weight.toIValue(), padding, stride, dilation, groups, size
    )
    graph.setInsertPoint(node)
    optional_numbers = torch._C.ListType(torch._C.OptionalType(torch._C.NumberType.get()))
    scalars = _insert(
        graph,
        'prim::ListConstruct',
        [graph.insertConstant(number) for number in numbers],
        optional_numbers,
    )
    constants = map(graph.insertConstant, (padding, stride, dilation, groups, name))
    inputs = [picture, _insert_laid_out(graph, laid_out), bias, *constants, scalars]
    packed = _insert(
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
    """Rows and columns of zeros that a node puts on all sides alike, [] if it does not."""
    if node.kind() != 'aten::pad' or len(node.output().uses()) != 1:
        return []
    _, sides, mode, level = _constants(node)
    if mode != 'constant' or level or len(sides or []) != 4:
        return []
    left, right, top, bottom = sides
    return [top, left] if left == right and top == bottom else []


def _follower(node: Node) -> tuple[Node, tuple[str, list[float]]]:
    """The rectifier that alone reads a convolution, as oneDNN has it, or the convolution."""
    uses = node.output().uses()
    kind = uses[0].user.kind() if len(uses) == 1 else ''
    return (
        (uses[0].user, FOLLOWERS[kind](uses[0].user))
        if kind in FOLLOWERS
        else (node, ('none', []))
    )


def _inputs(node: Node) -> list[Value]:
    return list(node.inputs())


def _constants(node: Node) -> list[Any]:
    """The values of a node's inputs, None of those that are not known."""
    return [value.toIValue() for value in node.inputs()]


def _insert(graph: Graph, kind: str, inputs: list[Value], type_of_output: Any) -> Value:
    node = graph.insertNode(graph.create(kind, inputs, 1))
    node.output().setType(type_of_output)
    return node.output()


def _insert_laid_out(graph: Graph, weight: Tensor) -> Value:
    """A weight in a layout of oneDNN's own, which other constants may not have."""
    node = graph.insertNode(graph.create('prim::ConstantMKLDNNTensor', [], 1))
    node.t_('value', weight)
    return node.output()
