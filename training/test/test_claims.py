# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Covariances that exported graphs claim, against their formulas."""

import numpy as np
import pytest
import torch
from export_samples import CREATED, short_run
from scipy.spatial.transform import Rotation
from training_samples import crops, statistics

from posenet_ros.geometry import pose_error, transform
from posenet_ros.model_file import load_model
from posenet_training.errors import ExportError
from posenet_training.exporting.choices import Choices, Uncertainty
from posenet_training.exporting.claims import (
    LEAST_VARIANCE,
    MASKS,
    ConstantClaim,
    DropoutClaim,
    LearnedClaim,
)
from posenet_training.exporting.export import export
from posenet_training.exporting.fixed_devices import fixed_devices
from posenet_training.exporting.network import ExportedEnsemble, ExportedPoseNet
from posenet_training.exporting.onnx_extra import PACKAGES
from posenet_training.exporting.parity import check_parity
from posenet_training.exporting.torchscript import PARITY, trace
from posenet_training.module import load_network
from posenet_training.network import Pose, PoseNet
from posenet_training.recipe import NetworkOptions
from posenet_training.trunks import PlainTrunk

TRUNK = 'mobilenet_v3_small'
IMAGES = torch.from_numpy(crops(3, seed=4))


@pytest.fixture(scope='module')
def net():
    """A network whose deviations differ from picture to picture."""
    net = tiny_network()
    rng = torch.Generator().manual_seed(6)
    net.deviations.weight.data = 0.02 * torch.randn((6, 2048), generator=rng)
    net.deviations.bias.data = torch.tensor([-3.0, -4.0, -3.5, -5.0, -4.0, -4.5])
    return net


def tiny_network() -> PoseNet:
    """A trunk of one layer, under the feature and the regressors of all networks."""
    torch.manual_seed(3)
    trunk = PlainTrunk(torch.nn.Conv2d(3, 16, kernel_size=8, stride=8), 16)
    net = PoseNet(NetworkOptions(rotation='six_d'), statistics(), trunk).eval()
    net.side = 64
    return net


def claims(net: PoseNet) -> dict[str, torch.nn.Module]:
    return {
        'constant': ConstantClaim(np.diag([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        'learned': LearnedClaim(net.deviations),
        'dropout': DropoutClaim(0.4),
    }


def ensemble(net: PoseNet) -> ExportedEnsemble:
    """Two networks that differ."""
    other = tiny_network()
    torch.nn.init.normal_(other.regressor.rotation.bias, std=0.3)
    other.regressor.position.bias.data += 0.2
    return ExportedEnsemble(
        [
            ExportedPoseNet(net, claims(net)['learned']),
            ExportedPoseNet(other, claims(net)['dropout']),
        ]
    )


def answered(module, images=IMAGES) -> list[torch.Tensor]:
    with torch.no_grad():
        return list(module(images))


def poses(position, q_xyzw) -> np.ndarray:
    return np.stack(list(map(transform, position.tolist(), q_xyzw.tolist())))


def random_poses(count: int, scale: float) -> tuple[Pose, torch.Tensor]:
    """Poses with random features, and those features."""
    rng = np.random.default_rng(count)
    feature = torch.from_numpy(rng.exponential(scale, (count, 2048))).float()
    q_xyzw = torch.from_numpy(Rotation.random(count, random_state=rng).as_quat()).float()
    return Pose(torch.zeros(count, 3), q_xyzw, feature), feature


def test_learned_covariance_is_the_cameras_deviations_turned_into_the_map(net):
    pose, feature = random_poses(7, 0.5)
    with torch.no_grad():
        covariance = LearnedClaim(net.deviations)(net, pose).double().numpy()
        logs = net.deviations(feature).double().numpy()
    assert logs.std(axis=0).min() > 0.1
    for R, log, claimed in zip(
        Rotation.from_quat(pose.q_xyzw.numpy()).as_matrix(), logs, covariance, strict=True
    ):
        expected = np.zeros((6, 6))
        for half in (slice(0, 3), slice(3, 6)):
            expected[half, half] = R @ np.diag(np.exp(2.0 * log[half])) @ R.T
        np.testing.assert_allclose(
            claimed, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max()
        )


@pytest.mark.parametrize('scale', [1.0, 30.0, 3000.0])
def test_learned_covariance_is_always_one(net, scale):
    pose, _ = random_poses(20, scale)
    with torch.no_grad():
        covariance = LearnedClaim(net.deviations)(net, pose).double().numpy()
    assert np.isfinite(covariance).all()
    for half in (slice(0, 3), slice(3, 6)):
        assert np.linalg.eigvalsh(covariance[:, half, half]).min() > 0.0


def test_dropout_covariance_is_that_of_the_masked_answers(net):
    claim = DropoutClaim(0.4)
    with torch.no_grad():
        pose = net(IMAGES)
        covariance = claim(net, pose).double().numpy()
        centre = poses(pose.position, pose.q_xyzw)
        around = []
        for mask in claim.masks:
            position, raw = net.from_feature(pose.feature * mask)
            around.append(pose_error(poses(position, net.head.quaternion(raw)), centre))
    errors = np.stack(around, axis=1)
    assert errors.shape == (3, MASKS, 6)
    expected = np.einsum('bki,bkj->bij', errors, errors) / MASKS + LEAST_VARIANCE * np.eye(6)
    np.testing.assert_allclose(covariance, expected, rtol=1e-3, atol=1e-6)
    assert np.linalg.eigvalsh(covariance).min() > 0.0


def test_masks_leave_the_mean_feature_as_it_is():
    masks = DropoutClaim(0.4).masks
    assert torch.equal(masks, DropoutClaim(0.4).masks)
    assert masks.unique().tolist() == pytest.approx([0.0, 1.0 / 0.6])
    assert float(masks.mean()) == pytest.approx(1.0, abs=0.02)


def test_an_ensemble_of_one_run_twice_is_the_run(net):
    alone = ExportedPoseNet(net, LearnedClaim(net.deviations))
    for one, twice in zip(
        answered(alone), answered(ExportedEnsemble([alone, alone])), strict=True
    ):
        torch.testing.assert_close(twice, one, atol=1e-6, rtol=1e-5)


def test_an_ensemble_answers_the_mean_and_claims_what_its_members_differ_by(net):
    both = ensemble(net)
    position, q_xyzw, covariance, feature = answered(both)
    members = [answered(member) for member in both.members]
    torch.testing.assert_close(position, (members[0][0] + members[1][0]) / 2.0)
    torch.testing.assert_close(feature, members[0][3])
    mean = poses(position, q_xyzw)
    errors = np.stack([pose_error(poses(p, q), mean) for p, q, _, _ in members], axis=1)
    assert np.abs(errors[:, :, 3:]).max() > 0.01
    np.testing.assert_allclose(errors[:, 0], -errors[:, 1], atol=1e-5)
    claimed = (members[0][2] + members[1][2]).double().numpy() / 2.0
    between = np.einsum('bki,bkj->bij', errors, errors) / 2.0
    np.testing.assert_allclose(covariance.double().numpy(), claimed + between, atol=1e-5)


def test_quaternions_of_both_signs_are_one_rotation(net):
    class Turned(ExportedPoseNet):
        def forward(self, images):
            position, q_xyzw, covariance, feature = super().forward(images)
            return position, -q_xyzw, covariance, feature

    claim = LearnedClaim(net.deviations)
    alone = ExportedPoseNet(net, claim)
    one, both = answered(alone), answered(ExportedEnsemble([alone, Turned(net, claim)]))
    for number in range(3):
        torch.testing.assert_close(both[number], one[number], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize('kind', ['constant', 'learned', 'dropout', 'ensemble'])
def test_every_kind_is_traced_for_any_device_and_batch(net, kind):
    whole = ensemble(net) if kind == 'ensemble' else ExportedPoseNet(net, claims(net)[kind])
    assert whole.uncertainty == kind
    traced = trace(whole, IMAGES[:1])
    assert fixed_devices(traced) == []
    for count in (1, 3):
        check_parity(
            tuple(answered(whole, IMAGES[:count])),
            tuple(answered(traced, IMAGES[:count])),
            PARITY,
            'the trace',
        )


@pytest.mark.slow
def test_an_ensemble_of_a_learned_and_a_dropout_claim_becomes_onnx(net):
    for package in PACKAGES:
        pytest.importorskip(package)
    import onnx_ir
    import onnxruntime

    from posenet_training.exporting.onnx_graph import onnx_graph

    whole = ensemble(net)
    proto = onnx_ir.to_proto(onnx_graph(whole, IMAGES)).SerializeToString()
    session = onnxruntime.InferenceSession(proto, providers=['CPUExecutionProvider'])
    outputs = [torch.from_numpy(part) for part in session.run(None, {'images': IMAGES.numpy()})]
    check_parity(tuple(answered(whole)), tuple(outputs), 1e-4, 'the file')


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """(checkpoint, source) of a run with dropout that learned its uncertainty."""
    folder = tmp_path_factory.mktemp('claims')
    return short_run(folder, TRUNK, uncertainty_views=10, dropout=0.3)


@pytest.fixture(scope='module')
def without(tmp_path_factory):
    """A run that learned none and knows no dropout."""
    return short_run(tmp_path_factory.mktemp('without'), TRUNK)


def test_a_run_that_learned_its_uncertainty_claims_it(run, tmp_path):
    choices = Choices(uncertainty=Uncertainty.learned)
    exported = export(*run, tmp_path / 'model.pt', CREATED, choices)
    assert exported.uncertainty == 'learned'
    regressor, net = load_model(tmp_path / 'model.pt'), load_network(run[0])[0]
    images = run[1].frames('test').images
    claimed = [regressor.predict(image).covariance for image in images[:3]]
    with torch.no_grad():
        logs = net.deviations(net(torch.from_numpy(images[:3])).feature).double().numpy()
    for covariance, log in zip(claimed, logs, strict=True):
        assert np.trace(covariance[:3, :3]) == pytest.approx(np.exp(2 * log[:3]).sum(), rel=1e-2)
        assert np.trace(covariance[3:, 3:]) == pytest.approx(np.exp(2 * log[3:]).sum(), rel=1e-2)
    weight = torch.jit.load(str(tmp_path / 'model.pt')).claim.deviations.weight
    assert weight.dtype == torch.float32


def test_the_wanted_kind_is_exported(run, without, tmp_path):
    for kind in (Uncertainty.dropout, Uncertainty.constant):
        choices = Choices(uncertainty=kind)
        assert export(*run, tmp_path / 'model.pt', CREATED, choices).uncertainty == kind.value
    for runs, kind in ((run, 'learned'), (without, 'constant')):
        assert export(*runs, tmp_path / 'model.pt', CREATED).uncertainty == kind


@pytest.mark.parametrize(
    ('kind', 'sentence'),
    [
        (Uncertainty.learned, r'has not learned its uncertainty: .*--resume`, or export with'),
        (Uncertainty.dropout, r'was trained without dropout, .*--uncertainty constant'),
    ],
)
def test_what_a_run_cannot_claim_is_refused(without, tmp_path, kind, sentence):
    with pytest.raises(ExportError, match=sentence) as refusal:
        export(*without, tmp_path / 'model.pt', CREATED, Choices(uncertainty=kind))
    assert str(without[0].parent) in str(refusal.value)
    assert '\n' not in str(refusal.value)
    assert not (tmp_path / 'model.pt').exists()


def test_runs_become_one_file_unless_they_look_at_other_pictures(run, without, tmp_path):
    checkpoint, source = run
    model = tmp_path / 'model.pt'
    exported = export(checkpoint, source, model, CREATED, others=[without[0]])
    assert exported.uncertainty == 'ensemble'
    image = source.frames('test').images[0]
    members = [
        answered(load_network(file)[0], torch.from_numpy(image[None]))
        for file in (checkpoint, without[0])
    ]
    mean = (members[0][0] + members[1][0])[0] / 2.0
    np.testing.assert_allclose(load_model(model).predict(image).position, mean, atol=1e-2)
    other = torch.load(without[0], weights_only=True)
    torch.save({**other, 'side': 80}, tmp_path / 'other.ckpt')
    with pytest.raises(ExportError, match=r'looks at 80 pixels a side, .* at 64: the runs of an'):
        export(checkpoint, source, model, CREATED, others=[tmp_path / 'other.ckpt'])
