# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tracks, the TF tree and the rules of cutting keep their promises for any motion."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import distance, inverse
from posenet_ros.scene import SceneError
from posenet_training.importers.bag.cutting import CameraPose, Cutter, CuttingRules
from posenet_training.importers.bag.jumps import SpeedLimit
from posenet_training.importers.bag.poses import Reach, path_in_tf
from posenet_training.importers.bag.tracks import Held, Interpolated, NoPose, Samples, Track
from posenet_training.importers.bag.transforms import Chain, TransformTree
from posenet_training.importers.complaints import Complaints

STRICT = Complaints(strict=True)
few = settings(max_examples=40, deadline=None)
stamps = st.lists(st.integers(0, 2_000), min_size=2, max_size=12, unique=True)
seeds = st.integers(0, 2**32 - 1)


def poses(seed: int, count: int, reach: float = 2.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    T = np.tile(np.eye(4), (count, 1, 1))
    T[:, :3, :3] = Rotation.from_rotvec(rng.normal(0.0, reach, (count, 3))).as_matrix()
    T[:, :3, 3] = rng.normal(0.0, reach, (count, 3))
    return T


def numbers(T: np.ndarray) -> tuple[list[float], list[float]]:
    return T[:3, 3].tolist(), Rotation.from_matrix(T[:3, :3]).as_quat().tolist()


def track(times: list[int], seed: int) -> Track:
    samples = Samples()
    for stamp, T in zip(times, poses(seed, len(times)), strict=True):
        samples.add(stamp, *numbers(T))
    return samples.track('track', STRICT)


@few
@given(stamps, seeds, st.integers(0, 2_000), st.integers(1, 2_000))
def test_between_samples_one_is_on_the_way_unless_there_is_a_gap(times, seed, stamp, max_gap):
    known = dict(zip(times, poses(seed, len(times)), strict=True))
    motion = Interpolated(track(times, seed), max_gap)
    if stamp in known:
        np.testing.assert_allclose(motion.at(stamp), known[stamp], atol=1e-12)
        return
    before = max((t for t in times if t < stamp), default=None)
    after = min((t for t in times if t > stamp), default=None)
    if before is None or after is None or after - before > max_gap:
        with pytest.raises(NoPose):
            motion.at(stamp)
        return
    share = (stamp - before) / (after - before)
    way_m, way_rad = distance(known[after], known[before])
    assert distance(motion.at(stamp), known[before]) == pytest.approx(
        (share * way_m, share * way_rad), abs=1e-9
    )
    assert distance(motion.at(stamp), known[after]) == pytest.approx(
        ((1 - share) * way_m, (1 - share) * way_rad), abs=1e-9
    )


@few
@given(stamps, seeds, st.integers(1, 500))
def test_gaps_are_counted_once_they_ended(times, seed, max_gap):
    motion = Interpolated(track(times, seed), max_gap)
    ends = [after for before, after in pairwise(sorted(times)) if after - before > max_gap]
    for stamp in range(0, 2_001, 50):
        assert motion.gaps_before(stamp) == sum(end <= stamp for end in ends)


@few
@given(stamps, seeds, st.integers(0, 2_000), st.integers(0, 300))
def test_held_is_the_latest_not_after_and_never_another(times, seed, stamp, ahead):
    known = dict(zip(times, poses(seed, len(times)), strict=True))
    motion = Held(track(times, seed), ahead)
    past = [t for t in times if t - ahead <= stamp]
    if past:
        np.testing.assert_allclose(motion.at(stamp), known[max(past)], atol=1e-12)
    else:
        with pytest.raises(NoPose, match='before the first track'):
            motion.at(stamp)


@few
@given(st.permutations(list(range(0, 1_000, 100))), seeds)
def test_order_of_recording_does_not_matter(order, seed):
    T = poses(seed, 10)
    samples = Samples()
    for stamp in order:
        samples.add(stamp, *numbers(T[stamp // 100]))
    found = samples.track('track', STRICT)
    assert found.stamps_ns.tolist() == sorted(order)
    np.testing.assert_allclose(found.T_a_b, T, atol=1e-12)


def test_of_two_samples_with_one_stamp_the_last_recorded_counts():
    T = poses(1, 3)
    samples = Samples()
    for stamp, pose in zip((7, 5, 7), T, strict=True):
        samples.add(stamp, *numbers(pose))
    found = samples.track('track', STRICT)
    assert found.stamps_ns.tolist() == [5, 7]
    np.testing.assert_allclose(found.T_a_b, T[[1, 2]], atol=1e-12)


def test_samples_that_are_no_poses():
    samples = Samples()
    samples.add(1_500_000_000, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    samples.add(2, (0.0, float('inf'), 0.0), (0.0, 0.0, 0.0, 1.0))
    complaints = Complaints()
    with pytest.raises(SceneError, match=r"no pose of 'a' -> 'b' can be used"):
        samples.track("'a' -> 'b'", complaints)
    (sentence,) = complaints.sentences()
    assert '2 skipped' in sentence
    assert '1.500000000 [0.0, 0.0' in sentence


# Two frames on different branches; 'world' -> 'map' is static, the others move.
EDGES = [('map', 'odom'), ('odom', 'base'), ('base', 'camera'), ('map', 'dock'), ('dock', 'tag')]


def tree(seed: int) -> tuple[TransformTree, dict[tuple[str, str], np.ndarray]]:
    """A tree whose edges are constant, said at the stamps 0 and 100, and what they are."""
    T = poses(seed, len(EDGES) + 1)
    found = TransformTree(STRICT)
    found.add_static(('world', 'map'), *numbers(T[-1]))
    for edge, T_edge in zip(EDGES, T, strict=False):
        for stamp in (0, 100):
            found.add(edge, stamp, *numbers(T_edge))
    return found, {('world', 'map'): T[-1], **dict(zip(EDGES, T, strict=False))}


def chain(found: TransformTree, start: str, end: str) -> Chain:
    return found.chain(start, end, lambda end, track, against: Interpolated(track, 1_000))


@few
@given(seeds)
def test_chains_go_up_and_down_the_tree(seed):
    found, T = tree(seed)
    T_tag_camera = inverse(T['map', 'dock'] @ T['dock', 'tag'])
    for edge in EDGES[:3]:
        T_tag_camera = T_tag_camera @ T[edge]
    np.testing.assert_allclose(chain(found, 'tag', 'camera').at(40), T_tag_camera, atol=1e-9)
    back = chain(found, 'camera', 'tag').at(40)
    np.testing.assert_allclose(back @ T_tag_camera, np.eye(4), atol=1e-9)
    np.testing.assert_allclose(chain(found, 'world', 'map').at(-999), T['world', 'map'])
    np.testing.assert_array_equal(chain(found, 'tag', 'tag').at(0), np.eye(4))


@few
@given(seeds)
def test_only_the_edge_into_odom_is_held(seed):
    T_before, T_after = poses(seed, 2)
    found, T = tree(seed)
    found.add(('map', 'odom'), 50, *numbers(T_after))
    found.add(('map', 'odom'), 0, *numbers(T_before))
    reach = Reach(1_000, limit=SpeedLimit(m_s=np.inf, rad_s=np.inf))
    path = path_in_tf(found, ('world', 'odom', 'camera'), reach)
    for stamp, T_map_odom in ((0, T_before), (49, T_before), (50, T_after), (99, T_after)):
        pose = path.at(stamp)
        np.testing.assert_allclose(pose.T_map_odom, T['world', 'map'] @ T_map_odom, atol=1e-9)
        expected = T['odom', 'base'] @ T['base', 'camera']
        np.testing.assert_allclose(pose.T_odom_camera, expected, atol=1e-9)
    smooth = path_in_tf(found, ('world', 'none', 'camera'), reach).at(25)
    np.testing.assert_array_equal(smooth.T_map_odom, np.eye(4))
    middle = inverse(T['world', 'map']) @ smooth.T_odom_camera @ inverse(expected)
    np.testing.assert_allclose(middle[:3, 3], (T_before[:3, 3] + T_after[:3, 3]) / 2, atol=1e-9)


def test_a_transform_on_both_topics_moves():
    found, T = tree(0)
    found.add_static(('odom', 'base'), *numbers(np.eye(4)))
    np.testing.assert_allclose(chain(found, 'odom', 'base').at(3), T['odom', 'base'], atol=1e-12)


def test_trees_that_cannot_be_used_are_named():
    found, T = tree(0)
    found.add_static(('lidar', 'imu'), *numbers(np.eye(4)))
    trees = r"the trees in the bag are 'lidar' \(imu\); 'world' \(map, dock, odom, base, tag"
    with pytest.raises(SceneError, match=f"connects 'map' with 'imu'; {trees}"):
        chain(found, 'map', 'imu')
    with pytest.raises(SceneError, match="; 'a' and 'b' are in no transform; the trees"):
        chain(found, 'a', 'b')
    for index in range(9):
        found.add_static(('imu', f'part{index}'), *numbers(np.eye(4)))
    assert 'part6 and 2 more); ' in found.trees()
    found.add_static(('map', 'base'), *numbers(np.eye(4)))
    with pytest.raises(SceneError, match="'base' has two parents in TF, 'map' and 'odom'"):
        chain(found, 'map', 'camera')
    # From there on to the camera it does not matter.
    T_base_camera = chain(found, 'base', 'camera').at(0)
    np.testing.assert_allclose(T_base_camera, T['base', 'camera'], atol=1e-12)
    looped = TransformTree(STRICT)
    looped.add_static(('a', 'b'), *numbers(np.eye(4)))
    looped.add_static(('b', 'a'), *numbers(np.eye(4)))
    with pytest.raises(SceneError, match="no tree: going up from 'b' one comes to 'b' again"):
        chain(looped, 'b', 'c')


RULES = CuttingRules(jump_m=0.05, jump_rad=0.02, least_m=0.02, least_rad=0.02)


@st.composite
def drives(draw: st.DrawFn) -> list[CameraPose]:
    """Pictures that move and jump now and then, by amounts on both sides of the limits."""
    amounts = st.sampled_from([0.0, 0.004, 0.011, 0.03, 0.2])
    T_map_odom, T_odom_camera, gaps, drive = np.eye(4), np.eye(4), 0, []
    for seed in draw(st.lists(seeds, min_size=1, max_size=20)):
        T_map_odom = T_map_odom @ poses(seed, 1, draw(amounts))[0]
        T_odom_camera = T_odom_camera @ poses(seed + 1, 1, draw(amounts))[0]
        gaps += draw(st.sampled_from([0, 0, 0, 1]))
        drive.append(CameraPose(T_map_odom, T_odom_camera, gaps))
    return drive


def is_cut(before: CameraPose, after: CameraPose) -> bool:
    jump = distance(after.T_map_camera, before.T_map_odom @ after.T_odom_camera)
    return before.gaps != after.gaps or jump[0] > RULES.jump_m or jump[1] > RULES.jump_rad


@few
@given(drives())
def test_sequences_hold_no_cut_and_thinned_pictures_no_motion(drive):
    cutter = Cutter(RULES)
    places = [cutter.place(pose) for pose in drive]
    kept = [row for row, place in enumerate(places) if place is not None]
    assert places[0] == 1
    for row, place in enumerate(places):
        nearest = max(index for index in kept if index <= row)
        moved = distance(drive[row].T_odom_camera, drive[nearest].T_odom_camera)
        if place is None:
            assert moved[0] < RULES.least_m
            assert moved[1] < RULES.least_rad
    for before, after in pairwise(kept):
        cuts = [is_cut(a, b) for a, b in pairwise(drive[before : after + 1])]
        assert places[after] - places[before] == int(any(cuts))
        moved = distance(drive[after].T_odom_camera, drive[before].T_odom_camera)
        assert moved[0] >= RULES.least_m or moved[1] >= RULES.least_rad


@few
@given(drives())
def test_without_a_least_motion_every_picture_is_kept(drive):
    cutter = Cutter(CuttingRules(0.05, 0.02, 0.0, 0.0))
    places = [cutter.place(pose) for pose in drive]
    expected = 1 + np.cumsum([0, *(is_cut(a, b) for a, b in pairwise(drive))])
    assert places == expected.tolist()


def test_a_correction_counts_by_what_it_does_to_the_camera():
    """50 m from odom's origin, turning the camera in place moves map -> odom by 0.4 m."""
    T_odom_camera = np.eye(4)
    T_odom_camera[0, 3] = 50.0
    T_turn = np.eye(4)
    T_turn[:3, :3] = Rotation.from_euler('z', 0.008).as_matrix()
    T_map_odom = T_odom_camera @ T_turn @ inverse(T_odom_camera)
    assert distance(T_map_odom, np.eye(4))[0] > 0.39
    moved = T_odom_camera.copy()
    moved[1, 3] = 0.1
    cutter = Cutter(RULES)
    assert cutter.place(CameraPose(np.eye(4), T_odom_camera)) == 1
    assert cutter.place(CameraPose(T_map_odom, moved)) == 1
    moved = moved.copy()
    moved[1, 3] = 0.2
    assert cutter.place(CameraPose(T_turn, moved)) == 2
