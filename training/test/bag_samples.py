# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bags that the tests make, with rosbags' writer, and the truth about them.

`SampleDrive` is a drive whose truth is known in closed form: every edge of its TF tree moves at
a constant velocity and turns about a fixed axis at a constant rate, so that interpolation is
exact.  `drive_messages` says it in messages, `write_bag` and `write_split_bag` put them on disk.

A drive through the simulator's room, for whoever needs pictures that fit their poses:

    write_demo_bag(
        path: Path,              folder of the bag, new
        storage: str = 'mcap',   or 'sqlite3'
        room_seed: int = 11,
        seconds: float = 6.0,    length of the drive
        rate: float = 10.0,      pictures a second
        offset_s: float = 0.0,   how much later than the moment that a picture shows its stamp is
        camera: Camera = SMALL,  320x240
    ) -> list[Shown]             a line a picture: its stamp, the true pose of what it shows

Its topics: /camera/image_raw (rgb8), /camera/camera_info, /tf (map -> odom at 20 Hz, odom ->
base_link -> camera_link at 50 Hz), /tf_static (camera_link -> camera_optical_frame).  TF is true
at its stamps.  An importer that takes the pose at the picture's stamp gives T(stamp) where the
picture shows T(stamp - offset_s).  Drawing the first picture takes the renderer some ten seconds.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from scipy.spatial.transform import Rotation
from training_samples import picture

from posenet_ros.geometry import inverse, position_and_quaternion
from posenet_ros.model_spec import Camera
from simulation.journey import Journey
from simulation.renderer import Renderer
from simulation.rig import T_CAMERA_LINK_OPTICAL
from simulation.room import Room
from simulation.world import World

Matrix = NDArray[np.float64]

STORE = get_typestore(Stores.ROS2_JAZZY)
PLUGINS = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
START_NS = 1_700_000_000_123_456_789
SMALL = Camera(320, 240, fx=210.0, fy=210.0, cx=160.0, cy=120.0)
TINY = Camera(32, 24, fx=21.0, fy=22.0, cx=16.0, cy=12.0, distortion=(0.1, 0.0, 0.0, 0.0, 0.0))
OPTICAL = 'camera_optical_frame'
RAW, COMPRESSED, INFO = '/camera/image_raw', '/camera/image_raw/compressed', '/camera/camera_info'


@dataclass(frozen=True)
class Message:
    """A message when it was recorded, and where."""

    log_ns: int
    topic: str
    content: Any


@dataclass(frozen=True)
class Shown:
    """A picture's stamp and the pose [4, 4] of the camera that took it."""

    stamp_ns: int
    T_map_camera: Matrix


# Messages.


def new(type_name: str, **fields: Any) -> Any:
    """A message of a type: 'sensor_msgs/msg/Image'."""
    return STORE.types[type_name](**fields)


def header(stamp_ns: int, frame: str) -> Any:
    seconds, nanoseconds = divmod(stamp_ns, 1_000_000_000)
    stamp = new('builtin_interfaces/msg/Time', sec=seconds, nanosec=nanoseconds)
    return new('std_msgs/msg/Header', stamp=stamp, frame_id=frame)


def _vector(kind: str, xyz: Sequence[float]) -> Any:
    x, y, z = (float(value) for value in xyz)
    return new(f'geometry_msgs/msg/{kind}', x=x, y=y, z=z)


def quaternion(q_xyzw: Sequence[float]) -> Any:
    x, y, z, w = (float(value) for value in q_xyzw)
    return new('geometry_msgs/msg/Quaternion', x=x, y=y, z=z, w=w)


def transform_stamped(stamp_ns: int, parent: str, child: str, T: Matrix) -> Any:
    position, q_xyzw = position_and_quaternion(T)
    transform = new(
        'geometry_msgs/msg/Transform',
        translation=_vector('Vector3', position),
        rotation=quaternion(q_xyzw),
    )
    return new(
        'geometry_msgs/msg/TransformStamped',
        header=header(stamp_ns, parent),
        child_frame_id=child,
        transform=transform,
    )


def tf(*transforms: Any) -> Any:
    return new('tf2_msgs/msg/TFMessage', transforms=list(transforms))


def pose(T: Matrix) -> Any:
    position, q_xyzw = position_and_quaternion(T)
    return new(
        'geometry_msgs/msg/Pose',
        position=_vector('Point', position),
        orientation=quaternion(q_xyzw),
    )


def pose_stamped(stamp_ns: int, frame: str, T: Matrix) -> Any:
    return new('geometry_msgs/msg/PoseStamped', header=header(stamp_ns, frame), pose=pose(T))


def _pose_with_covariance(T: Matrix) -> Any:
    return new('geometry_msgs/msg/PoseWithCovariance', pose=pose(T), covariance=np.zeros(36))


def pose_with_covariance_stamped(stamp_ns: int, frame: str, T: Matrix) -> Any:
    return new(
        'geometry_msgs/msg/PoseWithCovarianceStamped',
        header=header(stamp_ns, frame),
        pose=_pose_with_covariance(T),
    )


def odometry(stamp_ns: int, frame: str, child: str, T: Matrix) -> Any:
    still = new(
        'geometry_msgs/msg/Twist',
        linear=_vector('Vector3', (0, 0, 0)),
        angular=_vector('Vector3', (0, 0, 0)),
    )
    return new(
        'nav_msgs/msg/Odometry',
        header=header(stamp_ns, frame),
        child_frame_id=child,
        pose=_pose_with_covariance(T),
        twist=new('geometry_msgs/msg/TwistWithCovariance', twist=still, covariance=np.zeros(36)),
    )


def image(stamp_ns: int, pixels: NDArray[np.generic], encoding: str, padding: int = 0) -> Any:
    """An Image of pixels [H, W] or [H, W, C], its rows followed by padding bytes."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels).view(np.uint8).reshape(height, -1)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=255)
    return new(
        'sensor_msgs/msg/Image',
        header=header(stamp_ns, OPTICAL),
        height=height,
        width=width,
        encoding=encoding,
        is_bigendian=0,
        step=rows.shape[1],
        data=rows.ravel(),
    )


def encoded(rgb: NDArray[np.uint8], kind: str) -> bytes:
    """A picture as the bytes of a file: 'PNG' or 'JPEG'."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, kind)
    return file.getvalue()


def compressed_image(stamp_ns: int, data: bytes, format_text: str) -> Any:
    return new(
        'sensor_msgs/msg/CompressedImage',
        header=header(stamp_ns, OPTICAL),
        format=format_text,
        data=np.frombuffer(data, np.uint8),
    )


def camera_info(stamp_ns: int, camera: Camera, binning: int = 0, offset: int = 0) -> Any:
    """CameraInfo; P is K with a focal length of a tenth less."""
    fx, fy, cx, cy = camera.fx, camera.fy, camera.cx, camera.cy
    roi = new(
        'sensor_msgs/msg/RegionOfInterest',
        x_offset=offset,
        y_offset=offset,
        height=camera.height - offset if offset else 0,
        width=camera.width - offset if offset else 0,
        do_rectify=False,
    )
    return new(
        'sensor_msgs/msg/CameraInfo',
        header=header(stamp_ns, OPTICAL),
        height=camera.height,
        width=camera.width,
        distortion_model=camera.distortion_model,
        d=np.array(camera.distortion, np.float64),
        k=np.array([fx, 0, cx, 0, fy, cy, 0, 0, 1], np.float64),
        r=np.eye(3).ravel(),
        p=np.array([0.9 * fx, 0, cx, 0, 0, 0.9 * fy, cy, 0, 0, 0, 1, 0], np.float64),
        binning_x=binning,
        binning_y=binning,
        roi=roi,
    )


def static_camera() -> Message:
    """The camera's optical frame on camera_link, on /tf_static."""
    static = transform_stamped(START_NS, 'camera_link', OPTICAL, T_CAMERA_LINK_OPTICAL)
    return Message(START_NS - 1, '/tf_static', tf(static))


def tum_line(stamp_ns: int, T: Matrix) -> str:
    """A line of a TUM trajectory."""
    position, q_xyzw = position_and_quaternion(T)
    numbers = ' '.join(repr(float(value)) for value in (*position, *q_xyzw))
    return f'{stamp_ns // 10**9}.{stamp_ns % 10**9:09d} {numbers}'


# Bags.


def write_bag(path: Path, storage: str, messages: Sequence[Message]) -> Path:
    """Write messages in the order of their recording."""
    return record(path, storage, sorted(messages, key=lambda m: m.log_ns))


def record(path: Path, storage: str, messages: Iterable[Message]) -> Path:
    """Write messages as they come, for bags that are larger than memory."""
    with Writer(path, version=9, storage_plugin=PLUGINS[storage]) as writer:
        connections: dict[str, Any] = {}
        for message in messages:
            type_name = message.content.__msgtype__
            if message.topic not in connections:
                connections[message.topic] = writer.add_connection(
                    message.topic, type_name, typestore=STORE
                )
            data = STORE.serialize_cdr(message.content, type_name)
            writer.write(connections[message.topic], message.log_ns, data)
    return path


def write_split_bag(path: Path, storage: str, messages: Sequence[Message], split_ns: int) -> Path:
    """Write a bag of two files, as rosbag2 does when a file has become large or old."""
    parts = [
        [m for m in messages if m.log_ns < split_ns],
        [m for m in messages if m.log_ns >= split_ns],
    ]
    path.mkdir()
    headers = []
    for index, part in enumerate(parts):
        whole = write_bag(path.with_name(f'{path.name}_{index}'), storage, part)
        (file,) = (f for f in whole.iterdir() if f.name != 'metadata.yaml')
        file.rename(path / file.name)
        text = (whole / 'metadata.yaml').read_text()
        headers.append(yaml.safe_load(text)['rosbag2_bagfile_information'])
    _write_joined_metadata(path, headers)
    return path


def _write_joined_metadata(path: Path, headers: Sequence[dict[str, Any]]) -> None:
    starts = [h['starting_time']['nanoseconds_since_epoch'] for h in headers]
    ends = [s + h['duration']['nanoseconds'] for s, h in zip(starts, headers, strict=True)]
    topics: dict[str, dict[str, Any]] = {}
    for topic in (topic for h in headers for topic in h['topics_with_message_count']):
        known = topics.setdefault(topic['topic_metadata']['name'], {**topic, 'message_count': 0})
        known['message_count'] += topic['message_count']
    joined = {
        **headers[0],
        'relative_file_paths': [f for h in headers for f in h['relative_file_paths']],
        'duration': {'nanoseconds': max(ends) - min(starts)},
        'starting_time': {'nanoseconds_since_epoch': min(starts)},
        'message_count': sum(h['message_count'] for h in headers),
        'topics_with_message_count': list(topics.values()),
        'files': [f for h in headers for f in h['files']],
    }
    text = yaml.safe_dump({'rosbag2_bagfile_information': joined})
    (path / 'metadata.yaml').write_text(text)


# A drive whose truth is known in closed form.


def turned(axis: str, angle: float, position: Sequence[float]) -> Matrix:
    """A pose [4, 4]: turned about an axis by an angle in radians, at a position."""
    T = np.eye(4)
    T[:3, :3] = Rotation.from_euler(axis, angle).as_matrix()
    T[:3, 3] = position
    return T


@dataclass(frozen=True)
class SampleDrive:
    """A drive of some seconds; its functions take seconds since START_NS.

    corrections   when map -> odom jumps and to what, the first from the beginning
    ahead_s       how far map -> odom is dated into the future
    """

    seconds: float = 2.0
    rate: float = 10.0
    corrections: tuple[tuple[float, Matrix], ...] = (
        (0.0, turned('z', 0.3, (1.0, -2.0, 0.0))),
        (0.74, turned('z', 0.35, (1.1, -2.0, 0.0))),
        (1.31, turned('z', 0.2, (1.0, -1.5, 0.0))),
    )
    ahead_s: float = 0.0

    def T_odom_base(self, t: float) -> Matrix:
        return turned('z', 2.0 + 0.5 * t, (0.4 * t, 3.0 - 0.2 * t, 0.0))

    def T_base_camera_link(self, t: float) -> Matrix:
        return turned('y', 0.1 - 0.05 * t, (-0.1, 0.0, 0.9 + 0.03 * t))

    def T_map_odom(self, t: float) -> Matrix:
        return next(T for since, T in reversed(self.corrections) if t >= since)

    def T_odom_camera(self, t: float) -> Matrix:
        return self.T_odom_base(t) @ self.T_base_camera_link(t) @ T_CAMERA_LINK_OPTICAL

    def T_map_camera(self, t: float) -> Matrix:
        return self.T_map_odom(t) @ self.T_odom_camera(t)

    def picture_stamps(self) -> list[int]:
        """Between the stamps of TF, within its time."""
        count = int((self.seconds - 0.1) * self.rate)
        return [START_NS + 37_000_001 + round(i * 1e9 / self.rate) for i in range(count)]

    def pose_at(self, stamp_ns: int) -> Matrix:
        """True T_map_camera [4, 4] at a stamp."""
        return self.T_map_camera((stamp_ns - START_NS) / 1e9)


def tf_messages(drive: SampleDrive) -> list[Message]:
    """The whole tree: map -> odom at 20 Hz, the rest at 50 Hz, the static part at the start."""
    messages = [static_camera()]
    for i in range(int(drive.seconds * 50) + 1):
        t, stamp = i / 50, START_NS + i * 20_000_000
        base = transform_stamped(stamp, 'odom', 'base_link', drive.T_odom_base(t))
        link = transform_stamped(stamp, 'base_link', 'camera_link', drive.T_base_camera_link(t))
        messages.append(Message(stamp, '/tf', tf(base, link)))
    return messages + map_odom_messages(drive)


def map_odom_messages(drive: SampleDrive) -> list[Message]:
    """Corrections, map -> odom, at 20 Hz and at each jump."""
    times = {i / 20 for i in range(int(drive.seconds * 20) + 1)}
    times |= {t for t, _ in drive.corrections}
    messages = []
    for t in sorted(times):
        log_ns = START_NS + round(t * 1e9)
        stamp = log_ns + round(drive.ahead_s * 1e9)
        correction = transform_stamped(stamp, 'map', 'odom', drive.T_map_odom(t))
        messages.append(Message(log_ns, '/tf', tf(correction)))
    return messages


def sample_pictures(drive: SampleDrive) -> list[NDArray[np.uint8]]:
    """A picture [24, 32, 3] for each stamp, all different."""
    rng = np.random.default_rng(9)
    return [picture(rng, TINY.width, TINY.height) for _ in drive.picture_stamps()]


def picture_messages(drive: SampleDrive) -> list[Message]:
    """Raw rgb8 pictures and their camera_info, recorded 15 ms after they were taken."""
    messages = []
    for stamp, rgb in zip(drive.picture_stamps(), sample_pictures(drive), strict=True):
        messages.append(Message(stamp + 15_000_000, RAW, image(stamp, rgb, 'rgb8')))
        messages.append(Message(stamp + 15_000_000, INFO, camera_info(stamp, TINY)))
    return messages


def drive_messages(drive: SampleDrive) -> list[Message]:
    """TF and raw pictures of a drive."""
    return tf_messages(drive) + picture_messages(drive)


# A drive through the simulator's room.


def write_demo_bag(
    path: Path,
    storage: str = 'mcap',
    room_seed: int = 11,
    seconds: float = 6.0,
    rate: float = 10.0,
    offset_s: float = 0.0,
    camera: Camera = SMALL,
) -> list[Shown]:
    """Write a bag of a drive through a room; see the top of this file."""
    room = Room.from_seed(room_seed)
    journey = Journey(room, drive_seed=0)
    T_map_odom = turned('z', 0.4, (0.5, -0.3, 0.0))
    messages = [static_camera()]
    shown: list[Shown] = []
    with Renderer(room, camera) as renderer:
        # TF goes on for a while, so that the last, late stamp still has a pose.
        for tick in range(round((seconds + 0.5) * 100)):
            stamp = START_NS + tick * 10_000_000
            world = journey.at(stamp)
            messages += _transforms_of(world, T_map_odom, tick, stamp)
            if tick % round(100 / rate) == 0 and tick < seconds * 100:
                rgb = renderer.render(world.T_map_camera, world.light(0.3, tick))
                shown.append(Shown(stamp + round(offset_s * 1e9), world.T_map_camera))
                messages += _picture_of(shown[-1].stamp_ns, rgb, camera)
    write_bag(path, storage, messages)
    return shown


def _transforms_of(world: World, T_map_odom: Matrix, tick: int, stamp_ns: int) -> list[Message]:
    """TF of a moment, at the rates of its edges; ticks are 10 ms."""
    edges = []
    if tick % 5 == 0:
        edges.append(('map', 'odom', T_map_odom))
    if tick % 2 == 0:
        edges.append(('odom', 'base_link', inverse(T_map_odom) @ world.T_map_base))
        edges.append(('base_link', 'camera_link', world.T_base_camera_link))
    if not edges:
        return []
    transforms = [transform_stamped(stamp_ns, *edge) for edge in edges]
    return [Message(stamp_ns, '/tf', tf(*transforms))]


def _picture_of(stamp_ns: int, rgb: NDArray[np.uint8], camera: Camera) -> list[Message]:
    log_ns = stamp_ns + 5_000_000
    return [
        Message(log_ns, RAW, image(stamp_ns, rgb, 'rgb8')),
        Message(log_ns, INFO, camera_info(stamp_ns, camera)),
    ]
