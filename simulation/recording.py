# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One MCAP file of ROS 2 messages, for rosbag2, Foxglove and rosbags alike."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rosbags.interfaces import (
    Connection,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

STORE = get_typestore(Stores.ROS2_JAZZY)
FOREVER = QosTime(9223372036, 854775807)


class Recording:
    """Takes serialized messages as they come; the file has its name only once it is whole.

    Raises ValueError for a path that cannot become one.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix != '.mcap':
            raise ValueError(f"'{path}' is no name for a recording: it must end in .mcap")
        if path.exists():
            raise ValueError(f"'{path}' is there already: move it away, or name another")
        self._path = path
        self._folder = path.with_name(f'.{path.stem}.{os.getpid()}')
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = Writer(self._folder, version=9, storage_plugin=StoragePlugin.MCAP)
            self._writer.open()
        except OSError as error:
            raise ValueError(f"cannot record to '{path}' ({error.strerror})") from error
        self._connections: dict[str, Connection] = {}

    def add(self, topic: str, type_name: str, latched: bool) -> None:
        """Announce a topic; what is latched a player repeats for those who come late."""
        self._connections[topic] = self._writer.add_connection(
            topic, type_name, typestore=STORE, offered_qos_profiles=[_qos(latched)]
        )

    def write(self, topic: str, received_ns: int, data: bytes) -> None:
        """Add a message in CDR."""
        self._writer.write(self._connections[topic], received_ns, data)

    def close(self) -> None:
        """Finish the file and give it its name."""
        self._writer.close()
        (file,) = self._folder.glob('*.mcap')
        os.replace(file, self._path)
        shutil.rmtree(self._folder)


def _qos(latched: bool) -> Qos:
    return Qos(
        history=QosHistory.KEEP_LAST,
        depth=100 if latched else 10,
        reliability=QosReliability.RELIABLE,
        durability=QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE,
        deadline=FOREVER,
        lifespan=FOREVER,
        liveliness=QosLiveliness.AUTOMATIC,
        liveliness_lease_duration=FOREVER,
        avoid_ros_namespace_conventions=False,
    )
