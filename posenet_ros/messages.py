# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Between numpy values and ROS messages."""

from array import array
from pathlib import Path

import numpy as np
import tf_transformations
from builtin_interfaces.msg import Time
from geometry_msgs.msg import (
    Pose,
    PoseStamped,
    PoseWithCovariance,
    PoseWithCovarianceStamped,
    Transform,
    TransformStamped,
)
from nav_msgs.msg import OccupancyGrid
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2
from sensor_msgs_py import point_cloud2
from std_msgs.msg import Header

from posenet_ros.floor_plan import FloorPlan
from posenet_ros.geometry import Array, position_and_quaternion, transform
from posenet_ros.image import RawImage, pixels, to_rgb
from posenet_ros.initial_pose import InitialPose
from posenet_ros.model_spec import Camera
from posenet_ros.place_map import PlaceMap
from posenet_ros.stamps import NS_PER_S


def stamp_ns(stamp: Time) -> int:
    """Nanoseconds of a message's stamp."""
    return int(stamp.sec * NS_PER_S + stamp.nanosec)


def stamp(nanoseconds: int) -> Time:
    """Stamp of a message from nanoseconds."""
    return Time(sec=nanoseconds // NS_PER_S, nanosec=nanoseconds % NS_PER_S)


def header(nanoseconds: int, frame_id: str) -> Header:
    """Header with this stamp and frame."""
    return Header(stamp=stamp(nanoseconds), frame_id=frame_id)


def pose(T_a_b: Array) -> Pose:
    """Pose message of T_a_b [4, 4], its quaternion unit in float64 with w >= 0."""
    message = Pose()
    position, orientation = message.position, message.orientation
    xyz, q_xyzw = position_and_quaternion(T_a_b)
    position.x, position.y, position.z = xyz.tolist()
    orientation.x, orientation.y, orientation.z, orientation.w = q_xyzw.tolist()
    return message


def pose_stamped(nanoseconds: int, frame_id: str, T_frame_b: Array) -> PoseStamped:
    """Pose of b in the frame at a time."""
    return PoseStamped(header=header(nanoseconds, frame_id), pose=pose(T_frame_b))


def pose_with_covariance(stamped: PoseStamped, covariance: Array) -> PoseWithCovarianceStamped:
    """The same pose with its covariance [6, 6] of REP-103's order."""
    message = PoseWithCovarianceStamped(header=stamped.header)
    message.pose.pose = stamped.pose
    message.pose.covariance = covariance.ravel()
    return message


def initial_pose(
    nanoseconds: int, frame_id: str, initial: InitialPose
) -> PoseWithCovarianceStamped:
    """Initial pose in the frame, its quaternion as it is: unit in float64."""
    message = PoseWithCovarianceStamped(header=header(nanoseconds, frame_id))
    position, orientation = message.pose.pose.position, message.pose.pose.orientation
    position.x, position.y, position.z = initial.position.tolist()
    orientation.x, orientation.y, orientation.z, orientation.w = initial.q_xyzw.tolist()
    message.pose.covariance = initial.covariance.ravel()
    return message


def transform_stamped(
    nanoseconds: int, frame_id: str, child_frame_id: str, T_frame_child: Array
) -> TransformStamped:
    """Transform of the child in the frame at a time."""
    return as_transform(pose_stamped(nanoseconds, frame_id, T_frame_child), child_frame_id)


def as_transform(child: PoseStamped, child_frame_id: str) -> TransformStamped:
    """A child's pose in a frame as the transform of that name."""
    message = TransformStamped(header=child.header, child_frame_id=child_frame_id)
    translation, position = message.transform.translation, child.pose.position
    translation.x, translation.y, translation.z = position.x, position.y, position.z
    message.transform.rotation = child.pose.orientation
    return message


def matrix(message: Transform) -> Array:
    """T [4, 4] of a transform message."""
    t, q = message.translation, message.rotation
    T: Array = np.array(tf_transformations.quaternion_matrix([q.x, q.y, q.z, q.w]))
    T[:3, 3] = t.x, t.y, t.z
    return T


def pose_matrix(message: Pose) -> Array:
    """T [4, 4] of a pose message; raises ValueError where its quaternion is none."""
    p, q = message.position, message.orientation
    return transform([p.x, p.y, p.z], [q.x, q.y, q.z, q.w])


def covariance_matrix(message: PoseWithCovariance) -> Array:
    """Covariance [6, 6] of REP-103's order."""
    return np.asarray(message.covariance, dtype=np.float64).reshape(6, 6)


def place_map(message: OccupancyGrid) -> PlaceMap:
    """The map that a map server publishes; raises ValueError where it is no grid."""
    info = message.info
    if not info.resolution > 0.0 or info.width * info.height != len(message.data):
        raise ValueError(
            f'map has {len(message.data)} cells for {info.width} x {info.height} of '
            f'{info.resolution:g} m: its publisher must fill width, height and resolution'
        )
    cells = np.frombuffer(message.data, np.int8).reshape(info.height, info.width)
    plan = FloorPlan(cells, float(info.resolution), pose_matrix(info.origin))
    return PlaceMap(message.header.frame_id, plan)


def raw_image(message: Image) -> RawImage:
    """The fields that decoding needs; the pixels are not copied."""
    return RawImage(
        encoding=message.encoding,
        width=message.width,
        height=message.height,
        step=message.step,
        is_bigendian=bool(message.is_bigendian),
        data=message.data,
    )


def rgb(message: Image) -> NDArray[np.uint8]:
    """RGB pixels [H, W, 3] of a picture in one of the plain encodings.

    Raises ImageRefusal when its fields contradict each other, KeyError for another encoding.
    """
    return to_rgb(pixels(raw_image(message)), message.encoding)


def image(rows: NDArray[np.uint8], encoding: str) -> Image:
    """Picture message of 8-bit pixels [H, W, C], without header."""
    height, width, channels = rows.shape
    message = Image(encoding=encoding, height=height, width=width, step=width * channels)
    # Assigning a numpy array would copy it element by element.
    message.data = array('B', rows.tobytes())
    return message


def compressed(header: Header, jpeg: bytes) -> CompressedImage:
    """Compressed picture message of JPEG bytes."""
    return CompressedImage(header=header, format='jpeg', data=array('B', jpeg))


def compressed_image(path: Path) -> CompressedImage:
    """Compressed picture message of a JPEG or PNG file, without header."""
    return CompressedImage(format=path.suffix[1:], data=array('B', path.read_bytes()))


def camera(message: CameraInfo) -> Camera | None:
    """The camera of a CameraInfo, None where it is not calibrated (REP: K[0] = 0)."""
    if message.k[0] <= 0.0 or message.k[4] <= 0.0 or not message.width or not message.height:
        return None
    return Camera(
        width=message.width,
        height=message.height,
        fx=float(message.k[0]),
        fy=float(message.k[4]),
        cx=float(message.k[2]),
        cy=float(message.k[5]),
        distortion_model=message.distortion_model,
        distortion=tuple(message.d),
    )


def camera_info(camera: Camera) -> CameraInfo:
    """CameraInfo of a camera, without header."""
    message = CameraInfo(width=camera.width, height=camera.height)
    message.distortion_model, message.d = camera.distortion_model, list(camera.distortion)
    message.k = [camera.fx, 0.0, camera.cx, 0.0, camera.fy, camera.cy, 0.0, 0.0, 1.0]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    # P is K with a column of zeros: one camera, already where it is.
    P = np.eye(3, 4)
    P[:, :3] = np.reshape(message.k, (3, 3))
    message.p = P.ravel()
    return message


def cloud(nanoseconds: int, frame_id: str, points: Array) -> PointCloud2:
    """Point cloud of positions [N, 3] in the frame."""
    return point_cloud2.create_cloud_xyz32(
        header(nanoseconds, frame_id), points.astype(np.float32)
    )


def cloud_positions(message: PointCloud2) -> Array:
    """Positions [N, 3] of a point cloud."""
    points = point_cloud2.read_points_numpy(message, field_names=('x', 'y', 'z'))
    return np.asarray(points, dtype=np.float64).reshape(-1, 3)
