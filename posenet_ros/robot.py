# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node lends to those who work for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from posenet_ros.outputs import Outputs
from posenet_ros.status import Statistics
from posenet_ros.transforms import Transforms


class Logger(Protocol):
    """Where a session speaks; a node's logger is one."""

    def info(self, message: str) -> Any: ...

    def warning(self, message: str) -> Any: ...

    def error(self, message: str) -> Any: ...


@dataclass(frozen=True)
class Robot:
    """The parts of the node that a session works with.

    now_ns         the time on the node's clock
    running        whether ROS is still up
    wake           let the executor's thread call `Session.attend` soon; for any thread
    is_published   whether anybody publishes on a topic
    """

    logger: Logger
    now_ns: Callable[[], int]
    running: Callable[[], bool]
    wake: Callable[[], None]
    is_published: Callable[[str], bool]
    transforms: Transforms
    outputs: Outputs
    statistics: Statistics
