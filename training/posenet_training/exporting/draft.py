# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network in the form of a file format, before it is a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from posenet_ros.model_archive import ONNX_SUFFIX
from posenet_ros.model_spec import ModelSpec
from posenet_ros.reference import Reference
from posenet_training.errors import ExportError
from posenet_training.exporting.choices import Format
from posenet_training.exporting.network import ExportedNetwork
from posenet_training.exporting.onnx_extra import need_onnx
from posenet_training.exporting.parity import Answering
from posenet_training.exporting.torchscript import PARITY, TorchScriptDraft


class Draft(Protocol):
    """A network with stored weights in the form of a file format.

    `weights_sha256` is the digest of all weights as stored; `save` writes a file, `read` opens
    one as its users do and raises ModelFileError when they would refuse it.
    """

    weights_sha256: str

    def save(self, spec: ModelSpec, reference: Reference, path: Path) -> None: ...

    def read(self, path: Path) -> Answering: ...


@dataclass(frozen=True)
class FileFormat:
    """How to make files of a format.

    draft   of a network, the type to store large weights in, and crops [N, 224, 224, 3]
    parity  largest difference of a file's answers from the network's (parity.py)
    """

    name: Format
    draft: Callable[[ExportedNetwork, torch.dtype, Tensor], Draft]
    parity: float

    def check_name(self, model_file: Path) -> None:
        """Raise ExportError where a file's name says that it has the other format."""
        if (model_file.suffix == ONNX_SUFFIX) != (self.name is Format.onnx):
            raise ExportError(
                f"'{model_file}' is no name for a file of --format {self.name.value}: those of "
                f'ONNX, and only they, end in {ONNX_SUFFIX}'
            )


def file_format(chosen: Format) -> FileFormat:
    """The format by name; raises ExportError when packages for it are not installed."""
    if chosen is Format.torchscript:
        return FileFormat(chosen, TorchScriptDraft, PARITY)
    need_onnx()
    from posenet_training.exporting.onnx_file import OnnxDraft

    # Other convolutions than torch's round otherwise.
    return FileFormat(chosen, OnnxDraft, 1e-4)
