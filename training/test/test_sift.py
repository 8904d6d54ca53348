# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SIFT and PnP place unseen pictures of a rendered drive, and say when they cannot."""

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scene_samples import SceneFrame, write_sample_scene
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import inverse, pose_error
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Scene, SceneError, read_rgb
from posenet_training.baselines.classifier import Standard
from posenet_training.baselines.sift.building import build_map
from posenet_training.baselines.sift.depth import build_map_from_depth
from posenet_training.baselines.sift.features import MOST, detect
from posenet_training.baselines.sift.localization import localize
from posenet_training.baselines.sift.pairing import pairs_to_match
from posenet_training.baselines.sift.sift_map import SiftMap, mean_codes
from posenet_training.baselines.sift.triangulation import triangulate
from posenet_training.keypoints import mutual_pairs, root_sift
from posenet_training.robustness.beside_sift import kept_map
from simulation.journey import Journey
from simulation.renderer import Renderer
from simulation.room import Room

CAMERA = Camera(400, 300, fx=262.0, fy=262.0, cx=200.0, cy=150.0)
COUNT, EVERY = 17, 4


def silently(items, title):
    return items


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope='module')
def drive(tmp_path_factory) -> Scene:
    """A drive through the demo's room, a picture every 0.2 s; every fourth one is not learned."""
    room, frames = Room.from_seed(11), []
    journey = Journey(room, 3)
    with Renderer(room, CAMERA) as renderer:
        for number in range(COUNT):
            world = journey.at(number * 200_000_000)
            rgb = renderer.render(world.T_map_camera, world.light(1.0, number))
            split = 'validation' if number % EVERY == EVERY // 2 else 'train'
            frames.append(SceneFrame(rgb, world.T_map_camera, split))
    return write_sample_scene(tmp_path_factory.mktemp('sift') / 'drive', frames, camera=CAMERA)


@pytest.fixture(scope='module')
def drive_map(drive) -> SiftMap:
    return build_map(drive, 'train', silently)


def test_unseen_pictures_of_a_drive_are_placed(drive, drive_map):
    errors = []
    for picture in drive.split('validation'):
        answer = localize(read_rgb(drive.path(picture)), CAMERA, drive_map)
        assert answer is not None, f'{picture.file} was not registered'
        assert 12 <= answer.inliers <= answer.matches
        errors.append(pose_error(answer.T_map_camera, picture.T_map_camera))
    metres, radians = np.median(np.linalg.norm(np.reshape(errors, (-1, 2, 3)), axis=2), axis=0)
    assert metres < 0.05
    assert np.degrees(radians) < 1.0


def test_another_camera_is_placed_by_its_own_intrinsics(drive, drive_map):
    picture = drive.split('validation')[1]
    rgb = read_rgb(drive.path(picture))[20:, 40:]
    camera = Camera(360, 280, CAMERA.fx, CAMERA.fy, CAMERA.cx - 40.0, CAMERA.cy - 20.0)
    answer = localize(rgb, camera, drive_map)
    assert answer is not None
    error = pose_error(answer.T_map_camera, picture.T_map_camera)
    assert np.linalg.norm(error[:3]) < 0.1
    assert np.degrees(np.linalg.norm(error[3:])) < 2.0


def test_a_picture_of_nothing_is_not_registered(drive_map):
    grey = np.full((300, 400, 3), 128, np.uint8)
    assert localize(grey, CAMERA, drive_map) is None
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    assert localize(noise, CAMERA, drive_map) is None


def test_maps_come_back_from_disk_as_they_were(drive_map, tmp_path):
    file = tmp_path / 'map.npz'
    drive_map.save(file)
    again = SiftMap.load(file)
    for field in fields(SiftMap):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(drive_map, field.name))
    assert [path.name for path in tmp_path.iterdir()] == ['map.npz']
    # What is on disk is about the descriptors, not more.
    assert (
        file.stat().st_size < 4 * 128 * len(drive_map.points) + 3000 * len(drive_map.files) + 1e5
    )


def test_files_that_are_no_map_or_of_another_scene_end_in_a_sentence(drive, drive_map, tmp_path):
    file = tmp_path / 'map.npz'
    with pytest.raises(SceneError, match=r'map\.npz. is no SIFT map .*build it again'):
        SiftMap.load(file)
    file.write_bytes(b'PK no archive')
    with pytest.raises(SceneError, match='is no SIFT map'):
        SiftMap.load(file)
    np.savez(file, points=np.zeros((2, 3)))
    with pytest.raises(SceneError, match='is no SIFT map'):
        SiftMap.load(file)
    foreign = replace(drive_map, files=np.array(['pictures/elsewhere.png']))
    foreign.save(file)
    with pytest.raises(SceneError, match=r'of pictures that scene .* does not train on'):
        kept_map(drive, file, silently)
    (tmp_path / 'folder').write_text('a file')
    with pytest.raises(SceneError, match='was not written'):
        drive_map.save(tmp_path / 'folder' / 'map.npz')


def test_a_kept_map_is_read(drive, drive_map, tmp_path):
    drive_map.save(tmp_path / 'map.npz')
    kept = kept_map(drive, tmp_path / 'map.npz', silently)
    np.testing.assert_array_equal(kept.points, drive_map.points)


def test_scenes_that_give_no_map_end_in_a_sentence(drive, tmp_path):
    with pytest.raises(SceneError, match=r"intrinsics of camera 'camera'.*import it with them"):
        build_map(replace(drive, cameras={}), 'train', silently)
    with pytest.raises(SceneError, match="no pictures in split 'test'"):
        build_map(drive, 'test', silently)
    grey = SceneFrame(np.full((90, 120, 3), 90, np.uint8), np.eye(4), 'train')
    camera = Camera(120, 90, 80.0, 80.0, 60.0, 45.0)
    empty = write_sample_scene(tmp_path / 'empty', [grey] * 3, camera=camera)
    with pytest.raises(SceneError, match=r'the 3 pictures of scene .* share no point'):
        build_map(empty, 'train', silently)


def wall(camera: Camera, T_map_camera: np.ndarray) -> np.ndarray:
    """A picture of a painted wall, the plane z = 2 of the map, through a camera."""
    small = np.random.default_rng(4).integers(0, 256, (60, 80, 3), np.uint8)
    painted = cv2.resize(small, (1200, 900), interpolation=cv2.INTER_CUBIC)
    K = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    T_camera_map = inverse(T_map_camera)
    # Texture pixels of 5 mm: (u, v) lies at ((u - 600) / 200, (v - 450) / 200, 2).
    paint = np.array([[1 / 200, 0, -3.0], [0, 1 / 200, -2.25], [0, 0, 2.0]])
    rotated = T_camera_map[:3, :3] @ paint
    rotated[:, 2] += T_camera_map[:3, 3]
    return cv2.warpPerspective(painted, K @ rotated, (camera.width, camera.height))


def wall_scene(root, source: dict[str, str]) -> Scene:
    """Pictures of the wall from a line parallel to it, with half-size depth in steps of 2 mm."""
    frames = []
    for x in np.linspace(-0.3, 0.3, 4):
        T_map_camera = np.eye(4)
        T_map_camera[0, 3] = x
        frames.append(SceneFrame(wall(CAMERA, T_map_camera), T_map_camera, 'train'))
    scene = write_sample_scene(root, frames, camera=CAMERA)
    (root / 'depth').mkdir()
    depth = np.full((150, 200), 1000, np.uint16)
    depth[:, :20] = 0
    pictures = []
    for picture in scene.pictures:
        file = picture.file.replace('pictures', 'depth')
        Image.fromarray(depth).save(root / file)
        pictures.append(replace(picture, depth=file))
    return replace(scene, pictures=tuple(pictures), depth_unit_m=0.002, source=source)


def test_depth_places_points_and_pictures(tmp_path):
    scene = wall_scene(tmp_path / 'wall', {'format': 'test'})
    wall_map = build_map_from_depth(scene, 'train', silently)
    np.testing.assert_allclose(wall_map.points[:, 2], 2.0, atol=1e-9)
    T_map_camera = np.eye(4)
    T_map_camera[:3, 3] = (0.07, 0.05, 0.1)
    T_map_camera[:3, :3] = Rotation.from_rotvec((0.03, -0.1, 0.05)).as_matrix()
    answer = localize(wall(CAMERA, T_map_camera), CAMERA, wall_map)
    assert answer is not None
    error = pose_error(answer.T_map_camera, T_map_camera)
    assert np.linalg.norm(error[:3]) < 0.02
    assert np.degrees(np.linalg.norm(error[3:])) < 0.5


def test_depth_of_another_camera_or_broken_is_refused(tmp_path):
    source = {'depth': 'not registered to the colour camera'}
    scene = wall_scene(tmp_path / 'wall', source)
    with pytest.raises(SceneError, match='not registered to the colour camera: triangulate'):
        build_map_from_depth(scene, 'train', silently)
    scene = replace(scene, source={})
    (scene.root / scene.pictures[3].depth).write_bytes(b'no picture')
    with pytest.raises(SceneError, match=r'depth/000003\.png. cannot be read'):
        build_map_from_depth(scene, 'train', silently)


def test_triangulation_finds_the_points_of_exact_matches():
    rng = np.random.default_rng(0)
    p_map = rng.uniform((-1.0, -1.0, 3.0), (1.0, 1.0, 5.0), (40, 3))
    poses = np.tile(np.eye(4), (5, 1, 1))
    poses[:, 0, 3] = np.linspace(-0.5, 0.5, 5)
    poses[:, :3, :3] = Rotation.from_rotvec(rng.normal(0.0, 0.05, (5, 3))).as_matrix()
    on_planes = []
    for T_camera_map in inverse(poses):
        p_camera = p_map @ T_camera_map[:3, :3].T + T_camera_map[:3, 3]
        on_planes.append(p_camera[:, :2] / p_camera[:, 2:])
    same = np.stack([np.arange(40)] * 2, axis=1)
    matches = {(i, j): same for i in range(5) for j in range(i + 1, 5)}
    points, observations = triangulate(on_planes, poses, matches)
    assert len(points) == 40
    for keypoints, rows in observations:
        np.testing.assert_allclose(points[rows], p_map[keypoints], atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), a=st.integers(2, 30), b=st.integers(2, 30))
def test_mutual_pairs_are_those_of_all_distances(seed, a, b):
    rng = np.random.default_rng(seed)
    one, other = (unit(rng.normal(size=(count, 16))) for count in (a, b))
    pairs = mutual_pairs(one, other)
    distance = np.linalg.norm(one[:, None] - other[None], axis=2)
    expected = {
        (i, j) for i, j in enumerate(distance.argmin(axis=1)) if distance[:, j].argmin() == i
    }
    assert set(zip(pairs.a, pairs.b, strict=True)) == expected
    for i, j, ratio_a, ratio_b in zip(pairs.a, pairs.b, pairs.ratio_a, pairs.ratio_b, strict=True):
        seconds = np.partition(distance[i], 1)[1], np.partition(distance[:, j], 1)[1]
        np.testing.assert_allclose((ratio_a, ratio_b), distance[i, j] / seconds, rtol=2e-3)


def test_sets_too_small_for_a_second_nearest_have_no_pairs():
    some = unit(np.random.default_rng(0).normal(size=(5, 16)))
    assert len(mutual_pairs(some[:1], some).a) == 0
    assert len(mutual_pairs(some, some[:0]).a) == 0


def test_codes_keep_the_direction_of_descriptors():
    rng = np.random.default_rng(0)
    descriptors = root_sift(rng.gamma(0.6, 30.0, (60, 128)).astype(np.float32))
    codes = mean_codes(descriptors, np.arange(60), 60).astype(np.float32)
    assert np.min(np.sum(unit(codes) * descriptors, axis=1)) > 0.999
    both = mean_codes(descriptors[:2], np.zeros(2, np.int64), 1).astype(np.float32)
    middle = unit(descriptors[:2].sum(axis=0, keepdims=True))
    assert float(np.sum(unit(both) * middle)) > 0.999


def test_pictures_are_matched_with_those_that_look_alike():
    angles = np.linspace(0.0, 0.5 * np.pi, 50)
    features = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    pairs = pairs_to_match(features)
    assert {(i, i + 1) for i in range(1, 48)} <= set(pairs)
    assert all(i < j for i, j in pairs)
    assert pairs_to_match(features[:1]) == []


def test_detection_keeps_to_its_limit_and_its_lens(drive):
    rng = np.random.default_rng(0)
    busy = cv2.resize(rng.integers(0, 256, (120, 160, 3), np.uint8), (640, 480))
    assert len(detect(busy, Camera(640, 480, 400.0, 400.0, 320.0, 240.0)).pixels) == MOST
    keypoints = detect(read_rgb(drive.path(drive.pictures[0])), CAMERA)
    back = keypoints.points * (CAMERA.fx, CAMERA.fy) + (CAMERA.cx, CAMERA.cy)
    np.testing.assert_allclose(back, keypoints.pixels, atol=1e-9)


def test_features_are_standardised_by_their_own_spread():
    rng = np.random.default_rng(0)
    features = rng.normal(3.0, 2.0, (200, 12)).astype(np.float32)
    unit_features = Standard.of(features).unit(features)
    np.testing.assert_allclose(np.linalg.norm(unit_features, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(unit_features.mean(axis=0), 0.0, atol=0.05)
