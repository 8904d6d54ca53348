# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The ONNX file keeps the contract of the model file."""

import json
import re

import numpy as np
import onnx
import pytest
import torch
from command_samples import posenet, refused
from export_samples import CREATED, STEPS, short_run
from model_files import listed
from torch.nn.functional import interpolate

from posenet_ros.model_file import REFERENCE_FILE
from posenet_ros.model_spec import METADATA_FILE, ModelFileError, ModelSpec
from posenet_training.errors import ExportError
from posenet_training.exporting import onnx_extra
from posenet_training.exporting.choices import Choices, Format
from posenet_training.exporting.claims import LearnedClaim
from posenet_training.exporting.draft import file_format
from posenet_training.exporting.export import export
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.exporting.onnx_file import load_onnx
from posenet_training.exporting.onnx_graph import resampling_matrix
from posenet_training.exporting.parity import check_parity, outputs_of
from posenet_training.exporting.stored_weights import SMALLEST_HALVED, as_stored
from posenet_training.module import load_network


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """(checkpoint, ONNX file) of a short run."""
    folder = tmp_path_factory.mktemp('onnx')
    checkpoint, source = short_run(folder, 'resnet18', uncertainty_views=8)
    export(checkpoint, source, folder / 'model.onnx', CREATED, Choices(format=Format.onnx))
    return checkpoint, folder / 'model.onnx'


@pytest.fixture(scope='module')
def proto(exported):
    return onnx.load(str(exported[1]))


@pytest.fixture(scope='module')
def model(exported):
    return load_onnx(exported[1])


@pytest.mark.parametrize('count', [1, 2, 3])
def test_it_answers_as_the_network_with_the_stored_weights_for_any_batch(exported, model, count):
    stored = as_stored(load_network(exported[0])[0], torch.float16)
    whole = ExportedPoseNet(stored, LearnedClaim(stored.deviations))
    noise = np.random.default_rng(count).integers(0, 256, (count, 224, 224, 3), np.uint8)
    images = torch.from_numpy(noise)
    answers = model.answers(images)
    assert [tuple(output.shape) for output in answers] == [
        (count, 3), (count, 4), (count, 6, 6), (count, 2048)
    ]  # fmt: skip
    check_parity(outputs_of(whole, images), answers, 1e-4, 'the file')


def test_inputs_outputs_and_metadata_are_those_of_the_contract(proto):
    (images,) = proto.graph.input
    batch, *sides = images.type.tensor_type.shape.dim
    assert (images.name, images.type.tensor_type.elem_type) == ('images', onnx.TensorProto.UINT8)
    assert batch.dim_param
    assert [side.dim_value for side in sides] == [224, 224, 3]
    assert [value.name for value in proto.graph.output] == [
        'position', 'q_xyzw', 'covariance', 'feature'
    ]  # fmt: skip
    texts = {entry.key: entry.value for entry in proto.metadata_props}
    assert set(texts) == {METADATA_FILE, REFERENCE_FILE}
    spec = ModelSpec.from_json(texts[METADATA_FILE])
    assert (spec.scene, spec.created, spec.network.trunk) == ('scene', CREATED, 'resnet18')
    assert spec.recipe['steps_done'] == STEPS


def test_weights_are_stored_under_their_names_and_large_ones_halved(exported, proto):
    stored = {value.name: value for value in proto.graph.initializer}
    state = load_network(exported[0])[0]
    for name, weight in state.named_parameters():
        large = weight.numel() >= SMALLEST_HALVED
        expected = onnx.TensorProto.FLOAT16 if large else onnx.TensorProto.FLOAT
        value = stored[f'{"claim" if name.startswith("deviations") else "network"}.{name}']
        assert value.data_type == expected, name
        kept = weight.detach().half().float() if large else weight.detach()
        array = onnx.numpy_helper.to_array(value).astype(np.float32)
        np.testing.assert_array_equal(array, kept.numpy(), err_msg=name)


def test_the_file_holds_no_path_of_this_machine(exported):
    assert b'posenet_training/' not in exported[1].read_bytes()


@pytest.mark.parametrize('side', [64, 97, 112, 200, 223])
def test_two_matrix_products_resample_as_torch_does(side):
    images = torch.rand((2, 3, 224, 224), generator=torch.Generator().manual_seed(side)) * 255
    matrix = torch.from_numpy(resampling_matrix(224, side))
    expected = interpolate(images, (side, side), mode='bilinear', antialias=True)
    torch.testing.assert_close(matrix @ images @ matrix.T, expected, atol=2e-4, rtol=0.0)


def rewritten(proto, path, change):
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    change(copy)
    path.write_bytes(copy.SerializeToString())
    return listed(path)


def without_metadata(proto):
    del proto.metadata_props[:]


def newer(proto):
    values = json.loads(proto.metadata_props[0].value)
    proto.metadata_props[0].value = json.dumps({**values, 'format_version': 99})


def other_weights(proto):
    value = next(v for v in proto.graph.initializer if v.name == 'network.centre')
    array = onnx.numpy_helper.to_array(value) + 1.0
    value.CopyFrom(onnx.numpy_helper.from_array(array, value.name))


def unknown_operator(proto):
    proto.graph.node[0].op_type = 'Teleport'


def outputs_in_another_order(proto):
    names = [value.name for value in proto.graph.output]
    for value, name in zip(proto.graph.output, reversed(names), strict=True):
        value.name = f'{name}_renamed'


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        (without_metadata, 'no posenet_ros model: no metadata.json in its metadata'),
        (newer, 'has format 99, newer than'),
        (other_weights, 'its weights are not those'),
        (unknown_operator, 'onnxruntime does not take its graph'),
        (outputs_in_another_order, 'onnxruntime does not take its graph|does not take two'),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_one_sentence(proto, tmp_path, change, words):
    path = rewritten(proto, tmp_path / 'model.onnx', change)
    with pytest.raises(ModelFileError, match=f"'{path}' cannot be used: .*({words})") as error:
        load_onnx(path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('content', [None, b'', b'PK\x03\x04 something else'])
def test_what_is_no_onnx_file_is_refused(tmp_path, content):
    path = tmp_path / 'model.onnx'
    if content is not None:
        path.write_bytes(content)
        listed(path)
    with pytest.raises(ModelFileError, match=r'cannot be used: (there is no such file|it is )'):
        load_onnx(path)


def test_describe_says_what_it_is_and_prints_all_as_json(exported, model, monkeypatch, capsys):
    for arguments in ((), ('--json',)):
        assert posenet(monkeypatch, 'describe', exported[1], *arguments) == 0
        out = capsys.readouterr().out
        if arguments:
            assert ModelSpec.from_json(out) == model.spec
        else:
            assert 'resnet18, six_d rotation head' in out
            assert 'fp16' in out


def test_missing_packages_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(onnx_extra, 'PACKAGES', ('onnx', 'onnx_that_nobody_has'))
    sentence = r'ONNX needs onnx_that_nobody_has: pip install onnx_that_nobody_has, or .*\[onnx\]'
    with pytest.raises(ExportError, match=sentence):
        file_format(Format.onnx)
    assert re.search(sentence, refused(monkeypatch, 'describe', tmp_path / 'model.onnx'))


@pytest.mark.parametrize(
    ('chosen', 'name'), [(Format.onnx, 'model.pt'), (Format.torchscript, 'model.onnx')]
)
def test_a_name_of_the_other_format_is_refused(chosen, name, tmp_path):
    with pytest.raises(
        ExportError, match=f"{name}' is no name for a file of --format {chosen.value}"
    ):
        file_format(chosen).check_name(tmp_path / name)
