# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The player shows a folder as a camera would, and refuses folders that make no sense."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import PoseStamped
from harness import NEWEST_ONLY, Camera, wait_until
from PIL import Image as Picture
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from posenet_ros.geometry import transform
from posenet_ros.messages import stamp_ns
from posenet_ros.posed_pictures import SceneError, read_list

DOMAIN = 102
POSES = [transform([0.1 * i, 0.2, 1.0], [0.0, 0.0, np.sin(i), np.cos(i)]) for i in range(4)]
SHADES = [40, 90, 140, 190]


@pytest.fixture
def seven_scenes(tmp_path: Path) -> Path:
    """Write a scene in the layout of 7-Scenes, PNG so that colours survive."""
    (tmp_path / 'seq-01').mkdir()
    names = []
    for i, (T_map_camera, shade) in enumerate(zip(POSES, SHADES, strict=True)):
        stem = tmp_path / 'seq-01' / f'frame-{i:06d}'
        Picture.new('RGB', (64, 48), (shade, 10, 200)).save(f'{stem}.color.png')
        np.savetxt(f'{stem}.pose.txt', T_map_camera)
        names.append(f'seq-01/frame-{i:06d}.color.png')
    (tmp_path / 'validation.txt').write_text('\n'.join(names) + '\n')
    return tmp_path


@pytest.fixture
def matrices(tmp_path: Path) -> Path:
    """Write a scene with one row of 16 numbers a picture, and intrinsics."""
    (tmp_path / 'images').mkdir()
    for i, shade in enumerate(SHADES):
        Picture.new('RGB', (64, 48), (shade, 10, 200)).save(tmp_path / 'images' / f'{i:02d}.jpg')
    np.savetxt(tmp_path / 'poses.txt', [T.ravel() for T in POSES])
    np.savetxt(tmp_path / 'K.txt', [[50.0, 0.0, 31.0], [0.0, 51.0, 23.0], [0.0, 0.0, 1.0]])
    (tmp_path / 'validation.txt').write_text('images/00.jpg\nimages/03.jpg\n')
    return tmp_path


@contextmanager
def listener() -> Iterator[Camera]:
    robot = Camera(DOMAIN)
    try:
        yield robot
    finally:
        robot.close()


def play(scene: Path, **parameters: object) -> subprocess.Popen[str]:
    command = [sys.executable, '-m', 'posenet_ros.player', '--ros-args', '-p', f'scene:={scene}']
    for name, value in parameters.items():
        command += ['-p', f'{name}:={value}']
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN)}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def test_pictures_truth_and_end(seven_scenes: Path) -> None:
    with listener() as robot:
        pictures = robot.listen(Image, 'image_raw', NEWEST_ONLY)
        truths = robot.listen(PoseStamped, 'ground_truth')
        player = play(seven_scenes, encoding='bgr8', rate=5.0)
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


def test_files_as_they_are_with_camera_info(matrices: Path) -> None:
    with listener() as robot:
        pictures = robot.listen(CompressedImage, 'image_raw/compressed', NEWEST_ONLY)
        infos = robot.listen(CameraInfo, 'camera_info', NEWEST_ONLY)
        player = play(matrices, encoding='compressed', loop='true')
        wait_until(lambda: len(pictures) > 4 and infos, 20.0, 'pictures and camera_info')
        player.terminate()
        assert player.wait(5.0) == 0
    files = {(matrices / 'images' / name).read_bytes() for name in ('00.jpg', '03.jpg')}
    assert {bytes(picture.data) for picture in pictures} == files
    assert infos[0].k.tolist() == [50.0, 0.0, 31.0, 0.0, 51.0, 23.0, 0.0, 0.0, 1.0]
    assert (infos[0].width, infos[0].height) == (64, 48)


def damage(scene: Path, what: str) -> str:
    """Break a scene; returns the list to read."""
    frame = scene / 'seq-01' / 'frame-000001'
    if what == 'no list':
        return 'other.txt'
    if what == 'empty list':
        (scene / 'validation.txt').write_text('\n')
    elif what == 'no picture':
        Path(f'{frame}.color.png').unlink()
    elif what == 'no pose':
        Path(f'{frame}.pose.txt').unlink()
    elif what == 'no rotation':
        np.savetxt(f'{frame}.pose.txt', np.diag([1.0, 1.0, -1.0, 1.0]))
    elif what == 'not finite':
        np.savetxt(f'{frame}.pose.txt', np.full((4, 4), np.nan))
    return 'validation.txt'


@pytest.mark.parametrize(
    ('what', 'words'),
    [
        ('no list', 'has no other.txt'),
        ('empty list', 'names no picture'),
        ('no picture', 'which is not there'),
        ('no pose', 'has no pose'),
        ('no rotation', 'no rigid 4x4 matrix'),
        ('not finite', 'no rigid 4x4 matrix'),
    ],
)
def test_broken_folders(seven_scenes: Path, what: str, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        read_list(seven_scenes, damage(seven_scenes, what))


def test_too_few_rows_of_poses(matrices: Path) -> None:
    np.savetxt(matrices / 'poses.txt', [POSES[0].ravel()])
    with pytest.raises(SceneError, match='need 4 rows of 16 numbers'):
        read_list(matrices, 'validation.txt')


def test_a_wrong_folder_ends_with_a_sentence(tmp_path: Path) -> None:
    player = play(tmp_path)
    _, errors = player.communicate(timeout=30.0)
    assert player.returncode == 1
    assert '[player]: scene' in errors
    assert 'has no validation.txt' in errors
    assert 'Traceback' not in errors
