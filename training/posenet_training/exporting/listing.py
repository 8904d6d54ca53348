# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What was made here may run here: `posenet` lists the model files that it writes."""

from pathlib import Path

from posenet_ros.model_archive import ModelArchive, read_bytes
from posenet_ros.trusted_models import TrustedModels


def list_as_trusted(written: Path, model_file: Path) -> None:
    """List what was written and will be the model file; raises ModelFileError."""
    TrustedModels().add(ModelArchive(read_bytes(written)).sha256, model_file)
