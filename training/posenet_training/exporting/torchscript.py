# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network as TorchScript, the model file that the node of posenet_ros loads."""

import warnings
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor

from posenet_ros.model_file import (
    REFERENCE_FILE,
    load_model,
    quiet_torchscript,
    weights_sha256,
)
from posenet_ros.model_spec import METADATA_FILE, ModelSpec
from posenet_ros.reference import Reference
from posenet_training.errors import ExportError
from posenet_training.exporting.fixed_devices import fixed_devices
from posenet_training.exporting.network import ExportedNetwork
from posenet_training.exporting.parity import Answering, check_parity, outputs_of
from posenet_training.exporting.stored_weights import store

PARITY = 1e-5


class TorchScriptDraft:
    """A traced network with stored weights, which is not yet a file.

    Raises ExportError when its answers on crops [N, 224, 224, 3] differ from the network's, or
    when its graph names a device.
    """

    def __init__(self, network: ExportedNetwork, dtype: torch.dtype, images: Tensor) -> None:
        self._module = trace(network, images[:1])
        eager, traced = outputs_of(network, images), outputs_of(self._module, images)
        check_parity(eager, traced, PARITY, 'the trace')
        store(self._module, dtype)
        self.weights_sha256 = weights_sha256(self._module)

    def save(self, spec: ModelSpec, reference: Reference, path: Path) -> None:
        """Write network, spec and training frames."""
        save_model(self._module, spec, reference, path)

    def read(self, path: Path) -> Answering:
        """Open a file as the robot does: checked, widened and frozen."""
        return load_model(path).answers


def save_model(
    module: torch.jit.ScriptModule, spec: ModelSpec, reference: Reference, path: Path
) -> None:
    """Write a model file."""
    extra = {METADATA_FILE: spec.to_json(), REFERENCE_FILE: reference.to_bytes()}
    # Through memory: of a full disk torch's own writer says a page, and not that it is full.
    content = BytesIO()
    with quiet_torchscript():
        torch.jit.save(module, content, _extra_files=extra)
    path.write_bytes(content.getbuffer())


def trace(network: ExportedNetwork, example: Tensor) -> torch.jit.ScriptModule:
    """Trace a network on one picture [1, 224, 224, 3]; it then takes any number of them.

    Raises ExportError when its graph holds a device.
    """
    with torch.inference_mode(False), torch.no_grad(), quiet_torchscript():
        # Of values that the trace does not follow: answers are compared instead.
        warnings.simplefilter('ignore', torch.jit.TracerWarning)
        # A copy: the traced module and the traced one share their weights.
        module = torch.jit.trace(deepcopy(network), example, check_trace=False)
    found = fixed_devices(module)
    if found:
        raise ExportError(
            f'the traced network would run on one device only, because of {found[0]}: keep such '
            'tensors as buffers'
        )
    return module
