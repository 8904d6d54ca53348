# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot with two cameras, one of them a fisheye: each is judged by its own pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from check_samples import CAMERA, encoded, posed
from scipy.spatial.transform import Rotation

from posenet_ros.model_spec import Camera
from posenet_ros.scene import Scene
from posenet_training.check.camera_check import Budget, CameraCheck, check_camera
from posenet_training.check.convention_evidence import Answer
from posenet_training.check.drawn_matches import matched_pair
from posenet_training.check.findings import Level, verdict
from posenet_training.check.motion import look_at_motion
from posenet_training.check.view import THE_REST, View
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.scenes.splitting import BlockSplit, with_validation
from posenet_training.scenes.writing import Keeping, write_scene
from simulation.journey import Journey
from simulation.renderer import Renderer
from simulation.room import Room

COUNT, RATE, FINE = 100, 10, 15
LATER = 3  # fine steps from a picture of the front camera to that of the left one
FISHEYE = Camera(
    320, 240, 150.0, 150.0, 160.0, 120.0, 'equidistant', distortion=(0.05, -0.01, 0.0, 0.0)
)
WIDE = Camera(640, 480, 170.0, 170.0, 320.0, 240.0)
T_FRONT_LEFT = np.eye(4)
T_FRONT_LEFT[:3, :3] = Rotation.from_euler('y', -np.pi / 2).as_matrix()
T_FRONT_LEFT[:3, 3] = (-0.10, 0.0, -0.05)
BUDGET = Budget(turning=36, changing=30)


def fisheye_from_wide() -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows of the wide picture that the fisheye's pixels see, by its formula."""
    u, v = np.meshgrid(np.arange(FISHEYE.width), np.arange(FISHEYE.height))
    x, y = (u - FISHEYE.cx) / FISHEYE.fx, (v - FISHEYE.cy) / FISHEYE.fy
    k1, k2, k3, k4 = FISHEYE.distortion
    angle = np.linspace(0.0, 1.5, 3000)
    bent = angle * (1 + k1 * angle**2 + k2 * angle**4 + k3 * angle**6 + k4 * angle**8)
    radius = np.hypot(x, y)
    stretched = np.tan(np.interp(radius, bent, angle)) / np.maximum(radius, 1e-9)
    column = WIDE.fx * stretched * x + WIDE.cx
    row = WIDE.fy * stretched * y + WIDE.cy
    return column.astype(np.float32), row.astype(np.float32)


@pytest.fixture(scope='module')
def drive(tmp_path_factory):
    """The scene and the left camera's poses, FINE a picture, from a picture's stamp on."""
    room = Room.from_seed(11)
    journey = Journey(room, 8)
    seen_by_fisheye = fisheye_from_wide()
    frames, left_poses = [], []
    with Renderer(room, CAMERA) as front, Renderer(room, WIDE) as wide:
        for step in range(COUNT * FINE):
            stamp_ns = 1_000_000_000 + round(step * 1e9 / (RATE * FINE))
            world = journey.at(stamp_ns)
            T_map_left = world.T_map_camera @ T_FRONT_LEFT
            left_poses.append(T_map_left)
            light = world.light(1.0, step)
            if step % FINE == 0:
                picture = front.render(world.T_map_camera, light)
                frames.append(frame('front', step, stamp_ns, picture, world.T_map_camera))
            elif step % FINE == LATER:
                picture = cv2.remap(wide.render(T_map_left, light), *seen_by_fisheye, 1)
                frames.append(frame('left', step, stamp_ns, picture, T_map_left))
    cameras = {'front': CAMERA, 'left': FISHEYE}
    scene = write_scene(
        Drive('two cameras', iter(frames), len(frames), cameras, {}),
        tmp_path_factory.mktemp('drive') / 's',
        lambda taken: with_validation(taken, BlockSplit(blocks=1)),
        Keeping.links(),
        Complaints(),
    )
    return scene, np.stack(left_poses)


def frame(
    camera: str, step: int, stamp_ns: int, picture: np.ndarray, T_map_camera: np.ndarray
) -> DriveFrame:
    name = f'{step:05d}-{camera}'
    return DriveFrame(name, encoded(picture), 'drive', stamp_ns, T_map_camera, camera=camera)


def checked(scene: Scene, camera: str) -> CameraCheck:
    return check_camera(camera, View(scene).of_camera(camera), BUDGET, lambda items, _: items)


def levels(check: CameraCheck) -> dict[str, Level]:
    return {finding.check: finding.level for finding in check.findings}


def test_a_run_is_of_one_camera(drive):
    view = View(drive[0])
    assert list(view.cameras) == ['front', 'left']
    assert [len(run) for run in view.runs] == [COUNT, COUNT]
    assert not look_at_motion(view).jumps.any()
    assert {p.camera for p in view.of_camera('left').pictures} == {'left'}


def test_photographs_with_a_camera_each_are_looked_at_together(drive):
    scene, _ = drive
    each = tuple(replace(p, camera=p.file) for p in scene.pictures[:50])
    cameras = {p.file: CAMERA for p in each}
    view = View(replace(scene, pictures=each, cameras=cameras))
    assert list(view.cameras) == [THE_REST]
    assert view.focal_length == CAMERA.fx


@pytest.fixture(scope='module')
def left(drive):
    return checked(drive[0], 'left')


def test_both_cameras_are_found_well(drive, left):
    for check in (checked(drive[0], 'front'), left):
        assert check.convention.answer is Answer.confirmed, check.convention.reason
        assert set(levels(check).values()) == {Level.ok}, check.findings
        assert check.offset is not None
        assert check.offset.offset == pytest.approx(0.0, abs=4e-3)


def test_lines_bend_as_the_fisheye_does(left):
    pair = left.pairs[0]
    right = matched_pair(left, pair).axes[1]
    lines = [line.get_xydata() for line in right.lines if len(line.get_xydata()) > 1]
    points = [line.get_xydata()[0] for line in right.lines if len(line.get_xydata()) == 1]
    misses = [
        np.nanmin(np.linalg.norm(line - point, axis=1))
        for line, point in zip(lines, points, strict=True)
    ]
    assert np.median(misses) < 3.0


def test_a_fisheye_that_is_said_to_be_a_pinhole_does_not_pass(drive):
    scene, _ = drive
    plain = replace(FISHEYE, distortion_model='plumb_bob', distortion=())
    check = checked(replace(scene, cameras={**scene.cameras, 'left': plain}), 'left')
    assert verdict(check.findings) is not Level.ok, check.findings


def test_the_late_one_of_two_cameras_is_named(drive):
    scene, poses = drive
    late = iter(poses[LATER + 5 :: FINE])
    pictures = tuple(posed(p, next(late)) if p.camera == 'left' else p for p in scene.pictures)
    check = checked(replace(scene, pictures=pictures), 'left')
    assert check.offset is not None
    assert check.offset.low < -5.0 / (RATE * FINE) < check.offset.high
    assert levels(check)['time offset'] is Level.warning
