# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training frames of a model file, and limits by a stated rate of false refusals."""

from dataclasses import asdict

import numpy as np
import pytest
from familiar_samples import undecided
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.gates import Gates, strain
from posenet_ros.reference import MOST_FRAMES, Reference
from posenet_training.calibrating.gates import gates_of, tail_limit
from posenet_training.calibrating.reference import DIRECTIONS, reference_of
from posenet_training.errors import CalibrationError

NAMES = [name for name in Gates.__dataclass_fields__ if name != 'false_refusal_rate']


def frames(count: int, seed: int) -> list[dict[str, float]]:
    """Readings of good frames: those of one frame are related, as in life."""
    rng = np.random.default_rng(seed)
    hard = rng.gamma(4.0, size=count)
    read = []
    for difficulty in hard:
        retrieval = dict(zip(NAMES[:7], difficulty * rng.gamma(6.0, 0.01, 7), strict=True))
        retrieval['apart_rad'] = min(retrieval['apart_rad'], 0.5 * np.pi)
        picture = {
            'brightness': rng.uniform(80, 200),
            'saturated': rng.uniform(0.0, 0.1),
            'structure': rng.uniform(25, 90),
            'grain': rng.uniform(0.5, 2.0),
            'flat': 0.0,
            'repeats': 0.0,
        }
        read.append({**retrieval, **picture})
    return read


def refused(read: list[dict[str, float]], gates: Gates) -> float:
    limits = asdict(gates)
    return float(
        np.mean([any(strain(k, v, limits[k]) > 1.0 for k, v in frame.items()) for frame in read])
    )


@settings(deadline=None, max_examples=25)
@given(count=st.integers(20, 600), seed=st.integers(0, 1000), rate=st.floats(0.005, 0.09))
def test_all_gates_together_stay_within_the_rate_on_their_frames(
    count: int, seed: int, rate: float
) -> None:
    read = frames(count, seed)
    gates = gates_of(read, rate)
    assert gates.false_refusal_rate == rate
    assert refused(read, gates) <= rate


def test_the_rate_holds_on_other_frames() -> None:
    gates = gates_of(frames(1000, 1), 0.02)
    assert 0.005 < refused(frames(5000, 2), gates) < 0.03


def test_a_larger_rate_gives_narrower_gates() -> None:
    read = frames(500, 3)
    wide, narrow = gates_of(read, 0.01), gates_of(read, 0.05)
    assert narrow.novelty < wide.novelty
    assert narrow.disagreement_m < wide.disagreement_m
    assert narrow.brightness == wide.brightness


def test_picture_gates_leave_room() -> None:
    read = frames(200, 4)
    gates = gates_of(read)
    assert gates.brightness == min(frame['brightness'] for frame in read) / 2.0
    assert gates.structure == min(frame['structure'] for frame in read) / 2.0
    assert gates.grain == max(frame['grain'] for frame in read) + 6.0
    assert max(frame['saturated'] for frame in read) < gates.saturated < 1.0
    assert gates.flat == pytest.approx(0.2)


def test_the_box_is_left_no_sooner_than_poses_may_disagree() -> None:
    read = [{**frame, 'outside_m': 0.0} for frame in frames(200, 5)]
    gates = gates_of(read)
    assert gates.outside_m == gates.disagreement_m
    wide = gates_of([*read, {**read[0], 'outside_m': 40.0}])
    assert wide.outside_m == 80.0


def test_a_place_that_repeats_itself_is_doubted_however_often_it_does() -> None:
    read = [{**frame, 'apart_rad': np.pi} for frame in frames(100, 7)]
    assert gates_of(read).apart_rad == pytest.approx(0.5 * np.pi)
    assert refused(read, gates_of(read)) == 1.0


def test_outliers_do_not_break_the_rate() -> None:
    read = frames(60, 6)
    for number, name in enumerate(NAMES[:3]):
        read[number] = {**read[number], name: 1000.0}
    gates = gates_of(read, 0.02)
    assert refused(read, gates) <= 0.02


def test_too_few_frames_and_rates_that_are_none_are_refused() -> None:
    with pytest.raises(CalibrationError, match=r'5 frames are too few .* 6 are needed'):
        gates_of(frames(5, 1))
    for rate in (0.0, 0.1, -0.02):
        with pytest.raises(CalibrationError, match=r'false-refusal rate of .* between 0 and 0\.1'):
            gates_of(frames(50, 1), rate)


def test_the_tail_of_an_exponential_is_found() -> None:
    values = -np.log(1.0 - (np.arange(2000) + 0.5) / 2000)
    assert tail_limit(values, 0.01) == pytest.approx(np.log(100.0), rel=0.02)
    assert tail_limit(values, 0.001) == pytest.approx(np.log(1000.0), rel=0.03)


def test_equal_readings_are_their_own_limit() -> None:
    assert tail_limit(np.full(30, 0.7), 0.01) == pytest.approx(0.7)


def training_frames(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    T_map_camera = np.tile(np.eye(4), (count, 1, 1))
    T_map_camera[:, :3, :3] = Rotation.random(count, rng=rng).as_matrix()
    T_map_camera[:, :3, 3] = rng.uniform(-3.0, 3.0, (count, 3))
    poses = np.hstack([T_map_camera[:, :3, 3], T_map_camera[:, :3, :2].reshape(count, 6)])
    features = np.maximum(poses @ rng.standard_normal((9, 120)) + 1.0, 0.0)
    return features.astype(np.float32), T_map_camera


def test_a_reference_knows_its_frames() -> None:
    features, T_map_camera = training_frames(300)
    reference = reference_of(features, T_map_camera, undecided(120))
    assert reference.basis.shape == (DIRECTIONS, 120)
    assert np.allclose(reference.basis @ reference.basis.T, np.eye(DIRECTIONS), atol=1e-3)
    assert np.array_equal(reference.positions, T_map_camera[:, :3, 3])
    for number in (0, 150, 299):
        looked = reference.look_up(features[number])
        assert looked.novelty < 0.2
        assert np.linalg.norm(looked.position - T_map_camera[number, :3, 3]) < 1.0


def test_a_reference_is_rounded_as_it_is_stored() -> None:
    features, T_map_camera = training_frames(200)
    reference = reference_of(features, T_map_camera, undecided(120))
    stored = Reference.from_bytes(reference.to_bytes())
    assert stored.look_up(features[3]).novelty == reference.look_up(features[3]).novelty


def test_a_reference_takes_frames_evenly() -> None:
    features, T_map_camera = training_frames(2 * MOST_FRAMES)
    T_map_camera[:, 0, 3] = np.arange(2 * MOST_FRAMES)
    reference = reference_of(features, T_map_camera, undecided(120))
    assert np.array_equal(reference.positions[:, 0], np.arange(1, 2 * MOST_FRAMES, 2))


def test_a_few_frames_make_a_small_reference() -> None:
    features, T_map_camera = training_frames(12)
    assert reference_of(features, T_map_camera, undecided(120)).features.shape == (12, 12)
