# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room as a source: pictures drawn along drives, with exact poses and depths."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.counting import counted
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from simulation.journey import Journey
from simulation.ray_casting import RayCaster
from simulation.renderer import Renderer
from simulation.rig import OPTICAL_FRAME
from simulation.rooms import RoomName
from simulation.world import World

# As many as a drive of the split 'test' of a room that is drawn while training goes on.
PICTURES_A_DRIVE = 50
# Above those that the simulated robot takes: it never repeats a drive that a network learned.
FIRST_DRIVE_SEED = 2**31
# PNG would keep the sensor's noise to the bit, and take four times the space and the time.
JPEG_QUALITY = 95
SUFFIXES = {'JPEG': '.jpg', 'PNG': '.png'}
# Depth pictures are so many times smaller.
SHRUNK = 8


def read_room(text: str, pictures: int, rate: float) -> Drive:
    """Drive through the room that `text` names, as room:12, and draw `pictures` >= 1 on the way.

    rate   pictures a second, at least 1: slower ones are more than the robot's clock takes

    Every drive is a sequence: it begins at rest at a random pose, and its mast and light sway.
    The same arguments give the same pictures.  Raises SceneError when `text` names no room.
    """
    try:
        name = RoomName.parse(text)
    except ValueError as error:
        raise SceneError(str(error)) from error
    room = name.room()
    drives = -(-pictures // PICTURES_A_DRIVE)
    renderer, caster = Renderer(room), RayCaster(room.quads)

    def frames() -> Iterator[DriveFrame]:
        with renderer:
            for drive in range(drives):
                first, end = (pictures * number // drives for number in (drive, drive + 1))
                yield from _along(renderer, caster, drive, range(first, end), rate)

    source = {
        'format': 'room',
        'room': text,
        'drives': drives,
        'stamps': f'simulated, {rate} pictures a second',
    }
    return Drive(
        name=f'{name.kind}-{name.seed}',
        frames=frames(),
        count=pictures,
        cameras={'camera': renderer.camera},
        source=source,
        camera_frame=OPTICAL_FRAME,
    )


def _along(
    renderer: Renderer, caster: RayCaster, drive: int, numbers: range, rate: float
) -> Iterator[DriveFrame]:
    """The pictures `numbers` of the scene, along a drive of their own."""
    sequence = f'drive-{drive + 1:03d}'
    journey = Journey(renderer.room, FIRST_DRIVE_SEED + drive)
    for stamp_ns, number in counted(numbers, rate, lambda _: sequence):
        yield drawn_frame(renderer, caster, journey.at(stamp_ns), sequence, number, stamp_ns)


def drawn_frame(
    renderer: Renderer,
    caster: RayCaster,
    world: World,
    sequence: str,
    number: int,
    stamp_ns: int,
) -> DriveFrame:
    """What the robot sees at a moment, with depth, as the picture `number` of a scene."""
    light = world.light(amount=1.0, noise_seed=number)
    return DriveFrame(
        name=f'{sequence}/{number:06d}',
        picture=_encoded(renderer.render(world.T_map_camera, light), 'JPEG'),
        sequence=sequence,
        stamp_ns=stamp_ns,
        T_map_camera=world.T_map_camera,
        depth=_encoded(depth_picture(caster, renderer.camera, world.T_map_camera), 'PNG'),
    )


def depth_picture(caster: RayCaster, camera: Camera, T_map_camera: Array) -> NDArray[np.uint16]:
    """Depths [H / SHRUNK, W / SHRUNK], millimetres along the optical axis, 0 for nothing."""
    u, v = np.meshgrid(
        (np.arange(camera.width // SHRUNK) + 0.5) * SHRUNK - 0.5,
        (np.arange(camera.height // SHRUNK) + 0.5) * SHRUNK - 0.5,
    )
    ahead = np.stack(
        [(u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones_like(u)], axis=-1
    )
    directions = (ahead @ T_map_camera[:3, :3].T).reshape(-1, 3)
    depths = caster.distances(T_map_camera[:3, 3], directions).reshape(u.shape)
    millimetres: NDArray[np.uint16] = (
        np.where(np.isfinite(depths), 1e3 * depths, 0.0).round().astype(np.uint16)
    )
    return millimetres


def _encoded(pixels: NDArray[np.uint8] | NDArray[np.uint16], kind: str) -> Encoded:
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=JPEG_QUALITY)
    return Encoded(file.getvalue(), SUFFIXES[kind])
