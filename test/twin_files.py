# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Model files beside ONNX twins, right ones and wrong ones, and ONNX files that stand alone."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import torch
from model_files import REFERENCE, SPEC, ColourNet, write_model, write_twin

from posenet_ros.model_archive import ModelArchive
from posenet_ros.model_file import REFERENCE_FILE
from posenet_ros.model_spec import METADATA_FILE
from posenet_ros.trusted_models import TrustedModels


def model_with_twin(folder: Path) -> Path:
    """A model file with its twin."""
    file = write_model(folder / 'room.pt', ColourNet())
    write_twin(file, ColourNet())
    return file


def model_beside_a_strangers_twin(folder: Path) -> Path:
    """A model file beside the twin of another network."""
    file = write_model(folder / 'room.pt', ColourNet())
    other = ColourNet()
    other.claim *= 1.5
    other.rotation.copy_(torch.tensor([0.5, 0.5, 0.5, 0.5]))
    write_twin(file, other)
    return file


def model_and_onnx_file(folder: Path) -> tuple[Path, Path]:
    """A model file, and elsewhere an ONNX file of the same network."""
    model = write_model(folder / 'room.pt', ColourNet())
    twin = write_twin(model, ColourNet())
    (folder / 'alone').mkdir()
    return model, with_metadata(twin.rename(folder / 'alone' / 'room.onnx'))


def with_metadata(twin: Path, **values: str) -> Path:
    """Let a twin say what `posenet export` lets it say, and list it."""
    import onnx

    proto = onnx.load(str(twin))
    frames = b64encode(REFERENCE.to_bytes()).decode()
    spec = replace(SPEC, weights_sha256='not looked at: the whole file is listed')
    both = {METADATA_FILE: spec.to_json(), REFERENCE_FILE: frames, **values}
    onnx.helper.set_model_props(proto, {key: value for key, value in both.items() if value})
    onnx.save(proto, str(twin))
    TrustedModels().add(ModelArchive(twin.read_bytes()).sha256, twin)
    return twin
