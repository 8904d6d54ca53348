# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A simulated room as a source: pictures that are drawn along drives, with exact poses."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.scene import SceneError
from posenet_training.importers.counting import counted
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from simulation.journey import Journey
from simulation.renderer import Renderer
from simulation.rig import OPTICAL_FRAME
from simulation.rooms import RoomName

# As many as a drive of the split 'test' of a room that is drawn while training goes on.
PICTURES_A_DRIVE = 50
# Above those that the simulated robot takes: it never repeats a drive that a network learned.
FIRST_DRIVE_SEED = 2**31
# PNG would keep the sensor's noise to the bit, and take four times the space and the time.
JPEG_QUALITY = 95


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
    renderer = Renderer(room)

    def frames() -> Iterator[DriveFrame]:
        with renderer:
            for drive in range(drives):
                first, end = (pictures * number // drives for number in (drive, drive + 1))
                yield from _along(renderer, drive, range(first, end), rate)

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


def _along(renderer: Renderer, drive: int, numbers: range, rate: float) -> Iterator[DriveFrame]:
    """The pictures `numbers` of the scene, along a drive of their own."""
    sequence = f'drive-{drive + 1:03d}'
    journey = Journey(renderer.room, FIRST_DRIVE_SEED + drive)
    for stamp_ns, number in counted(numbers, rate, lambda _: sequence):
        world = journey.at(stamp_ns)
        light = world.light(amount=1.0, noise_seed=number)
        yield DriveFrame(
            name=f'{sequence}/{number:06d}',
            picture=_jpeg(renderer.render(world.T_map_camera, light)),
            sequence=sequence,
            stamp_ns=stamp_ns,
            T_map_camera=world.T_map_camera,
        )


def _jpeg(rgb: NDArray[np.uint8]) -> Encoded:
    file = BytesIO()
    Image.fromarray(rgb).save(file, 'JPEG', quality=JPEG_QUALITY)
    return Encoded(file.getvalue(), '.jpg')
