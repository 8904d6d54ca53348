# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages of a ROS 2 bag, by rosbags: MCAP or sqlite3, one file or split, compressed or not."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore

from posenet_ros.scene import NS, SceneError, stamp_text
from posenet_training.importers.bag.topics import Topic
from posenet_training.importers.complaints import Complaints

# The messages that are read here have been the same in every ROS 2, so that bags without
# definitions can be read and strange definitions of other messages do no harm.
TYPES = get_typestore(Stores.ROS2_JAZZY)


@dataclass(frozen=True)
class Bag:
    """A bag on disk; every reading opens it anew and keeps no more than a few chunks of it."""

    path: Path
    topics: tuple[Topic, ...]

    @staticmethod
    def open(path: Path) -> 'Bag':
        """Read which topics there are; SceneError when it is no bag or a truncated one."""
        if not path.exists():
            raise SceneError(f"bag '{path}' is not there")
        if path.suffix == '.bag':
            raise SceneError(
                f"'{path}' is a bag of ROS 1: convert it first (rosbags-convert --src {path} "
                f'--dst {path.with_suffix("")})'
            )
        if path.is_dir() and not (path / 'metadata.yaml').is_file():
            raise SceneError(
                f"'{path}' has no metadata.yaml: it is no bag, or its recorder was killed; "
                f'write it anew with `ros2 bag reindex {path}`, or name a single .mcap or .db3 '
                'file'
            )
        with _Open(path) as reader:
            try:
                topics = sorted(reader.topics.items())
            except Exception as error:  # Of what metadata.yaml says, it checks little.
                raise _unreadable(path, error) from error
            return Bag(
                path,
                tuple(
                    Topic(name, info.msgtype or 'of several types', info.msgcount)
                    for name, info in topics
                ),
            )

    @property
    def name(self) -> str:
        """What the bag is called."""
        path = self.path.resolve()
        return path.name if path.is_dir() else path.stem

    def messages(
        self, names: Collection[str], complaints: Complaints
    ) -> Iterator[tuple[str, Any]]:
        """Give (topic, message) of some topics, in the order of their recording.

        A message that cannot be deserialized is a complaint.  Raises SceneError where the bag
        ends before it should.
        """
        with _Open(self.path) as reader:
            chosen = [c for c in reader.connections if c.topic in names]
            if not chosen:
                return
            messages = iter(reader.messages(connections=chosen))
            while (found := _next(messages, self.path)) is not None:
                connection, log_ns, data = found
                try:
                    message = TYPES.deserialize_cdr(data, connection.msgtype)
                except Exception as error:  # Whatever cut or foreign bytes lead to.
                    which = f'{connection.topic} recorded at {stamp_text(log_ns)}'
                    complaints.add('message cannot be read', f'{which} ({_reason(error)})')
                    continue
                yield connection.topic, message


class _Open:
    """rosbags' reader, whose many kinds of errors become one sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Reader:
        try:
            self._reader = Reader(self._path)
            self._reader.open()
        except Exception as error:  # rosbags lets through what its storages raise.
            raise _unreadable(self._path, error) from error
        return self._reader

    def __exit__(self, *_: object) -> None:
        self._reader.close()


def _next(messages: Iterator[tuple[Any, int, bytes]], path: Path) -> tuple[Any, int, bytes] | None:
    try:
        return next(messages, None)
    except Exception as error:  # rosbags lets through what its decompressors and storages raise.
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> SceneError:
    return SceneError(
        f"bag '{path}' is no bag, truncated or damaged ({_reason(error)}): `mcap recover` or "
        f"sqlite3's .recover save what is left of a file"
    )


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip('.') if lines else type(error).__name__


def stamp_ns(header: Any) -> int:
    """Stamp of a std_msgs/Header in nanoseconds."""
    return int(header.stamp.sec) * NS + int(header.stamp.nanosec)


def frame_of(header: Any) -> str:
    """Frame of a std_msgs/Header, without the leading slash that old drivers write."""
    return str(header.frame_id).removeprefix('/')


def xyz(vector: Any) -> tuple[float, float, float]:
    """Numbers of a geometry_msgs Point or Vector3."""
    return vector.x, vector.y, vector.z


def xyzw(quaternion: Any) -> tuple[float, float, float, float]:
    """Numbers of a geometry_msgs/Quaternion."""
    return quaternion.x, quaternion.y, quaternion.z, quaternion.w
