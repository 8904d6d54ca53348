# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Drives through simulated rooms, joined to floors."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, sqrt
from pathlib import Path

from posenet_ros.scene import HEADER_FILE, Picture, Scene, read_scene, write_header_and_table
from posenet_training.commands.console import note
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.room import PICTURES_A_DRIVE, read_room
from posenet_training.scenes.linked import link_file
from posenet_training.scenes.writing import Keeping, appearing, write_scene
from posenet_training.sequences import evenly
from simulation.layout import LENGTH_X, LENGTH_Y

# Drives in a room; the last one judges.
DRIVES = 3
# Pictures that judge a floor, in all its rooms together, as many in each.
JUDGED = 420
# The robot sees other places each second.
RATE = 1.0
# Between rooms whose doors are closed.
WALL_M = 0.2
FIRST_ROOM = 100


def room_scene(number: int, kept: Path, drives: int = DRIVES) -> Scene:
    """The drives through a room, drawn unless they are kept in a folder already."""
    folder = kept / f'room-{FIRST_ROOM + number}'
    if not (folder / HEADER_FILE).is_file():
        drive = read_room(f'room:{FIRST_ROOM + number}', drives * PICTURES_A_DRIVE, RATE)
        note(f'drawing room {number + 1}')
        write_scene(drive, folder, lambda pictures: pictures, Keeping.copies(), Complaints())
    return read_scene(folder)


def floor_area(rooms: int) -> float:
    """Floor of so many rooms, m2."""
    return rooms * LENGTH_X * LENGTH_Y


def floor_scene(rooms: Sequence[Scene], target: Path, judged: int = JUDGED) -> Scene:
    """Write rooms beside each other as one scene, its files links to theirs.

    judged: pictures that judge, in all rooms together.
    """
    across = ceil(sqrt(len(rooms)))
    with appearing(target, 'floor') as folder:
        pictures: list[Picture] = []
        for number, room in enumerate(rooms):
            row, column = divmod(number, across)
            corner = column * (LENGTH_X + WALL_M), row * (LENGTH_Y + WALL_M)
            for picture in with_splits(room, max(judged // len(rooms), 1)):
                placed = _placed(picture, room.name, corner)
                for here, there in ((placed.file, picture.file), (placed.depth, picture.depth)):
                    link_file(room.root / there, folder / here)
                pictures.append(placed)
        source = {'format': 'floor', 'rooms': len(rooms)}
        name = f'floor-{len(rooms)}'
        floor = replace(rooms[0], name=name, pictures=tuple(pictures), source=source)
        write_header_and_table(floor, folder)
    return read_scene(target)


def with_splits(room: Scene, judged: int) -> list[Picture]:
    """Pictures of a room's drives, which train, and some of its last one, which judge."""
    last = room.pictures[-1].sequence
    train = [replace(p, split='train') for p in room.pictures if p.sequence != last]
    judging = [replace(p, split='validation') for p in room.pictures if p.sequence == last]
    return [*train, *evenly(judging, judged)]


def _placed(picture: Picture, room: str, corner: tuple[float, float]) -> Picture:
    x, y, z = picture.position
    return replace(
        picture,
        file=picture.file.replace('/', f'/{room}/', 1),
        depth=picture.depth.replace('/', f'/{room}/', 1),
        sequence=f'{room}-{picture.sequence}',
        position=(x + corner[0], y + corner[1], z),
    )
