# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a room by Panda3D's software rasterizer: no display, no GPU.

Pixel convention: pixel centres at whole numbers, u = fx x / z + cx to the right, v = fy y / z + cy
downwards, x, y, z in the camera's optical frame.

Panda3D's engine is made when the first picture is asked for, in the process that asks; so a
`Renderer` may be made before a fork or pickled to a worker, and each process has its own engine.
Several renderers may live in one process. One renderer is not for use by several threads at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from posenet_ros.model_spec import Camera
from simulation.camera import CAMERA, check_rigid, expose
from simulation.light import Light
from simulation.room import Room

if TYPE_CHECKING:
    from simulation.panda_scene import PandaScene


class Renderer:
    """Draws one room through one camera."""

    def __init__(self, room: Room, camera: Camera = CAMERA) -> None:
        self.room = room
        self.camera = camera
        self._scene: PandaScene | None = None
        self._pid = 0

    def render(self, T_map_camera: NDArray[np.float64], light: Light) -> NDArray[np.uint8]:
        """RGB picture [height, width, 3], uint8, from the optical frame's pose [4, 4] in map.

        The same pose and light give the same picture. ValueError when the pose is not a rigid
        transform.
        """
        T_map_camera = np.asarray(T_map_camera, np.float64)
        check_rigid(T_map_camera)
        if self._scene is None or self._pid != os.getpid():
            # Imported here: the parent of worker processes needs no Panda3D.
            from simulation.panda_scene import PandaScene

            self._scene, self._pid = PandaScene(self.room, self.camera), os.getpid()
        return expose(self._scene.draw(T_map_camera, light), light)

    def close(self) -> None:
        """Give the engine's memory back; the next picture makes it anew."""
        if self._scene is not None and self._pid == os.getpid():
            self._scene.close()
        self._scene = None

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {'room': self.room, 'camera': self.camera, '_scene': None, '_pid': 0}
