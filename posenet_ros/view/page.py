# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The page: a stage in the map's frame, and a panel that says what it means."""

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_ros.view.panel import Panel
from posenet_ros.view.record import Moment
from posenet_ros.view.server import Server
from posenet_ros.view.stage import Stage


class Page:
    """One page for all browsers that look; its methods are for one thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.stage = Stage(server)
        self.panel = Panel(server)
        self._drawn_ns = 0

    def picture(self, rgb: NDArray[np.uint8], fov_rad: float) -> None:
        """Show what the network sees [H, W, 3], whose height spans this angle."""
        self.stage.picture(rgb, fov_rad)
        self.panel.picture(rgb)

    def move(self, moment: Moment, T_base_camera: Array | None) -> None:
        """Draw a moment, unless nothing has moved."""
        newest = moment.newest
        if newest is None or newest.stamp_ns == self._drawn_ns:
            return
        self._drawn_ns = newest.stamp_ns
        with self._server.atomic():
            self.stage.robot(newest, T_base_camera)
            self.stage.past(moment)

    def say(self, moment: Moment) -> None:
        """Write what a moment means."""
        with self._server.atomic():
            self.panel.say(moment)

    def close(self) -> None:
        """Take the page from the browsers."""
        self._server.stop()
