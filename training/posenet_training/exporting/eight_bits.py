# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An ONNX model file whose convolutions compute with integers of eight bits.

Ranges of activations are taken from training crops, those of weights channel by channel (Jacob et
al., CVPR 2018).  The first convolution, which reads the picture itself, stays in 32 bits, and so
do resampling, feature and pose: they are quick, and would cost a tenth of the accuracy.
"""

from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnx_ir
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from posenet_ros.engines import INPUT_NAME, OnnxRuntime
from posenet_training.calibrating.recalibrate import recalibrated
from posenet_training.calibrating.refusal_rate import FALSE_REFUSAL_RATE
from posenet_training.data.frames import Source
from posenet_training.errors import ExportError
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting.describe import checked_spec
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.onnx_file import initializers_sha256, read_graph, save_onnx
from posenet_training.exporting.onnx_graph import halve
from posenet_training.exporting.stored_weights import SMALLEST_HALVED
from posenet_training.sequences import Progress
from posenet_training.whole_file import whole_file

PRECISION = 'int8'
RANGE_PICTURES = 100
# Per cent of an activation's values within its range: few large ones would make the steps of all
# others coarse.
WITHIN_RANGE = 99.99


class Crops(CalibrationDataReader):
    """Crops [N, 224, 224, 3], one at a time, as onnxruntime asks for them."""

    def __init__(self, crops: Sequence[NDArray[np.uint8]]) -> None:
        self._rest = iter(crops)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next one as the graph's input, None after the last."""
        crop = next(self._rest, None)
        return None if crop is None else {INPUT_NAME: crop[None]}


def write_in_eight_bits(
    model_file: Path,
    source: Source,
    foreign: Sequence[Source],
    eight_bit_file: Path,
    threads: int,
    progress: Progress,
) -> dict[str, Any]:
    """Write an ONNX model file in eight bits, calibrated anew on its scene, atomically.

    foreign, result and errors: as `recalibrate` has them; ExportError for a file that has eight
    bits already or nothing that would gain by them.
    """
    spec = checked_spec(model_file)
    if spec.metrics.get('stored', {}).get('precision') == PRECISION:
        raise ExportError(
            f"model file '{model_file}' is not quantized: it has eight bits already; give the "
            'file of 32 bits, or take its covariance and gates anew with `posenet calibrate`'
        )
    training = judged_pictures(source, 'train', spec.camera)
    numbers = training.all_over(RANGE_PICTURES)
    crops = [training.seen(n) for n in progress(numbers, 'taking ranges')]
    try:
        proto = in_eight_bits(read_graph(model_file), crops)
    except ExportError as error:
        raise ExportError(f"model file '{model_file}' is not quantized: {error}") from error
    engine = OnnxRuntime(proto.SerializeToString(), threads)
    again = recalibrated(engine.answers, spec, source, foreign, FALSE_REFUSAL_RATE, progress)
    stored = {'precision': PRECISION, 'ranges': f'{len(crops)} training pictures'}
    spec = replace(
        again.spec,
        weights_sha256=initializers_sha256(proto),
        metrics={**again.spec.metrics, 'stored': stored},
    )
    with whole_file(eight_bit_file) as partial:
        save_onnx(proto, spec, again.reference, partial)
        list_as_trusted(partial, eight_bit_file)
    return again.coverage


def in_eight_bits(proto: onnx.ModelProto, crops: Sequence[NDArray[np.uint8]]) -> onnx.ModelProto:
    """The same graph with convolutions in eight bits; raises ExportError where it has none."""
    with TemporaryDirectory() as folder:
        given, folded, written = (Path(folder) / f'{n}.onnx' for n in ('given', 'folded', 'int8'))
        onnx.save(proto, str(given))
        # Batch norms and stored half precision go into the convolutions' weights.
        quant_pre_process(str(given), str(folded), skip_symbolic_shape=True)
        nodes = onnx.load(str(folded)).graph.node
        convolutions = [node.name for node in nodes if node.op_type == 'Conv']
        if len(convolutions) < 2:
            raise ExportError('it has hardly a convolution, so that nothing would be quicker')
        with redirect_stdout(None):  # It says how many histograms it has.
            quantize_static(
                str(folded),
                str(written),
                Crops(crops),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=['Conv'],
                nodes_to_exclude=convolutions[:1],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.Percentile,
                extra_options={'CalibPercentile': WITHIN_RANGE},
            )
        return _with_half_weights(onnx.load(str(written)))


def _with_half_weights(proto: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with large weights of 32 bits stored in 16, as `posenet export` has them."""
    large = [
        value.name
        for value in proto.graph.initializer
        if value.data_type == onnx.TensorProto.FLOAT and prod(value.dims) >= SMALLEST_HALVED
    ]
    graph = onnx_ir.from_proto(proto)
    halve(graph, large)
    return onnx_ir.to_proto(graph)
