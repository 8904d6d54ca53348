# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Read what a model file says of itself, in either format."""

from pathlib import Path

from posenet_ros.model_archive import ONNX_SUFFIX
from posenet_ros.model_file import load_model
from posenet_ros.model_spec import ModelSpec
from posenet_training.exporting.onnx_extra import need_onnx


def checked_spec(path: Path) -> ModelSpec:
    """Load and check a model file as its users would; raises ModelFileError or ExportError."""
    if path.suffix != ONNX_SUFFIX:
        return load_model(path).spec
    need_onnx()
    from posenet_training.exporting.onnx_file import load_onnx

    return load_onnx(path).spec
