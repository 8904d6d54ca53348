# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""ONNX files with what posenet_ros says of a model in their metadata."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import onnx
import onnx_ir
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor

from posenet_ros.engines import OnnxRuntime
from posenet_ros.model_archive import ModelArchive, read_bytes
from posenet_ros.model_file import REFERENCE_FILE, tensors_sha256
from posenet_ros.model_spec import METADATA_FILE, ModelFileError, ModelSpec
from posenet_ros.preprocess import INPUT_SIZE
from posenet_ros.reference import Reference
from posenet_ros.trusted_models import TrustedModels
from posenet_training.exporting.network import ExportedNetwork
from posenet_training.exporting.onnx_graph import halve, onnx_graph
from posenet_training.exporting.parity import Answering
from posenet_training.exporting.stored_weights import large_parameters


class OnnxDraft:
    """An ONNX graph with stored weights, which is not yet a file."""

    def __init__(self, network: ExportedNetwork, dtype: torch.dtype, images: Tensor) -> None:
        graph = onnx_graph(network, images)
        if dtype == torch.float16:
            halve(graph, large_parameters(network))
        self._model = onnx_ir.to_proto(graph)
        self.weights_sha256 = initializers_sha256(self._model)

    def save(self, spec: ModelSpec, reference: Reference, path: Path) -> None:
        """Write graph, spec and training frames."""
        save_onnx(self._model, spec, reference, path)

    def read(self, path: Path) -> Answering:
        """Open a file as its users do: checked, in onnxruntime."""
        return load_onnx(path).answers


@dataclass(frozen=True)
class OnnxModel:
    """A checked ONNX file, ready to run on the CPU."""

    spec: ModelSpec
    engine: OnnxRuntime

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]:
        """The graph's own four outputs for uint8 RGB crops [B, 224, 224, 3]."""
        return self.engine.answers(crops_rgb)


def save_onnx(proto: onnx.ModelProto, spec: ModelSpec, reference: Reference, path: Path) -> None:
    """Write a graph with spec and training frames in its metadata."""
    frames = b64encode(reference.to_bytes()).decode()
    onnx.helper.set_model_props(proto, {METADATA_FILE: spec.to_json(), REFERENCE_FILE: frames})
    onnx.checker.check_model(proto)
    onnx.save(proto, str(path))


def load_onnx(path: Path) -> OnnxModel:
    """Load and check an ONNX file; raises ModelFileError with one sentence when it is unusable."""
    try:
        proto = read_graph(path)
        model = OnnxModel(_spec(proto), _engine(proto))
        _check_contract(model)
    except ModelFileError as error:
        raise ModelFileError(f"model file '{path}' cannot be used: {error}") from error
    return model


def read_graph(path: Path) -> onnx.ModelProto:
    """A listed file's graph; raises ModelFileError without the file's name."""
    archive = ModelArchive(read_bytes(path))
    TrustedModels().check(archive.sha256, path)
    try:
        return onnx.load_model_from_string(archive.content)
    except DecodeError as error:
        raise ModelFileError(f'it is corrupt or no ONNX file ({error})') from error


def initializers_sha256(proto: onnx.ModelProto) -> str:
    """Digest of the names, shapes, types and bytes of all weights, as stored."""
    return tensors_sha256(
        {
            value.name: torch.from_numpy(numpy_helper.to_array(value).copy())
            for value in proto.graph.initializer
        }
    )


def _spec(proto: onnx.ModelProto) -> ModelSpec:
    texts = {entry.key: entry.value for entry in proto.metadata_props}
    if METADATA_FILE not in texts:
        raise ModelFileError(
            f'it is no posenet_ros model: no {METADATA_FILE} in its metadata; make one with '
            '`posenet export`'
        )
    spec = ModelSpec.from_json(texts[METADATA_FILE])
    if initializers_sha256(proto) != spec.weights_sha256:
        raise ModelFileError('its weights are not those that its metadata was written for')
    return spec


def _engine(proto: onnx.ModelProto) -> OnnxRuntime:
    try:
        return OnnxRuntime(proto.SerializeToString(), torch.get_num_threads())
    # The errors of onnxruntime have no other parent in common.
    except Exception as error:
        raise ModelFileError(f'onnxruntime does not take its graph ({_line(error)})') from error


def _check_contract(model: OnnxModel) -> None:
    grey = torch.full((2, INPUT_SIZE, INPUT_SIZE, 3), 128, dtype=torch.uint8)
    try:
        shapes = [tuple(output.shape) for output in model.answers(grey)]
    except Exception as error:
        raise ModelFileError(
            f'its network does not take two 224x224 RGB pictures ({_line(error)})'
        ) from error
    expected = [(2, 3), (2, 4), (2, 6, 6), (2, model.spec.network.feature_size)]
    if shapes != expected:
        raise ModelFileError(f'its network answers shapes {shapes}, not {expected}')


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
