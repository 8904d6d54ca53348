# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The packages that ONNX needs."""

from importlib.util import find_spec

from posenet_training.errors import ExportError

PACKAGES = ('onnx', 'onnxruntime', 'onnxscript')


def need_onnx() -> None:
    """Raise ExportError when a package that ONNX files need is not installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ExportError(
            f'ONNX needs {" and ".join(missing)}: pip install {" ".join(missing)}, or '
            "'./training[onnx]' of the checkout"
        )
