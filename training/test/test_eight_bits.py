# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet quantize`: a file in eight bits answers nearly as before, and knows its own errors."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from command_samples import posenet, refused
from export_samples import CREATED, short_run
from model_files import listed

from posenet_ros.engine_choice import EngineWish
from posenet_ros.geometry import distance, transform
from posenet_ros.model_file import load_model, read_spec
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting.choices import Choices, Format
from posenet_training.exporting.eight_bits import write_in_eight_bits
from posenet_training.exporting.export import export

ENGINE = EngineWish('onnxruntime', threads=1)


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """(source, file of 32 bits, file of eight bits)."""
    folder = tmp_path_factory.mktemp('eight')
    checkpoint, source = short_run(folder, 'resnet18')
    full, eight = folder / 'model.onnx', folder / 'eight.onnx'
    export(checkpoint, source, full, CREATED, Choices(format=Format.onnx))
    write_in_eight_bits(full, source, [], eight, 1, lambda items, title: items)
    return source, full, eight


def test_it_answers_nearly_as_before(files):
    source, full, eight = files
    pictures = judged_pictures(source, 'validation')
    crops = [pictures.seen(number) for number in range(10)]
    full, eight = (load_model(file, wish=ENGINE) for file in (full, eight))
    for before, after in ((full.predict(crop), eight.predict(crop)) for crop in crops):
        metres, angle = distance(
            transform(before.position, before.q_xyzw), transform(after.position, after.q_xyzw)
        )
        # The network has hardly learned anything: its poses are made of small differences.
        assert 0.0 < metres < 0.2
        assert np.degrees(angle) < 3.0
        alike = before.feature @ after.feature
        assert alike > 0.97 * np.linalg.norm(before.feature) * np.linalg.norm(after.feature)


def test_it_is_smaller_and_computes_with_integers(files):
    _, full, eight = files
    assert eight.stat().st_size < 0.8 * full.stat().st_size
    graph = onnx.load(str(eight)).graph
    types = {value.name: value.data_type for value in graph.initializer}
    made = {node.output[0]: node for node in graph.node}
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    read = [made[node.input[1]].input[0] for node in convolutions if node.input[1] in made]
    # All but the first one, which reads the picture.
    assert len(read) >= len(convolutions) - 1
    assert [types[name] for name in read].count(onnx.TensorProto.INT8) == len(convolutions) - 1


def test_it_says_how_it_is_stored_and_is_calibrated_by_its_own_answers(files):
    before, after = (load_model(file, wish=ENGINE).spec for file in files[1:])
    assert after.metrics['stored']['precision'] == 'int8'
    assert after.weights_sha256 != before.weights_sha256
    assert after.calibration != before.calibration
    assert after.recipe == before.recipe


def test_the_command_writes_the_same_weights(files, monkeypatch, tmp_path):
    source, full, eight = files
    again = tmp_path / 'again.onnx'
    assert posenet(monkeypatch, 'quantize', full, source.scene.root, again) == 0
    assert read_spec(again).weights_sha256 == read_spec(eight).weights_sha256


def test_an_onnx_file_is_calibrated_in_place(files, monkeypatch, tmp_path):
    source, full, _ = files
    full = listed(Path(shutil.copy(full, tmp_path)))
    before = load_model(full, wish=ENGINE)
    rate = ('--false-refusal-rate', 0.05)
    assert posenet(monkeypatch, 'calibrate', full, source.scene.root, *rate) == 0
    after = load_model(full, wish=ENGINE)
    assert after.spec.gates != before.spec.gates
    crop = torch.full((1, 224, 224, 3), 90, dtype=torch.uint8)
    for mine, theirs in zip(after.answers(crop), before.answers(crop), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize('names', [('a.pt', 'b.onnx'), ('a.onnx', 'b.pt'), ('a.onnx', 'a.onnx')])
def test_other_names_are_refused(files, names, monkeypatch, tmp_path):
    given, out = (tmp_path / name for name in names)
    assert 'two different names' in refused(
        monkeypatch, 'quantize', given, files[0].scene.root, out
    )


def test_a_file_of_eight_bits_is_refused(files, monkeypatch, tmp_path):
    source, _, eight = files
    out = tmp_path / 'out.onnx'
    said = refused(monkeypatch, 'quantize', eight, source.scene.root, out)
    assert 'it has eight bits already' in said
    assert not out.exists()


def test_a_file_that_is_not_there_is_refused(files, monkeypatch, tmp_path):
    given, out = tmp_path / 'no.onnx', tmp_path / 'out.onnx'
    said = refused(monkeypatch, 'quantize', given, files[0].scene.root, out)
    assert 'there is no such file' in said
    assert not out.exists()
