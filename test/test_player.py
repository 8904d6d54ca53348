# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The player shows a scene as a camera would, and refuses what is no scene."""

import signal
from contextlib import closing
from pathlib import Path

import numpy as np
from geometry_msgs.msg import PoseStamped
from harness import NEWEST_ONLY, Camera, Program, wait_until
from scene_samples import SceneFrame, write_sample_scene
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from posenet_ros.geometry import transform
from posenet_ros.messages import stamp_ns
from posenet_ros.model_spec import Camera as CameraModel
from posenet_ros.scene import Scene

DOMAIN = 102
POSES = [transform([0.1 * i, 0.2, 1.0], [0.0, 0.0, np.sin(i), np.cos(i)]) for i in range(4)]
SHADES = [40, 90, 140, 190]


CAMERA = CameraModel(64, 48, fx=50.0, fy=51.0, cx=31.0, cy=23.0)


def scene_of(root: Path, suffix: str, camera: CameraModel | None = None) -> Scene:
    """A scene of four pictures, the first and last of which validate."""
    frames = [
        SceneFrame(
            np.full((48, 64, 3), (shade, 10, 200), np.uint8),
            T_map_camera,
            'train' if i in (1, 2) else 'validation',
        )
        for i, (T_map_camera, shade) in enumerate(zip(POSES, SHADES, strict=True))
    ]
    return write_sample_scene(root, frames, suffix, camera)


def listener() -> closing[Camera]:
    return closing(Camera(DOMAIN))


def play(scene: Path, **parameters: object) -> Program:
    return Program('posenet_ros.player', DOMAIN, scene=scene, **parameters)


def test_pictures_truth_and_end(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / 'scene', '.png')
    with listener() as robot:
        pictures = robot.listen(Image, 'image_raw', NEWEST_ONLY)
        truths = robot.listen(PoseStamped, 'ground_truth')
        player = play(scene.root, split='all', encoding='bgr8', rate=5.0)
        assert player.wait(30.0) == 0
        wait_until(lambda: len(truths) == 4, 5.0, 'the four true poses')
    by_stamp = {stamp_ns(m.header.stamp): m for m in truths}
    assert len(pictures) >= 3
    for picture in pictures:
        truth = by_stamp[stamp_ns(picture.header.stamp)]
        shown = np.frombuffer(picture.data, np.uint8).reshape(48, 64, 3)[0, 0]
        index = SHADES.index(int(shown[2]))
        assert shown[:2].tolist() == [200, 10]
        p = truth.pose.position
        assert np.allclose([p.x, p.y, p.z], POSES[index][:3, 3])
        assert picture.header.frame_id == 'camera_optical_frame'


def test_files_as_they_are_with_camera_info(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / 'scene', '.jpg', CAMERA)
    with listener() as robot:
        pictures = robot.listen(CompressedImage, 'image_raw/compressed', NEWEST_ONLY)
        infos = robot.listen(CameraInfo, 'camera_info', NEWEST_ONLY)
        player = play(scene.root, encoding='compressed', loop=True)
        wait_until(lambda: len(pictures) > 4 and infos, 20.0, 'pictures and camera_info')
        player.send_signal(signal.SIGTERM)
        assert player.wait(5.0) == 0
    files = {scene.path(picture).read_bytes() for picture in scene.split('validation')}
    assert {bytes(picture.data) for picture in pictures} == files
    assert infos[0].k.tolist() == [50.0, 0.0, 31.0, 0.0, 51.0, 23.0, 0.0, 0.0, 1.0]
    assert (infos[0].width, infos[0].height) == (64, 48)


def test_a_wrong_folder_ends_with_a_sentence(tmp_path: Path) -> None:
    player = play(tmp_path)
    assert player.wait(30.0) == 1
    assert 'is no scene' in player.output
    assert 'posenet scene import' in player.output
    assert 'Traceback' not in player.output
