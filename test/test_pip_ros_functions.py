# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What posenet_ros relies on in tf_transformations and sensor_msgs_py, whichever is installed."""

import numpy as np
import pytest
import tf_transformations
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import PointCloud2, PointField
from sensor_msgs_py import point_cloud2
from std_msgs.msg import Header

EXACT = 1e-9
angles = st.floats(-3.1, 3.1)
# Away from the poles, where roll and yaw are one angle.
pitches = st.floats(-1.5, 1.5)
rotations = st.builds(
    lambda *rpy: Rotation.from_euler('xyz', rpy), angles, st.floats(-1.57, 1.57), angles
)


@given(rotations)
def test_a_quaternion_becomes_the_matrix_that_rotates_alike(rotation: Rotation) -> None:
    T = tf_transformations.quaternion_matrix(rotation.as_quat())
    assert T.shape == (4, 4)
    np.testing.assert_allclose(T[:3, :3], rotation.as_matrix(), atol=EXACT)
    np.testing.assert_array_equal(T[3], (0.0, 0.0, 0.0, 1.0))
    np.testing.assert_array_equal(T[:3, 3], 0.0)


@given(rotations)
def test_a_matrix_becomes_its_quaternion_up_to_sign(rotation: Rotation) -> None:
    T = np.eye(4)
    T[:3, :3] = rotation.as_matrix()
    T[:3, 3] = 1.0, -2.0, 3.0
    q = np.asarray(tf_transformations.quaternion_from_matrix(T))
    assert abs(q @ rotation.as_quat()) == pytest.approx(1.0, abs=EXACT)


@given(rotations, rotations)
def test_a_product_turns_by_the_second_first(first: Rotation, second: Rotation) -> None:
    q = tf_transformations.quaternion_multiply(first.as_quat(), second.as_quat())
    expected = (first * second).as_quat()
    assert abs(np.dot(q, expected)) == pytest.approx(1.0, abs=EXACT)


@given(rotations)
def test_an_inverse_turns_back(rotation: Rotation) -> None:
    q = 2.0 * rotation.as_quat()
    back = tf_transformations.quaternion_multiply(q, tf_transformations.quaternion_inverse(q))
    np.testing.assert_allclose(back, (0.0, 0.0, 0.0, 1.0), atol=EXACT)


@given(angles, pitches, angles)
def test_euler_angles_are_about_fixed_axes(roll: float, pitch: float, yaw: float) -> None:
    q = tf_transformations.quaternion_from_euler(roll, pitch, yaw)
    expected = Rotation.from_euler('xyz', (roll, pitch, yaw)).as_quat()
    assert abs(np.dot(q, expected)) == pytest.approx(1.0, abs=EXACT)
    back = tf_transformations.euler_from_quaternion(q)
    np.testing.assert_allclose(back, (roll, pitch, yaw), atol=1e-7)


def test_a_cloud_of_points_survives_serialization() -> None:
    points = np.random.default_rng(3).uniform(-5.0, 5.0, (100, 3)).astype(np.float32)
    sent = point_cloud2.create_cloud_xyz32(Header(frame_id='map'), points)
    cloud = deserialize_message(serialize_message(sent), PointCloud2)
    assert cloud.header.frame_id == 'map'
    assert (cloud.width, cloud.height, cloud.point_step, cloud.row_step) == (100, 1, 12, 1200)
    assert [(field.name, field.offset) for field in cloud.fields] == [('x', 0), ('y', 4), ('z', 8)]
    np.testing.assert_array_equal(point_cloud2.read_points_numpy(cloud), points)
    np.testing.assert_array_equal(
        point_cloud2.read_points_numpy(cloud, field_names=['z', 'x']), points[:, [2, 0]]
    )


@pytest.mark.parametrize('points', [[], [(1.0, 2.0, 3.0)], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
def test_points_may_be_a_list(points: list) -> None:
    cloud = point_cloud2.create_cloud_xyz32(Header(), points)
    assert cloud.width == len(points)
    np.testing.assert_array_equal(
        point_cloud2.read_points_numpy(cloud), np.reshape(points, (-1, 3))
    )


def test_a_cloud_has_the_fields_asked_for() -> None:
    fields = [
        PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1)
        for i, name in enumerate(('x', 'y', 'z', 'intensity'))
    ]
    points = np.arange(8, dtype=np.float32).reshape(2, 4)
    cloud = point_cloud2.create_cloud(Header(), fields, points)
    assert cloud.point_step == 16
    np.testing.assert_array_equal(
        point_cloud2.read_points_numpy(cloud, ['intensity']), points[:, 3:]
    )
