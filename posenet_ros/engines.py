# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What runs a network: TorchScript, or the same network as ONNX in another engine.

An ONNX twin lies beside its model file, `kitchen.onnx` beside `kitchen.pt` (`posenet export
--format onnx`).  All engines take uint8 RGB crops [B, 224, 224, 3] and give the four outputs of
model_file.py.

A twin runs no code of its own, but it is read by much native code, and it decides where the robot
is: it must be listed as the model file is, and files that it names outside of it are not read.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from posenet_ros.graphs import Answer
from posenet_ros.model_archive import ONNX_SUFFIX, ModelArchive, read_bytes
from posenet_ros.model_spec import ModelFileError
from posenet_ros.trusted_models import TrustedModels

INPUT_NAME = 'images'
OUTPUT_NAMES = ('position', 'q_xyzw', 'covariance', 'feature')


class EngineRefusal(ValueError):
    """One sentence on why an engine cannot be used."""


def in_one_line(error: Exception) -> str:
    """The beginning of what an engine's error says."""
    return ' '.join(str(error).split())[:200]


def joined(*sentences: str) -> str:
    """Those of the sentences that are not empty, as one."""
    return '; '.join(filter(None, sentences))


class Engine(Protocol):
    """Answers for crops [B, 224, 224, 3], uint8 RGB, as tensors on the CPU."""

    name: str
    device: torch.device

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]: ...


class TorchScript:
    """The model file's own graph."""

    name = 'torchscript'

    def __init__(self, answer: Answer, device: str) -> None:
        self.device = torch.device(device)
        self._answer = answer

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]:
        """As Engine."""
        with torch.inference_mode():
            return self._answer(crops_rgb)


class TorchScriptOnGpu(TorchScript):
    """The same on a GPU, with one copy each way, there from memory that the GPU reads itself."""

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]:
        """As Engine."""
        with torch.inference_mode():
            crops = crops_rgb.pin_memory().to(self.device, non_blocking=True)
            return in_one_copy(self._answer(crops))


def in_one_copy(outputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Outputs of one type on the CPU: each copy waits for the device, so that there is one."""
    together = torch.cat([output.flatten() for output in outputs]).cpu()
    parts = together.split([output.numel() for output in outputs])
    return tuple(part.view(output.shape) for part, output in zip(parts, outputs, strict=True))


class OnnxRuntime:
    """The bytes of a twin in ONNX Runtime on the CPU."""

    name = 'onnxruntime'
    device = torch.device('cpu')

    def __init__(self, twin: bytes, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # As waiting_threads.py has it for torch.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        self._session = onnxruntime.InferenceSession(
            twin, options, providers=['CPUExecutionProvider']
        )

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]:
        """As Engine."""
        outputs = self._session.run(OUTPUT_NAMES, {INPUT_NAME: crops_rgb.numpy()})
        return tuple(torch.from_numpy(np.asarray(output)) for output in outputs)


@cache
def openvino_core() -> Any:
    """The process's only openvino.Core, which stays as long as the process.

    Each Core gives the thread that uses it first an alternate stack for signals, and its end
    gives back the one before: of two, where the older one ends first, the stack of a Core that is
    gone.  The next signal kills the process then (seen with OpenVINO 2026.4.1).
    """
    import openvino

    return openvino.Core()


class OpenVino:
    """A twin in OpenVINO, on the CPU, in full precision."""

    name = 'openvino'
    precision = 'f32'
    device = torch.device('cpu')

    def __init__(self, twin: bytes, threads: int) -> None:
        settings: dict[str, Any] = {
            'PERFORMANCE_HINT': 'LATENCY',
            'INFERENCE_PRECISION_HINT': self.precision,
            'INFERENCE_NUM_THREADS': threads,
        }
        core = openvino_core()
        self._network = core.compile_model(core.read_model(io.BytesIO(twin)), 'CPU', settings)

    def answers(self, crops_rgb: Tensor) -> tuple[Tensor, ...]:
        """As Engine."""
        outputs = self._network({INPUT_NAME: crops_rgb.numpy()})
        return tuple(torch.from_numpy(np.array(outputs[name])) for name in OUTPUT_NAMES)


# By the names of their packages too.
ON_TWINS: Mapping[str, Callable[[bytes, int], Engine]] = {
    'onnxruntime': OnnxRuntime,
    'openvino': OpenVino,
}


def twin_of(model_file: Path) -> Path:
    """Where the ONNX twin of a model file lies, if it has one."""
    return model_file.with_suffix(ONNX_SUFFIX)


def open_twin(name: str, model_file: Path, threads: int, trusted: TrustedModels) -> Engine:
    """A model file's twin in an engine of ON_TWINS, with so many threads.

    Raises EngineRefusal when package or twin is missing, the twin is not listed, or the engine
    does not take it.
    """
    twin = twin_of(model_file)
    if find_spec(name) is None:
        raise EngineRefusal(f'{name} is not installed: pip install {name}')
    if not twin.is_file():
        raise EngineRefusal(
            f"there is no '{twin}': make it with `posenet export RUN {twin.name} --format onnx`"
        )
    try:
        archive = ModelArchive(read_bytes(twin))
        trusted.check(archive.sha256, twin)
    except ModelFileError as error:
        raise EngineRefusal(f"'{twin}' cannot be used: {error}") from error
    try:
        return ON_TWINS[name](archive.content, threads)
    # The engines' errors have no other parent in common.
    except Exception as error:
        raise EngineRefusal(f"{name} does not take '{twin}' ({in_one_line(error)})") from error
