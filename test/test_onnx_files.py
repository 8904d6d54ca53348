# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An ONNX file is a model file of its own where torch.jit is no more, as in Python 3.14."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from model_files import ColourNet, write_twin
from twin_files import model_and_onnx_file, with_metadata

from posenet_ros.engine_choice import EngineWish
from posenet_ros.engines import ON_TWINS, twin_of
from posenet_ros.model_file import REFERENCE_FILE, load_model, read_spec
from posenet_ros.model_spec import ModelFileError
from posenet_ros.models import load_models
from posenet_ros.onnx_metadata import metadata_of

for package in ('onnx', 'onnxscript', *ON_TWINS):
    pytest.importorskip(package)

BLUE = np.full((224, 224, 3), (30, 60, 200), np.uint8)
# Nothing of torch.jit may be touched, neither on import nor later.
WITHOUT_JIT = """
import sys, torch, numpy

class Gone:
    def __getattr__(self, name):
        raise RuntimeError(f'torch.jit.{name} is gone')

torch.jit = Gone()
from posenet_ros.model_file import load_model
crop = numpy.full((224, 224, 3), (30, 60, 200), numpy.uint8)
print(load_model(sys.argv[1]).predict(crop).position.tolist())
"""


@pytest.fixture(scope='module')
def files(tmp_path_factory) -> tuple[Path, Path]:
    return model_and_onnx_file(tmp_path_factory.mktemp('onnx'))


@pytest.mark.parametrize('engine', ['torchscript', 'auto', *ON_TWINS])
def test_it_answers_as_the_model_file(files, engine):
    model, alone = files
    expected, regressor = load_model(model), load_model(alone, wish=EngineWish(engine, 1))
    assert regressor.engine in ON_TWINS
    assert engine not in ON_TWINS or regressor.engine == engine
    assert read_spec(alone).scene == read_spec(model).scene
    found, right = regressor.predict(BLUE), expected.predict(BLUE)
    np.testing.assert_allclose(found.position, right.position, rtol=1e-5)
    np.testing.assert_allclose(found.covariance, right.covariance, rtol=1e-5)
    looked = regressor.reference.look_up(found.feature)
    assert looked.novelty == pytest.approx(expected.reference.look_up(right.feature).novelty)


def test_torch_jit_is_not_needed(files):
    arguments = [sys.executable, '-W', 'ignore', '-c', WITHOUT_JIT]
    there = subprocess.run([*arguments, files[1]], capture_output=True, text=True, check=False)
    assert there.returncode == 0, there.stderr
    np.testing.assert_allclose(json.loads(there.stdout), BLUE[0, 0] / 25.5, rtol=1e-5)
    other = subprocess.run([*arguments, files[0]], capture_output=True, text=True, check=False)
    assert 'torch.jit.load is gone' in other.stderr


def test_a_folder_may_hold_onnx_files_alone(files):
    models = load_models(files[1].parent, '', 'cpu')
    assert list(models.files.values()) == [files[1]]


def test_what_is_wrong_with_one_is_said(files, tmp_path):
    def changed(name: str, change) -> Path:
        path = tmp_path / f'{name}.onnx'
        path.write_bytes(change(files[1].read_bytes()))
        return path

    with pytest.raises(ModelFileError, match='is not in the list of trusted models'):
        load_model(changed('longer', lambda content: content + b'\x08\x08'))
    with pytest.raises(ModelFileError, match='corrupt or no ONNX file'):
        load_model(changed('half', lambda content: content[: len(content) // 2]))
    with pytest.raises(ModelFileError, match=r'no metadata.json in its metadata; make one'):
        load_model(changed('empty', lambda content: b''))
    write_twin(tmp_path / 'old.pt', ColourNet())
    old = with_metadata(twin_of(tmp_path / 'old.pt'), **{REFERENCE_FILE: ''})
    with pytest.raises(ModelFileError, match=r'or an old one: no reference.npz in its metadata'):
        load_model(old)


def test_metadata_is_read_as_onnx_reads_it(files):
    import onnx

    content = files[1].read_bytes()
    entries = onnx.load_from_string(content).metadata_props
    assert metadata_of(content) == {entry.key: entry.value.encode() for entry in entries}
