# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is needed to change the graph of a frozen TorchScript module.

torch._C.Graph is PyTorch's inner interface: whoever loads a model asks whether the answers of a
changed graph are still the same (own_engine.py).
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


def graph_of(frozen: torch.jit.ScriptModule) -> Graph:
    """A copy of its graph, from pictures to answers; raises RuntimeError if it needs more."""
    graph: Graph = frozen.graph.copy()
    # Frozen, it has no use for its module.
    graph.eraseInput(0)
    return graph


def function_of(graph: Graph) -> Answer:
    """The graph to be called."""
    return torch._C._create_function_from_graph('forward', graph)


def as_written(answer: Answer) -> Answer:
    """The same without PyTorch's optimizer, which takes longer than a few answers are worth."""

    def answers(images: Tensor) -> tuple[Tensor, ...]:
        with torch.jit.optimized_execution(False):
            return answer(images)

    return answers


def convolutions(graph: Graph) -> list[Node]:
    """Those that run with every picture, in their order."""
    return list(graph.findAllNodes(CONVOLUTION, False))


def inputs_of(node: Node) -> list[Value]:
    """What it reads."""
    return list(node.inputs())


def constants_of(node: Node) -> list[Any]:
    """The values of what it reads, None of those that are not known."""
    return [value.toIValue() for value in node.inputs()]


def insert(graph: Graph, kind: str, inputs: list[Value], type_of_output: Any) -> Value:
    """A new node at the graph's insert point; what it gives."""
    node = graph.insertNode(graph.create(kind, inputs, 1))
    node.output().setType(type_of_output)
    return node.output()
