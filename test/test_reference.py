# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looking a frame up among the training frames."""

from dataclasses import replace

import numpy as np
import pytest
from familiar_samples import undecided
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import rotation_angle
from posenet_ros.reference import MOST_FRAMES, NEAREST, Reference

WIDTH, DIRECTIONS, FRAMES = 40, 8, 400


def feature_at(x: float, y: float, yaw: float) -> np.ndarray:
    """A smooth feature of a pose, on a surface in three of the dimensions of DIRECTIONS."""
    feature = np.zeros(WIDTH)
    feature[:4] = [x, y, 2.0 * np.cos(yaw), 2.0 * np.sin(yaw)]
    return feature + 1.0


def poses() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    places = np.column_stack([rng.uniform(-2.0, 2.0, (FRAMES, 2)), np.ones(FRAMES)])
    return places, rng.uniform(-np.pi, np.pi, FRAMES)


def reference() -> Reference:
    positions, yaws = poses()
    features = np.stack([feature_at(*p[:2], yaw) for p, yaw in zip(positions, yaws, strict=True)])
    mean = features.mean(axis=0)
    basis = np.eye(DIRECTIONS, WIDTH)
    return Reference(
        mean=mean.astype(np.float32),
        basis=basis.astype(np.float32),
        features=((features - mean) @ basis.T).astype(np.float32),
        positions=positions,
        q_xyzw=Rotation.from_euler('z', yaws[:, None]).as_quat().astype(np.float32),
        familiarity=undecided(WIDTH),
    )


@given(x=st.floats(-1.5, 1.5), y=st.floats(-1.5, 1.5), yaw=st.floats(-np.pi, np.pi))
def test_a_frame_of_the_place_is_known_and_its_pose_is_found(
    x: float, y: float, yaw: float
) -> None:
    looked = reference().look_up(feature_at(x, y, yaw))
    assert looked.novelty < 0.1
    assert np.linalg.norm(looked.position - [x, y, 1.0]) < 0.3
    true = Rotation.from_euler('z', yaw).as_quat()
    assert np.degrees(rotation_angle(looked.q_xyzw, true)) < 20.0
    assert abs(np.linalg.norm(looked.q_xyzw) - 1.0) < 1e-6
    assert looked.q_xyzw[3] >= 0.0


def test_a_frame_of_another_place_is_new() -> None:
    stored = reference()
    foreign = feature_at(0.5, 0.5, 1.0)
    foreign[5] += 3.0
    known = stored.look_up(feature_at(0.5, 0.5, 1.0)).novelty
    assert stored.look_up(foreign).novelty > 0.5 > 5.0 * known


def test_a_training_frame_itself_is_not_new() -> None:
    positions, yaws = poses()
    looked = reference().look_up(feature_at(*positions[7, :2], yaws[7]))
    assert looked.novelty < 0.05


def test_signs_of_stored_quaternions_mean_nothing() -> None:
    stored = reference()
    signs = np.where(np.arange(FRAMES) % 2, -1.0, 1.0)[:, None]
    turned = replace(stored, q_xyzw=(signs * stored.q_xyzw).astype(np.float32))
    feature = feature_at(0.3, -0.4, 2.0)
    assert np.allclose(stored.look_up(feature).q_xyzw, turned.look_up(feature).q_xyzw, atol=1e-6)
    assert stored.look_up(feature).apart_rad == pytest.approx(turned.look_up(feature).apart_rad)


def test_two_places_that_look_alike_are_apart() -> None:
    """Every other frame keeps its feature and stands elsewhere, turned round."""
    stored = reference()
    feature = feature_at(0.0, 0.0, 0.0)
    far = stored.positions + np.where(np.arange(FRAMES) % 2, 10.0, 0.0)[:, None] * [1.0, 0.0, 0.0]
    alike = replace(stored, positions=far)
    assert stored.look_up(feature).apart_m < 3.0
    assert alike.look_up(feature).apart_m > 7.0
    half_turn = Rotation.from_euler('z', np.where(np.arange(FRAMES) % 2, np.pi, 0.0)[:, None])
    q_xyzw = (half_turn * Rotation.from_quat(stored.q_xyzw)).as_quat().astype(np.float32)
    assert stored.look_up(feature).apart_rad < np.radians(90.0)
    assert replace(stored, q_xyzw=q_xyzw).look_up(feature).apart_rad > np.radians(135.0)


@pytest.mark.parametrize('count', [1, 2, NEAREST, 60])
def test_any_number_of_frames_answers(count: int) -> None:
    stored = reference()
    few = Reference(
        *(stored.mean, stored.basis, stored.features[:count]),
        *(stored.positions[:count], stored.q_xyzw[:count]),
        stored.familiarity,
    )
    looked = few.look_up(feature_at(0.0, 0.0, 0.0))
    assert np.isfinite([looked.novelty, *looked.position, *looked.q_xyzw, looked.apart_m]).all()


def test_frames_that_are_all_alike_give_their_mean() -> None:
    stored = reference()
    alike = replace(stored, features=np.zeros_like(stored.features))
    looked = alike.look_up(stored.mean)
    assert looked.novelty == 0.0
    assert np.isfinite(looked.position).all()


def test_a_feature_that_is_not_finite_has_no_novelty_to_trust() -> None:
    assert not np.isfinite(reference().look_up(np.full(WIDTH, np.nan)).novelty)


def test_bytes_keep_what_is_looked_up() -> None:
    stored = reference()
    content = stored.to_bytes()
    read = Reference.from_bytes(content)
    assert read.to_bytes() == content
    assert np.array_equal(read.positions, stored.positions)
    feature = feature_at(0.4, 0.2, -1.0)
    before, after = stored.look_up(feature), read.look_up(feature)
    assert after.novelty == pytest.approx(before.novelty, abs=1e-3)
    assert np.allclose(after.position, before.position, atol=1e-2)


CONTENT = reference().to_bytes()


@given(st.integers(0, len(CONTENT) - 1))
def test_a_file_that_ends_early_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match='reference frames cannot be read'):
        Reference.from_bytes(CONTENT[:length])


@given(place=st.integers(0, len(CONTENT) - 1), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused_or_changes_nothing(place: int, bit: int) -> None:
    """Some fields of a zip archive, such as dates, mean nothing."""
    broken = bytearray(CONTENT)
    broken[place] ^= 1 << bit
    try:
        read = Reference.from_bytes(bytes(broken))
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = '' if read.to_bytes() == CONTENT else 'it was read as something else'
    assert refusal == '' or 'export the model again' in refusal


@pytest.mark.parametrize(
    ('change', 'sentence'),
    [
        ({'positions': np.zeros((3, 3))}, 'do not fit together'),
        ({'features': np.zeros((0, DIRECTIONS), np.float32)}, 'do not fit together'),
        ({'mean': np.full(WIDTH, np.nan, np.float32)}, 'not finite'),
        ({'q_xyzw': np.full((FRAMES, 4), 0.9, np.float32)}, 'as long as 1.8'),
    ],
)
def test_frames_that_do_not_fit_are_refused(change: dict[str, np.ndarray], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(reference(), **change)


def test_too_many_frames_are_refused() -> None:
    count = MOST_FRAMES + 1
    stored = reference()
    with pytest.raises(ValueError, match=f'there are {count}, more than {MOST_FRAMES}'):
        Reference(
            stored.mean,
            stored.basis,
            np.zeros((count, DIRECTIONS), np.float32),
            np.zeros((count, 3)),
            np.tile(np.float32([0.0, 0.0, 0.0, 1.0]), (count, 1)),
            stored.familiarity,
        )
