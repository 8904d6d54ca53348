# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network as an ONNX graph: the contract of posenet_ros.model_file, batch size left open.

torch.export and its translator make it.  The older exporter, which follows a TorchScript trace,
is quicker and needs less, but it is deprecated and does not know antialiased resampling.
"""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx_ir
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx_ir.passes.common import ClearMetadataAndDocStringPass
from onnxscript import opset20, optimizer
from torch import Tensor
from torch.nn.functional import interpolate

from posenet_ros.engines import INPUT_NAME, OUTPUT_NAMES
from posenet_training.exporting.network import ExportedNetwork

# The opset that the functions below are written in.
OPSET = 20
# With 1, torch.export would take the batch size for a constant.
EXAMPLES = 2


def onnx_graph(network: ExportedNetwork, images: Tensor) -> onnx_ir.Model:
    """Translate a network; its initializers have the names and values of the parameters.

    images: crops [N, 224, 224, 3], of which the first ones lead through forward.
    """
    resampling = torch.ops.aten._upsample_bilinear2d_aa.default
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        # Of what torch itself deprecates in its own translator.
        warnings.simplefilter('ignore')
        program = torch.onnx.export(
            network,
            (images[:1].repeat(EXAMPLES, 1, 1, 1),),
            dynamo=True,
            input_names=[INPUT_NAME],
            output_names=list(OUTPUT_NAMES),
            dynamic_shapes={INPUT_NAME: {0: torch.export.Dim('batch')}},
            opset_version=OPSET,
            custom_translation_table={resampling: _resampled},
            # It would fold batch norms into other weights than those that training left; what
            # runs the file does so on loading.
            optimize=False,
            verbose=False,
        )
    assert program is not None
    optimizer.fold_constants(program.model, onnx_shape_inference=False)
    optimizer.remove_unused_nodes(program.model)
    # Where each node stands in the source of the machine that exported is nobody's business.
    ClearMetadataAndDocStringPass()(program.model)
    return program.model


def halve(model: onnx_ir.Model, names: Iterable[str]) -> None:
    """Store initializers in half precision; a runtime widens them once, when it loads the file."""
    for name in names:
        full = model.graph.initializers.pop(name)
        assert full.const_value is not None
        halves = onnx_ir.tensor(full.const_value.numpy().astype(np.float16), name=name)
        stored = onnx_ir.Value(
            name=name,
            shape=full.shape,
            type=onnx_ir.TensorType(onnx_ir.DataType.FLOAT16),
            const_value=halves,
        )
        widen = onnx_ir.node('Cast', [stored], {'to': onnx_ir.DataType.FLOAT})
        full.replace_all_uses_with(widen.outputs[0])
        model.graph.register_initializer(stored)
        model.graph.insert_before(model.graph[0], widen)


def _resampled(
    pictures: Any,
    output_size: Any,
    align_corners: bool,
    scales_h: float | None = None,
    scales_w: float | None = None,
) -> Any:
    """Antialiased bilinear resampling, to fixed sizes, as two matrix products.

    It is linear in rows and in columns.  ONNX has an operator for it, which runtimes round
    differently or lack.
    """
    rows = resampling_matrix(int(pictures.shape[2]), int(output_size[0]))
    columns = resampling_matrix(int(pictures.shape[3]), int(output_size[1]))
    left = opset20.Constant(value=numpy_helper.from_array(rows))
    right = opset20.Constant(value=numpy_helper.from_array(np.ascontiguousarray(columns.T)))
    return opset20.MatMul(opset20.MatMul(left, pictures), right)


def resampling_matrix(size: int, new_size: int) -> NDArray[np.float32]:
    """Weights [new_size, size] of antialiased bilinear resampling along one axis."""
    unit = torch.eye(size)[None, None]
    matrix = interpolate(unit, (new_size, size), mode='bilinear', antialias=True)
    return matrix[0, 0].numpy()
