# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The loss is the paper's formula, for either sign of the label and either rotation head."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_training.losses import Labels, PoseLoss
from posenet_training.network import RawPose
from posenet_training.recipe import LearnedWeights, Loss, WeightedByBeta
from posenet_training.rotation import (
    HEADS,
    LogQuaternionHead,
    QuaternionHead,
    SixDHead,
    make_rotation_head,
)

seeds = st.integers(0, 2**31)
STRAIGHT = torch.tensor([[0.0, 0.0, 0.0, 1.0]])


def raw_of_matrix(matrix: np.ndarray) -> torch.Tensor:
    """Six raw numbers [1, 6] whose rotation is this matrix."""
    return torch.from_numpy(np.concatenate([matrix[:, 0], matrix[:, 1]]))[None]


def labels(
    position: torch.Tensor, q_xyzw: torch.Tensor = STRAIGHT, points: torch.Tensor | None = None
) -> Labels:
    """Labels of a batch, without points unless given."""
    none = torch.zeros(len(position), 0, 3)
    return Labels(position, q_xyzw.expand(len(position), 4), none if points is None else points)


def by_beta(beta: float, **others: float | str) -> PoseLoss:
    """The paper's loss with a beta."""
    return PoseLoss(Loss(WeightedByBeta(beta=beta), **others), QuaternionHead())


def test_loss_by_hand():
    answer = RawPose(torch.tensor([[1.0, 5.0, 7.0]]), torch.tensor([[0.3, 0.0, 0.4, 1.0]]))
    loss = by_beta(10.0)([answer], labels(torch.tensor([[1.0, 2.0, 3.0]])), 0.0)
    assert float(loss) == pytest.approx(5.0 + 10.0 * 0.5)


@pytest.mark.parametrize(('terms', 'expected'), [('position', 5.0), ('orientation', 0.5)])
def test_one_term_alone(terms, expected):
    answer = RawPose(torch.tensor([[1.0, 5.0, 7.0]]), torch.tensor([[0.3, 0.0, 0.4, 1.0]]))
    loss = by_beta(10.0, terms=terms)([answer], labels(torch.tensor([[1.0, 2.0, 3.0]])), 0.0)
    assert float(loss) == pytest.approx(expected)


def test_auxiliary_losses_are_weighted():
    answers = [RawPose(torch.tensor([[d, 0.0, 0.0]]), STRAIGHT) for d in (1.0, 2.0, 3.0)]
    loss = by_beta(1.0)(answers, labels(torch.zeros(1, 3)), 0.0)
    assert float(loss) == pytest.approx(1.0 + 0.3 * (2.0 + 3.0))


def test_loss_is_the_mean_of_the_batch():
    answer = RawPose(torch.tensor([[1.0, 0.0, 0.0], [0.0, 3.0, 0.0]]), STRAIGHT.expand(2, 4))
    assert float(by_beta(1.0)([answer], labels(torch.zeros(2, 3)), 0.0)) == pytest.approx(2.0)


def test_automatic_beta_balances_both_errors():
    loss = PoseLoss(Loss(WeightedByBeta()), QuaternionHead()).train()
    answer = RawPose(torch.tensor([[3.0, 0.0, 0.0]]), torch.tensor([[0.0, 0.3, 0.4, 1.0]]))
    truth = labels(torch.zeros(1, 3))
    # The very first batch counts whole; the running means then follow slowly.
    assert float(loss([answer], truth, 0.0)) == pytest.approx(2.0 * 3.0)
    nearer = RawPose(torch.tensor([[1.0, 0.0, 0.0]]), answer.rotation)
    assert float(loss([nearer], truth, 0.0)) == pytest.approx(1.0 + (3.0 - 0.02), rel=1e-4)
    for _ in range(2000):
        loss([nearer], truth, 0.0)
    assert float(loss.eval()([nearer], truth, 0.0)) == pytest.approx(2.0, rel=1e-3)


def test_automatic_beta_follows_the_final_answer_alone():
    truth = labels(torch.zeros(2, 3))
    final, auxiliary = (
        RawPose(torch.full((2, 3), metres), torch.tensor([[0.0, 0.3, 0.4, 1.0]]).expand(2, 4))
        for metres in (1.0, 50.0)
    )
    alone = PoseLoss(Loss(WeightedByBeta()), QuaternionHead()).train()
    among = PoseLoss(Loss(WeightedByBeta(), relative=1.0), QuaternionHead()).train()
    for _ in range(3):
        alone([final], truth, 0.0)
        among([final, auxiliary], truth, 0.0)
    assert float(alone.weights.beta) == pytest.approx(math.sqrt(3.0) / 0.5)
    assert torch.equal(among.weights.beta, alone.weights.beta)


def test_learned_weights_by_hand():
    loss = PoseLoss(Loss(LearnedWeights()), QuaternionHead())
    answer = RawPose(torch.tensor([[3.0, 0.0, 0.0]]), torch.tensor([[0.0, 0.3, 0.4, 1.0]]))
    value = loss([answer], labels(torch.zeros(1, 3)), 0.0)
    value.backward()
    assert value.item() == pytest.approx(3.0 + 0.0 + 0.5 * math.exp(3.0) - 3.0, rel=1e-6)
    # d/ds (L exp(-s) + s) = 1 - L exp(-s)
    assert float(loss.weights.s_x.grad) == pytest.approx(1.0 - 3.0)
    assert float(loss.weights.s_q.grad) == pytest.approx(1.0 - 0.5 * math.exp(3.0), rel=1e-6)


def test_reprojection_is_zero_at_the_truth_and_the_parallax_beside_it():
    loss = by_beta(1.0, reprojection=1.0, reprojection_from=0.5)
    points = torch.tensor([[[0.2, -0.1, 2.0], [0.5, 0.3, 4.0], [0.0, 0.0, 0.0]]])
    turned = torch.tensor([[0.5, 0.5, 0.5, 0.5]])
    truth = labels(torch.tensor([[1.0, 2.0, 3.0]]), turned, points)
    assert float(loss([RawPose(truth.position, turned * 3.0)], truth, 0.5)) == pytest.approx(
        0.0, abs=1e-6
    )
    # The camera's x axis in the map, moved by 0.1 m along it: every point moves by 0.1 / z.
    x_axis = torch.from_numpy(Rotation.from_quat(turned.numpy()[0]).as_matrix()[:, 0]).float()
    beside = RawPose(truth.position + 0.1 * x_axis, turned)
    expected = (0.1 / 2.0 + 0.1 / 4.0) / 2.0
    assert float(loss([beside], truth, 0.5)) == pytest.approx(expected, rel=1e-4)
    assert float(loss([beside], truth, 0.49)) == pytest.approx(0.1, rel=1e-4), 'not yet'


def test_relative_poses_count_for_pairs():
    loss = by_beta(1.0, relative=2.0)
    truth = labels(torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    together = RawPose(truth.position + torch.tensor([[0.0, 0.5, 0.0]]), truth.q_xyzw)
    assert float(loss([together], truth, 0.0)) == pytest.approx(0.5, rel=1e-5)
    apart = RawPose(truth.position * 1.5, truth.q_xyzw)
    assert float(loss([apart], truth, 0.0)) == pytest.approx(0.25 + 2.0 * 0.5, rel=1e-5)


@given(seeds)
def test_relative_rotation_forgives_what_both_share(seed):
    rng = np.random.default_rng(seed)
    pair, shared = Rotation.random(2, random_state=rng), Rotation.random(random_state=rng)
    truth = labels(torch.zeros(2, 3))._replace(q_xyzw=torch.from_numpy(pair.as_quat()).float())
    turned = torch.from_numpy((shared * pair).as_quat()).float()
    loss = by_beta(1.0, relative=1.0)
    absolute = by_beta(1.0)([RawPose(truth.position, turned)], truth, 0.0)
    assert float(loss([RawPose(truth.position, turned)], truth, 0.0)) == pytest.approx(
        float(absolute), abs=1e-5
    )


@given(seeds)
def test_sign_of_the_label_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    raw = torch.from_numpy(rng.normal(size=(3, 4)))
    q_xyzw = torch.from_numpy(Rotation.random(3, random_state=rng).as_quat())
    head = QuaternionHead()
    torch.testing.assert_close(head.loss(raw, q_xyzw), head.loss(raw, -q_xyzw))
    nearer = torch.where((raw * q_xyzw).sum(dim=-1, keepdim=True) < 0, -q_xyzw, q_xyzw)
    torch.testing.assert_close(head.loss(raw, q_xyzw), (raw - nearer).norm(dim=-1))


def test_predicted_quaternion_stays_raw_in_the_loss_and_is_unit_in_the_answer():
    head, raw = QuaternionHead(), torch.tensor([[0.0, 0.0, 0.0, 2.0]])
    assert float(head.loss(raw, torch.tensor([[0.0, 0.0, 0.0, 1.0]]))) == pytest.approx(1.0)
    torch.testing.assert_close(head.quaternion(raw), torch.tensor([[0.0, 0.0, 0.0, 1.0]]))


@given(seeds, st.floats(0.0, math.pi - 1e-3))
def test_matrix_loss_is_the_sine_of_half_the_angle(seed, angle):
    rng = np.random.default_rng(seed)
    label = Rotation.random(random_state=rng)
    axis = rng.normal(size=3)
    turned = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis)) * label
    q_xyzw = torch.from_numpy(label.as_quat())[None]
    loss = SixDHead().loss(raw_of_matrix(turned.as_matrix()), q_xyzw)
    assert float(loss) == pytest.approx(math.sin(angle / 2.0), abs=1e-9)


def raw_of(name: str, rotation: Rotation) -> torch.Tensor:
    """Raw numbers [1, size] of a head that mean a rotation."""
    matrix = rotation.as_matrix()
    raw = {
        'quaternion': rotation.as_quat(),
        'log_quaternion': rotation.as_rotvec() / 2.0,
        'six_d': np.concatenate([matrix[:, 0], matrix[:, 1]]),
        'svd': matrix.ravel(),
    }[name]
    return torch.from_numpy(raw)[None]


@given(seeds, st.sampled_from(sorted(HEADS)))
def test_every_head_weighs_small_angles_alike(seed, name):
    rng = np.random.default_rng(seed)
    label = Rotation.random(random_state=rng)
    turn = rng.normal(size=3) * 1e-3
    axis = label.as_rotvec()
    if name == 'log_quaternion':
        # Along the axis: the logarithm is curved, and shorter across it.
        turn = axis / np.linalg.norm(axis) * 1e-3
    q_label = torch.from_numpy(label.as_quat())[None]
    loss = make_rotation_head(name).loss(raw_of(name, Rotation.from_rotvec(turn) * label), q_label)
    assert float(loss) == pytest.approx(np.linalg.norm(turn) / 2.0, rel=2e-3)


@given(seeds, st.sampled_from(sorted(HEADS)))
def test_every_head_answers_its_rotation_and_loses_nothing_there(seed, name):
    rotation = Rotation.random(random_state=np.random.default_rng(seed))
    head, raw = make_rotation_head(name), raw_of(name, rotation)
    q_xyzw = head.quaternion(raw)[0].numpy()
    assert abs(np.dot(q_xyzw, rotation.as_quat())) == pytest.approx(1.0, abs=1e-9)
    label = torch.from_numpy(rotation.as_quat())[None]
    assert float(head.loss(raw, label)) == pytest.approx(0.0, abs=1e-6)
    assert float(head.loss(raw, -label)) == pytest.approx(0.0, abs=1e-6)


def test_logarithm_takes_the_nearer_sign_of_the_label():
    raw = torch.tensor([[0.0, 0.0, 0.9 * math.pi]])
    nearly_a_turn = torch.tensor([[0.0, 0.0, math.sin(0.1), math.cos(0.1)]])
    # -q is a turn of 2 pi - 0.2 the other way round: its logarithm is far from q's.
    expected = 0.9 * math.pi + (math.pi - 0.1)
    loss = float(LogQuaternionHead().loss(raw, nearly_a_turn))
    assert loss == pytest.approx(min(0.9 * math.pi - 0.1, expected), rel=1e-5)


@given(seeds)
def test_matrix_head_answers_the_rotation(seed):
    rng = np.random.default_rng(seed)
    rotation = Rotation.random(random_state=rng)
    # Neither length nor skew of the raw columns matters.
    first, second = rotation.as_matrix()[:, 0], rotation.as_matrix()[:, 1]
    raw = torch.from_numpy(np.concatenate([3.0 * first, 0.5 * second + 0.7 * first]))[None]
    q_xyzw = SixDHead().quaternion(raw)[0].numpy()
    assert abs(np.dot(q_xyzw, rotation.as_quat())) == pytest.approx(1.0, abs=1e-9)


def test_unknown_head_is_refused():
    with pytest.raises(
        ValueError, match="'euler' is unknown: use one of quaternion, log_quaternion, six_d"
    ):
        make_rotation_head('euler')
