# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file answers as the network does, and the robot's loader accepts it."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from export_samples import CREATED, STEPS, short_run
from model_files import CALIBRATION, GATES, REFERENCE
from training_samples import crops, network, small_scene

from posenet_ros.geometry import pose_error
from posenet_ros.model_file import load_model, read_reference, read_spec
from posenet_ros.model_spec import HeldOutErrors
from posenet_training.calibrating.calibrate import Trust
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import ExportError
from posenet_training.evaluation.predictors import file_predictor, network_predictor
from posenet_training.exporting.choices import Choices, Precision
from posenet_training.exporting.claims import ConstantClaim
from posenet_training.exporting.export import export
from posenet_training.exporting.facts import extent_of, spec_of
from posenet_training.exporting.fixed_devices import fixed_devices
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.exporting.parity import check_parity
from posenet_training.exporting.stored_weights import SMALLEST_HALVED, as_stored, pose_shift
from posenet_training.exporting.torchscript import PARITY, TorchScriptDraft, trace
from posenet_training.metrics import second_moment
from posenet_training.module import load_network

TRUNK = 'mobilenet_v3_small'


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """(checkpoint, source) of a run of a few steps."""
    return short_run(tmp_path_factory.mktemp('export'), TRUNK)


@pytest.fixture(scope='module')
def exported(run, tmp_path_factory):
    """A model file of that run."""
    model_file = tmp_path_factory.mktemp('model') / 'model.pt'
    export(*run, model_file, CREATED)
    return model_file


def answers(module, images):
    with torch.no_grad():
        return module(torch.from_numpy(images))


@pytest.mark.parametrize(
    ('trunk', 'rotation', 'side'), [('googlenet', 'quaternion', 112), (TRUNK, 'six_d', 224)]
)
def test_the_trace_answers_as_the_eager_network_and_keeps_doing_so_when_optimized(
    trunk, rotation, side
):
    net = network(trunk, rotation)
    net.side = side
    whole = ExportedPoseNet(as_stored(net, torch.float16), ConstantClaim(np.eye(6)))
    images = crops(3, seed=9)
    eager = answers(whole, images)
    traced = trace(whole, torch.from_numpy(images[:1])).eval()
    check_parity(eager, answers(traced, images), PARITY, 'the trace')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        frozen = torch.jit.freeze(traced)
        check_parity(eager, answers(frozen, images), PARITY, 'the frozen')
        optimized = torch.jit.optimize_for_inference(traced)
    check_parity(eager, answers(optimized, images), PARITY, 'the optimized')


def test_a_difference_between_traced_and_eager_is_refused():
    zeros = (torch.zeros(1, 3), torch.zeros(1, 4))
    other = (torch.full((1, 3), 2e-5), zeros[1])
    assert check_parity(zeros, zeros, 1e-5, 'the file') == 0.0
    with pytest.raises(ExportError, match=r'the file answers otherwise .* by 2e-05 where 1e-05'):
        check_parity(zeros, other, 1e-5, 'the file')
    with pytest.raises(ExportError, match='by nan'):
        check_parity(zeros, (torch.full((1, 3), torch.nan), zeros[1]), 1e-5, 'the file')


def test_differences_of_large_numbers_count_by_their_share():
    far = (torch.full((2, 3), 1000.0),)
    assert check_parity(far, (far[0] + 0.001,), 1e-5, 'the file') == pytest.approx(1e-6, rel=0.05)


class Pinned(torch.nn.Module):
    """Adds something that stays on one device when the module moves."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.register_buffer('moving', torch.ones(3))
        self.outside = torch.arange(3.0)

    def forward(self, images):
        mean = images.float().mean((1, 2))
        if self.kind == 'made here':
            return mean + torch.ones(3)
        if self.kind == 'moved':
            return mean.to('cpu') + self.moving
        if self.kind == 'not a buffer':
            return mean + self.outside
        if self.kind == 'made beside its input':
            return mean + torch.ones(3, device=images.device)
        return mean * 2.0 + self.moving


@pytest.mark.parametrize(
    ('kind', 'words'),
    [
        ('made here', "the device 'cpu' for aten::ones"),
        ('made beside its input', "the device 'cpu' for aten::ones"),
        ('moved', "the device 'cpu' for aten::to"),
        ('not a buffer', r'a constant tensor \[3\]'),
    ],
)
def test_a_graph_that_holds_a_device_is_refused(kind, words):
    with pytest.raises(ExportError, match=f'one device only, because of {words}.*buffers'):
        trace(Pinned(kind), torch.from_numpy(crops(1)))


def test_buffers_and_numbers_hold_no_device():
    assert fixed_devices(trace(Pinned('free'), torch.from_numpy(crops(1)))) == []


@pytest.mark.parametrize(('rotation', 'side'), [('quaternion', 224), ('six_d', 112)])
def test_the_networks_graph_holds_no_device(rotation, side):
    net = network(TRUNK, rotation)
    net.side = side
    module = trace(ExportedPoseNet(net, ConstantClaim(np.eye(6))), torch.from_numpy(crops(1)))
    assert fixed_devices(module) == []


@pytest.mark.parametrize(('dtype', 'megabytes'), [(torch.float16, 20), (torch.float32, 40)])
def test_googlenet_stays_below_the_papers_size(dtype, megabytes, exported, tmp_path):
    whole = ExportedPoseNet(network('googlenet'), ConstantClaim(np.eye(6)))
    draft = TorchScriptDraft(as_exported(whole, dtype), dtype, torch.from_numpy(crops(1)))
    draft.save(read_spec(exported), read_reference(exported), tmp_path / 'googlenet.pt')
    # The paper says 50 MB.
    assert (tmp_path / 'googlenet.pt').stat().st_size < megabytes * 1e6


def as_exported(whole, dtype):
    whole.network = as_stored(whole.network, dtype)
    return whole


def test_only_large_weights_are_halved(exported):
    module = torch.jit.load(str(exported))
    for name, weight in module.named_parameters():
        expected = torch.float16 if weight.numel() >= SMALLEST_HALVED else torch.float32
        assert weight.dtype == expected, name
    for name, buffer in module.named_buffers():
        assert buffer.dtype in (torch.float32, torch.int64), name


def test_robot_gets_the_poses_of_the_network_with_the_stored_weights(run, exported):
    checkpoint, source = run
    images = source.frames('test').images
    from_file = file_predictor(load_model(exported))(images)
    stored = network_predictor(as_stored(load_network(checkpoint)[0], torch.float16))(images)
    np.testing.assert_allclose(from_file.T_map_camera, stored.T_map_camera, atol=2e-5)
    np.testing.assert_allclose(from_file.features, stored.features, atol=2e-5)


def test_full_precision_stores_the_weights_as_they_are(run, exported, tmp_path):
    checkpoint, source = run
    model_file = tmp_path / 'model.pt'
    choices = Choices(precision=Precision.fp32)
    spec = export(checkpoint, source, model_file, CREATED, choices).spec
    assert {weight.dtype for weight in torch.jit.load(str(model_file)).parameters()} == {
        torch.float32
    }
    assert spec.metrics['stored']['precision'] == 'fp32'
    assert set(spec.metrics['stored']['shift'].values()) == {0.0}
    assert model_file.stat().st_size > 1.5 * exported.stat().st_size


def test_a_large_shift_of_the_poses_is_refused():
    q_xyzw = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    full = (torch.zeros(1, 3), q_xyzw)
    shift = pose_shift(full, (torch.full((1, 3), 5e-4), q_xyzw))
    assert shift['median_position_m'] == pytest.approx(5e-4 * 3**0.5)
    with pytest.raises(ExportError, match=r'by 3\.46 mm and 0\.000 degrees .*--precision fp32'):
        pose_shift(full, (torch.full((1, 3), 2e-3), q_xyzw))
    with pytest.raises(ExportError, match=r'by 0\.00 mm and 0\.0\d\d degrees'):
        pose_shift(full, (full[0], torch.tensor([[0.0, 0.0, 3e-4, 1.0]])))


def test_file_describes_itself(run, exported):
    checkpoint, source = run
    spec = read_spec(exported)
    stored = network_predictor(as_stored(load_network(checkpoint)[0], torch.float16))
    calibration, reference = source.frames('calibration'), source.frames('reference')
    errors = pose_error(stored(calibration.images).T_map_camera, calibration.T_map_camera)
    assert (spec.scene, spec.created, spec.frame_id) == ('scene', CREATED, 'map')
    assert (spec.network.trunk, spec.network.pretrained) == (TRUNK, 'none')
    assert spec.network.feature_size == 2048
    assert spec.recipe['steps_done'] == STEPS
    assert spec.held_out_errors.frames == len(calibration.images)
    np.testing.assert_allclose(spec.covariance, second_moment(errors), rtol=1e-5)
    low, high = np.array(spec.extent.minimum), np.array(spec.extent.maximum)
    np.testing.assert_allclose(low, reference.positions.min(axis=0), atol=1e-4)
    np.testing.assert_allclose(high, reference.positions.max(axis=0), atol=1e-4)


def test_its_figures_are_those_of_the_robot_on_the_same_pictures(run, exported):
    source, spec = run[1], read_spec(exported)
    test = source.frames('test')
    T_hat = file_predictor(load_model(exported))(test.images).T_map_camera
    distances = np.linalg.norm(pose_error(T_hat, test.T_map_camera)[:, :3], axis=1)
    assert spec.metrics['median_position_m'] == pytest.approx(np.median(distances), abs=1e-4)
    report = json.loads(json.dumps(spec.metrics))
    assert {'nearest_training_picture', 'mean_training_pose', 'by_heading'} <= set(report)


def test_the_frame_is_that_of_the_scene(run):
    checkpoint, source = run
    elsewhere = PictureSource(replace(source.scene, map_frame='hall'))
    errors = HeldOutErrors((), 1, 'nowhere')
    positions = np.zeros((1, 3))
    trust = Trust(CALIBRATION, GATES, REFERENCE)
    extent = extent_of(positions)
    spec = spec_of(load_network(checkpoint), elsewhere, extent, positions, errors, trust)
    assert spec.frame_id == 'hall'


def test_covariance_of_the_file_is_that_of_its_spec(exported):
    regressor = load_model(exported)
    covariance = regressor.predict(crops(1)[0]).covariance
    np.testing.assert_allclose(covariance, regressor.spec.covariance, rtol=1e-5)


def test_too_few_calibration_frames_are_refused(run, tmp_path):
    source = PictureSource(small_scene(tmp_path / 'scene', train=4, validation=9))
    with pytest.raises(ExportError, match='3 calibration frames do not make a covariance'):
        export(run[0], source, tmp_path / 'model.pt', CREATED)
    assert not (tmp_path / 'model.pt').exists()


def test_a_failed_export_leaves_the_old_file(run, tmp_path):
    model_file = tmp_path / 'model.pt'
    model_file.write_bytes(b'old')
    with pytest.raises(TypeError):
        export(*run, model_file, object())
    assert model_file.read_bytes() == b'old'
    assert [path.name for path in tmp_path.iterdir()] == ['model.pt']
