# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A small model of a scene, as TorchScript and as its ONNX twin."""

import shutil
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.experiments.experiment import Experiment, train
from posenet_ros.engine_choice import example_crops
from posenet_ros.model_archive import ONNX_SUFFIX
from posenet_ros.model_file import read_reference, read_spec
from posenet_training.data.pictures import PictureSource
from posenet_training.exporting.choices import Choices, Format, Precision
from posenet_training.exporting.draft import file_format
from posenet_training.exporting.export import export
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.members import exported_network, read_members
from posenet_training.exporting.stored_weights import DTYPES, as_stored
from posenet_training.run_files import LAST
from posenet_training.whole_file import whole_file

# Half precision moves the poses of hundreds of square metres by millimetres, which is refused.
PRECISION = Precision.fp32


def taught(source: PictureSource, folder: Path, changes: tuple[str, ...]) -> float:
    """Train `quick`, which is all that is kept of a stopped one; minutes of one core it took."""
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.process_time()
    train(Experiment(folder.name, str(source.scene.root), 'quick', changes), source, folder)
    return (time.process_time() - begun) / 60.0


def write_model(run: Path, source: PictureSource, model_file: Path) -> float:
    """Write the model file and its twin; minutes of one core that the former took."""
    begun = time.process_time()
    created = datetime.now(timezone.utc).isoformat(timespec='seconds')
    export(run / LAST, source, model_file, created, Choices(precision=PRECISION))
    minutes = (time.process_time() - begun) / 60.0
    _write_twin(run / LAST, model_file)
    return minutes


def _write_twin(checkpoint: Path, model_file: Path) -> None:
    """The same network for other engines, without judging it again."""
    dtype = DTYPES[PRECISION]
    members = read_members((checkpoint,))
    stored = [as_stored(member.network, dtype) for member in members]
    spec = read_spec(model_file)
    network = exported_network(members, stored, None, [spec.held_out_errors])
    draft = file_format(Format.onnx).draft(network, dtype, example_crops())
    twin = model_file.with_suffix(ONNX_SUFFIX)
    with whole_file(twin) as partial:
        own = replace(spec, weights_sha256=draft.weights_sha256)
        draft.save(own, read_reference(model_file), partial)
        list_as_trusted(partial, twin)
