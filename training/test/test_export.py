# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file answers as the network does, and the robot's loader accepts it."""

import json

import numpy as np
import pytest
import torch
from training_samples import crops, network, small_scene

from posenet_ros.geometry import rotation_angle
from posenet_ros.model_file import load_model, read_spec
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import ExportError
from posenet_training.evaluate import evaluate, file_predictor, network_predictor
from posenet_training.export import (
    SMALLEST_HALVED,
    ExportedPoseNet,
    _check_parity,
    export,
    save,
    trace,
)
from posenet_training.fit import fit
from posenet_training.metrics import second_moment
from posenet_training.module import load_network
from posenet_training.options import NetworkOptions, TrainOptions

CREATED = '2026-11-22T12:00:00+00:00'


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """(checkpoint, source, model file) of a run of a few steps."""
    folder = tmp_path_factory.mktemp('export')
    source = PictureSource(small_scene(folder / 'scene', train=6, validation=30))
    options = TrainOptions(
        NetworkOptions('mobilenet_v3_small', 'six_d'),
        steps=3,
        batch=4,
        learning_rate=1e-3,
        beta=1.0,
    )
    checkpoint = fit(source, options, folder / 'run', workers=0)
    model_file = folder / 'model.pt'
    export(checkpoint, source, model_file, CREATED)
    return checkpoint, source, model_file


@pytest.mark.parametrize('rotation', ['quaternion', 'six_d'])
def test_traced_network_answers_as_the_eager_one(rotation):
    net = network('googlenet', rotation)
    traced = trace(ExportedPoseNet(net, np.eye(6)), crops(3)).module
    images = torch.from_numpy(crops(5, seed=9))
    with torch.no_grad():
        position, q_xyzw, covariance, feature = traced.float()(images)
        pose = net.eval()(images)
    assert covariance.shape == (5, 6, 6)
    assert float((position - pose.position).norm(dim=-1).max()) < 1e-3
    angles = rotation_angle(q_xyzw.double().numpy(), pose.q_xyzw.double().numpy())
    # Untrained, the raw rotation is short, so that rounding its weights turns it more.
    assert np.degrees(angles).max() < 0.1
    torch.testing.assert_close(feature, pose.feature, atol=1e-2, rtol=1e-2)


def test_a_difference_between_traced_and_eager_is_refused():
    zeros = (torch.zeros(1, 3), torch.zeros(1, 4), torch.zeros(1, 6, 6), torch.zeros(1, 8))
    other = (torch.full((1, 3), 2e-5), *zeros[1:])
    _check_parity(zeros, zeros)
    with pytest.raises(ExportError, match='differs from the eager one by 2e-05'):
        _check_parity(zeros, other)


def test_only_large_weights_are_halved(exported):
    module = torch.jit.load(str(exported[2]))
    for name, weight in module.named_parameters():
        expected = torch.float16 if weight.numel() >= SMALLEST_HALVED else torch.float32
        assert weight.dtype == expected, name
    for name, buffer in module.named_buffers():
        assert buffer.dtype in (torch.float32, torch.int64), name


def test_robot_loads_the_file_and_gets_the_networks_poses(exported):
    checkpoint, source, model_file = exported
    net, _, _ = load_network(checkpoint)
    images = source.frames('test').images
    from_file = file_predictor(load_model(model_file))(images)
    eager = network_predictor(net)(images)
    np.testing.assert_allclose(from_file.T_map_camera, eager.T_map_camera, atol=1e-3)
    np.testing.assert_allclose(from_file.features, eager.features, atol=1e-2)


def test_file_describes_itself(exported):
    checkpoint, source, model_file = exported
    spec = read_spec(model_file)
    net, _, _ = load_network(checkpoint)
    calibration = source.frames('calibration')
    errors = evaluate_errors(net, calibration)
    assert spec.scene == 'scene'
    assert spec.created == CREATED
    assert spec.network.trunk == 'mobilenet_v3_small'
    assert spec.network.pretrained == 'none'
    assert spec.network.feature_size == 2048
    assert spec.recipe['steps_done'] == 3
    assert spec.held_out_errors.frames == len(calibration.images)
    np.testing.assert_allclose(spec.covariance, second_moment(errors), rtol=1e-6)
    assert spec.metrics['median_position_m'] == pytest.approx(
        evaluate(network_predictor(net), source)['median_position_m']
    )
    low, high = np.array(spec.extent.minimum), np.array(spec.extent.maximum)
    positions = source.frames('reference').positions
    assert np.all(positions >= low - 1e-3)
    assert np.all(positions <= high + 1e-3)


def evaluate_errors(net, frames):
    from posenet_ros.geometry import pose_error

    answers = network_predictor(net)(frames.images)
    return pose_error(answers.T_map_camera, frames.T_map_camera)


def test_covariance_of_the_file_is_that_of_its_spec(exported):
    regressor = load_model(exported[2])
    covariance = regressor.predict(crops(1)[0]).covariance
    np.testing.assert_allclose(covariance, regressor.spec.covariance, rtol=1e-5)


def test_too_few_calibration_frames_are_refused(exported, tmp_path):
    checkpoint, _, _ = exported
    source = PictureSource(small_scene(tmp_path / 'scene', train=4, validation=9))
    with pytest.raises(ExportError, match='3 calibration frames do not make a covariance'):
        export(checkpoint, source, tmp_path / 'model.pt', CREATED)
    assert not (tmp_path / 'model.pt').exists()


def test_failed_export_leaves_the_old_file(exported, tmp_path):
    model_file = tmp_path / 'model.pt'
    model_file.write_bytes(b'old')
    spec = read_spec(exported[2])
    module = torch.jit.load(str(exported[2]))
    broken = type(spec)(**{**spec.__dict__, 'recipe': {'not for JSON': object()}})
    with pytest.raises(TypeError):
        save(module, broken, model_file)
    assert model_file.read_bytes() == b'old'
    assert [path.name for path in tmp_path.iterdir()] == ['model.pt']


def test_report_is_json(exported):
    spec = read_spec(exported[2])
    report = json.loads(json.dumps(spec.metrics))
    assert {'nearest_training_picture', 'mean_training_pose', 'by_heading'} <= set(report)
