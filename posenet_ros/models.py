# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The models of one file, or of a folder with one file a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from posenet_ros.engine_choice import EngineWish
from posenet_ros.freed_memory import give_back_freed_memory
from posenet_ros.model_file import TORCHSCRIPT, Regressor, load_model, read_spec
from posenet_ros.model_spec import ModelFileError
from posenet_ros.trusted_models import TrustedModels

PATTERN = '*.pt'
# Where there is no TorchScript, as in Python 3.14.
ONNX_PATTERN = '*.onnx'


@dataclass(frozen=True)
class Models:
    """Loaded models by the names of their scenes, and the files that they came from."""

    regressors: Mapping[str, Regressor]
    files: Mapping[str, Path]


def model_files(path: Path, pinned: str) -> dict[str, Path]:
    """The model files at a path, by the names of their scenes; all of it, or the pinned one.

    Reads no more than what the files say about themselves: milliseconds.  Raises ModelFileError
    with one sentence when a file or the choice cannot be used.
    """
    found: dict[str, Path] = {}
    for file in _files(path):
        scene = _scene(file)
        if scene in found:
            raise ModelFileError(
                f"folder '{path}' cannot be used: '{found[scene].name}' and '{file.name}' are "
                f"both of the scene '{scene}'; keep one of them"
            )
        found[scene] = file
    if not pinned:
        return found
    if pinned not in found:
        known = ', '.join(f"'{scene}'" for scene in found)
        raise ModelFileError(
            f"parameter 'scene' is '{pinned}', but '{path}' holds {known}: set it to one of them, "
            "or to '' to let the pictures choose"
        )
    return {pinned: found[pinned]}


def load_models(
    path: Path,
    pinned: str,
    device: str,
    wish: EngineWish = TORCHSCRIPT,
    trusted: TrustedModels | None = None,
) -> Models:
    """Load, check and warm up what `model_files` names; raises ModelFileError like it."""
    if wish.threads:
        # OpenMP keeps this number per thread: engines are timed in this one.
        torch.set_num_threads(wish.threads)
    files = model_files(path, pinned)
    loaded = {scene: load_model(file, device, wish, trusted) for scene, file in files.items()}
    # Of files, and of graphs that were compared.
    give_back_freed_memory()
    return Models(loaded, files)


def resident_mb() -> float:
    """Memory that this process takes at the moment, in MB."""
    status = Path('/proc/self/status').read_text()
    line = next(line for line in status.splitlines() if line.startswith('VmRSS:'))
    return int(line.split()[1]) / 1000.0


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        # An ONNX file beside a model file is its twin.
        files = sorted(path.glob(PATTERN)) or sorted(path.glob(ONNX_PATTERN))
    except OSError as error:
        raise ModelFileError(f"'{path}' cannot be read: {error.strerror}") from error
    if not files:
        raise ModelFileError(
            f"folder '{path}' cannot be used: there is no {PATTERN} and no {ONNX_PATTERN} in it; "
            'copy a model file of each place into it'
        )
    return files


def _scene(file: Path) -> str:
    try:
        return read_spec(file).scene
    except ModelFileError as error:
        raise ModelFileError(f"model file '{file}' cannot be used: {error}") from error
