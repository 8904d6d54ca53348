# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures over DDS to poses, TF and all that else the node publishes."""

from array import array
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from harness import LATCHED, NEWEST_ONLY, T_BASE_CAMERA, Camera, bench, picture, wait_until
from model_files import SPEC, ColourNet, write_model
from nav_msgs.msg import Path as PathMessage
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2
from sensor_msgs_py import point_cloud2

from posenet_ros.geometry import inverse, transform, transport_covariance
from posenet_ros.image import LAYOUTS
from posenet_ros.messages import matrix, stamp_ns
from posenet_ros.model_file import load_model
from posenet_ros.preprocess import crop, crop_window

ORANGE = (200.0, 120.0, 40.0)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'colour.pt', ColourNet())


@pytest.fixture(scope='module')
def robot(model: Path) -> Iterator[Camera]:
    with bench(model_path=model) as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        yield robot


def expected_T_map_base(model: Path, rgb: np.ndarray) -> np.ndarray:
    """The pose by the model file itself, without node and DDS."""
    height, width, _ = rgb.shape
    prediction = load_model(model).predict(crop(rgb, crop_window(width, height)))
    return transform(prediction.position, prediction.q_xyzw) @ inverse(T_BASE_CAMERA)


def assert_pose(message: object, T: np.ndarray, tolerance: float = 1e-6) -> None:
    pose = message.pose  # type: ignore[attr-defined]
    p, q = pose.position, pose.orientation
    assert np.allclose([p.x, p.y, p.z], T[:3, 3], atol=tolerance)
    got = transform([0, 0, 0], [q.x, q.y, q.z, q.w])
    assert np.allclose(got[:3, :3], T[:3, :3], atol=1e-6)
    assert np.linalg.norm([q.x, q.y, q.z, q.w]) == pytest.approx(1.0, abs=1e-9)
    assert q.w >= 0.0


def test_pose_is_the_models_moved_to_the_base(robot: Camera, model: Path) -> None:
    message = robot.pose_from(picture(ORANGE))
    assert message.header.frame_id == 'map'
    pixels = np.full((480, 640, 3), ORANGE, np.uint8)
    assert_pose(message, expected_T_map_base(model, pixels))


def test_covariance_is_moved_with_the_lever_arm(robot: Camera) -> None:
    stamp = stamp_ns(robot.pose_from(picture(ORANGE)).header.stamp)
    message = wait_until(
        lambda: next(
            (
                m
                for m in list(robot.received['relocalizer/pose_with_covariance'])
                if stamp_ns(m.header.stamp) == stamp
            ),
            None,
        ),
        5.0,
        'the pose with covariance',
    )
    R_map_camera = transform([0, 0, 0], [0.5, -0.5, 0.5, -0.5])[:3, :3]
    t_camera_base = inverse(T_BASE_CAMERA)[:3, 3]
    expected = transport_covariance(SPEC.covariance, R_map_camera, t_camera_base)
    assert np.allclose(np.reshape(message.pose.covariance, (6, 6)), expected, atol=1e-8)


def test_estimate_goes_to_a_leaf_frame_at_the_image_stamp(robot: Camera) -> None:
    message = robot.pose_from(picture(ORANGE))
    stamp = stamp_ns(message.header.stamp)
    sent = wait_until(
        lambda: next(
            (
                t
                for m in list(robot.received['/tf'])
                for t in m.transforms
                if stamp_ns(t.header.stamp) == stamp
            ),
            None,
        ),
        5.0,
        'the transform',
    )
    assert (sent.header.frame_id, sent.child_frame_id) == ('map', 'posenet_base')
    assert_pose(message, matrix(sent.transform))
    frames = {
        (t.header.frame_id, t.child_frame_id) for m in robot.received['/tf'] for t in m.transforms
    }
    assert frames == {('map', 'posenet_base')}


def test_path_coverage_and_crop(robot: Camera) -> None:
    path = robot.listen(PathMessage, 'relocalizer/path')
    crops = robot.listen(Image, 'relocalizer/crop', NEWEST_ONLY)
    clouds = robot.listen(PointCloud2, 'relocalizer/coverage', LATCHED)
    cloud = wait_until(lambda: clouds, 5.0, 'the latched coverage')[0]
    points = point_cloud2.read_points_numpy(cloud, ['x', 'y', 'z'])
    assert np.allclose(points, SPEC.coverage)
    gradient = picture(ORANGE)
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, 640)
    pixels[..., 1] = 90
    gradient.data = array('B', pixels.tobytes())

    def shown() -> bool:
        robot.show(gradient)
        return bool(crops and path and len(path[-1].poses) >= 2)

    wait_until(shown, 5.0, 'crop and path')
    received = np.frombuffer(crops[-1].data, np.uint8).reshape(224, 224, 3)
    assert np.array_equal(received, crop(pixels, crop_window(640, 480)))
    stamps = [stamp_ns(pose.header.stamp) for pose in path[-1].poses]
    assert stamps == sorted(stamps)
    assert len(stamps) >= 2


def encoded(encoding: str, rgb: np.ndarray, padding: int) -> Image:
    """Encode a picture for the camera topic; Bayer and YUV by their definitions."""
    if encoding.startswith('bayer'):
        pattern = encoding.split('_')[1][:4]
        channel = {'r': 0, 'g': 1, 'b': 2}
        values = np.empty(rgb.shape[:2], np.uint8)
        for i, letter in enumerate(pattern):
            y, x = divmod(i, 2)
            values[y::2, x::2] = rgb[y::2, x::2, channel[letter]]
    elif encoding == 'yuv422_yuy2':
        # BT.601, studio range.
        y = 16 + rgb @ [0.257, 0.504, 0.098]
        u = 128 + rgb @ [-0.148, -0.291, 0.439]
        v = 128 + rgb @ [0.439, -0.368, -0.071]
        odd = np.arange(rgb.shape[1]) % 2 == 1
        values = np.stack([y, np.where(odd, v, u)], axis=-1).round().astype(np.uint8)
    else:
        letters = encoding.rstrip('0123456789')
        alpha = np.full(rgb.shape[:2], 7, np.uint8)
        planes = {'r': rgb[..., 0], 'g': rgb[..., 1], 'b': rgb[..., 2], 'a': alpha}
        mono = encoding.startswith('mono')
        values = rgb[..., 0] if mono else np.stack([planes[letter] for letter in letters], -1)
        if encoding.endswith('16'):
            values = values.astype(np.uint16) << 8
    lines = [np.ascontiguousarray(line).tobytes() + bytes(padding) for line in values]
    message = Image(encoding=encoding, height=rgb.shape[0], width=rgb.shape[1])
    message.step = len(lines[0])
    message.data = array('B', b''.join(lines))
    return message


@pytest.mark.parametrize('padding', [0, 12])
@pytest.mark.parametrize('encoding', [*LAYOUTS, 'bayer_rggb8', 'bayer_gbrg8', 'yuv422_yuy2'])
def test_every_encoding_gives_the_pose_of_its_colours(
    robot: Camera, encoding: str, padding: int
) -> None:
    colour = (120.0, 120.0, 120.0) if encoding.startswith('mono') else ORANGE
    pixels = np.full((480, 640, 3), colour, np.uint8)
    message = robot.pose_from(encoded(encoding, pixels, padding))
    T_map_camera = transform(np.array(colour) / 25.5, [0.5, -0.5, 0.5, -0.5])
    # YUV rounds colours by a few of 255 steps.
    assert_pose(message, T_map_camera @ inverse(T_BASE_CAMERA), tolerance=0.12)


def test_camera_info_scales_the_crop_to_the_trained_view(robot: Camera) -> None:
    """With twice the focal length at twice the size, the same scene gives the same pose."""
    scene = np.zeros((480, 640, 3), np.uint8)
    scene[30:450, 110:530] = (160, 110, 60)
    wide = np.zeros((1080, 1440, 3), np.uint8)
    # Training: 420 px at a focal length of 420 px; here 700 px at 700 px.
    wide[190:890, 370:1070] = (160, 110, 60)
    info = CameraInfo(width=1440, height=1080, distortion_model='plumb_bob')
    info.k = [700.0, 0.0, 720.0, 0.0, 700.0, 540.0, 0.0, 0.0, 1.0]
    message = picture((0, 0, 0), 1080, 1440)
    message.data = array('B', wide.tobytes())

    def matched() -> bool:
        robot.info.publish(info)
        robot.show(message)
        return robot.diagnostic_value('field of view').startswith('matched')

    wait_until(matched, 10.0, 'the matched field of view')
    p = robot.pose_from(message).pose.position
    T = transform(np.array([160, 110, 60]) / 25.5, [0.5, -0.5, 0.5, -0.5]) @ inverse(T_BASE_CAMERA)
    assert np.allclose([p.x, p.y, p.z], T[:3, 3], atol=0.02)


def test_compressed_pictures(model: Path) -> None:
    with bench(model_path=model, image_transport='compressed') as (_, robot):
        robot.extrinsic()
        robot.wait_until_connected()
        pixels = np.full((480, 640, 3), ORANGE, np.uint8)
        for suffix in ('.jpg', '.png'):
            done, data = cv2.imencode(suffix, pixels[..., ::-1])
            assert done
            message = CompressedImage(format=suffix[1:], data=array('B', data.tobytes()))
            got = robot.pose_from(message)
            T_map_camera = transform(np.array(ORANGE) / 25.5, [0.5, -0.5, 0.5, -0.5])
            assert_pose(got, T_map_camera @ inverse(T_BASE_CAMERA), tolerance=0.12)


def test_without_a_base_frame_the_cameras_own_pose_comes(model: Path) -> None:
    with bench(model_path=model, base_frame='') as (_, robot):
        robot.wait_until_connected()
        message = robot.pose_from(picture(ORANGE))
        assert_pose(message, transform(np.array(ORANGE) / 25.5, [0.5, -0.5, 0.5, -0.5]))
