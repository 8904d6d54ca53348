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

from posenet_training.losses import AUXILIARY_WEIGHT, pose_loss
from posenet_training.network import RawPose
from posenet_training.rotation import QuaternionHead, SixDHead, make_rotation_head

seeds = st.integers(0, 2**31)


def raw_of_matrix(matrix: np.ndarray) -> torch.Tensor:
    """Six raw numbers [1, 6] whose rotation is this matrix."""
    return torch.from_numpy(np.concatenate([matrix[:, 0], matrix[:, 1]]))[None]


def test_loss_by_hand():
    position, q_xyzw = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    answer = RawPose(torch.tensor([[1.0, 5.0, 7.0]]), torch.tensor([[0.3, 0.0, 0.4, 1.0]]))
    loss = pose_loss([answer], position, q_xyzw, QuaternionHead(), beta=10.0)
    assert float(loss) == pytest.approx(5.0 + 10.0 * 0.5)


def test_auxiliary_losses_are_weighted():
    position, q_xyzw = torch.zeros(1, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    answers = [RawPose(torch.tensor([[d, 0.0, 0.0]]), q_xyzw) for d in (1.0, 2.0, 3.0)]
    loss = pose_loss(answers, position, q_xyzw, QuaternionHead(), beta=1.0)
    assert float(loss) == pytest.approx(1.0 + AUXILIARY_WEIGHT * (2.0 + 3.0))
    assert AUXILIARY_WEIGHT == 0.3


def test_loss_is_the_mean_of_the_batch():
    position, q_xyzw = torch.zeros(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2)
    answer = RawPose(torch.tensor([[1.0, 0.0, 0.0], [0.0, 3.0, 0.0]]), q_xyzw)
    assert float(pose_loss([answer], position, q_xyzw, QuaternionHead(), 1.0)) == pytest.approx(
        2.0
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


@given(seeds)
def test_both_heads_weigh_small_angles_alike(seed):
    rng = np.random.default_rng(seed)
    label = Rotation.random(random_state=rng)
    turned = Rotation.from_rotvec(rng.normal(size=3) * 1e-3) * label
    q_label = torch.from_numpy(label.as_quat())[None]
    chord = QuaternionHead().loss(torch.from_numpy(turned.as_quat())[None], q_label)
    matrix = SixDHead().loss(raw_of_matrix(turned.as_matrix()), q_label)
    assert float(chord) == pytest.approx(float(matrix), rel=1e-3)


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
    with pytest.raises(ValueError, match="'euler' is unknown: use one of quaternion, six_d"):
        make_rotation_head('euler')
