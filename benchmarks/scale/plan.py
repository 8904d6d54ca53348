# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which scenes are compared, where they lie, and how each is made."""

from dataclasses import replace
from pathlib import Path

from benchmarks.area.floors import floor_scene, room_scene, with_splits
from benchmarks.scale.assets import Asset, complete
from benchmarks.scale.maps import Piece, kept_piece, thinned
from benchmarks.scale.roads import road_scene, thinned_scene
from posenet_ros.scene import HEADER_FILE, Scene
from posenet_training.importers.room import PICTURES_A_DRIVE

# Names of folders begin so.
SIZE, SPACING = 'pictures-', 'spacing-'
# Training pictures of a floor: it grows with them, 250 in each room of 48 m2.
SIZES = (250, 500, 1000, 2000, 4000)
DRIVES = 6
A_ROOM = (DRIVES - 1) * PICTURES_A_DRIVE
# Metres driven from one training picture to the next in one room, all of the densest drive.
SPACINGS_M = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
ROAD_M = 100.0
ROAD_ROOM = 'room:100'
# Pictures that judge, the same number for all.
JUDGED = 48


def asset_of(kind: str, value: float, work: Path) -> Asset:
    """The floor of so many training pictures, or the room where they are so many metres apart."""
    return Asset(work / f'{kind}{value:g}')


def finished_assets(work: Path, kind: str) -> list[tuple[float, Asset]]:
    """All of a kind that are whole, with their sizes or spacings, which grow."""
    assets = {float(folder.name[len(kind) :]): Asset(folder) for folder in work.glob(f'{kind}*')}
    return [(value, asset) for value, asset in sorted(assets.items()) if asset.finished]


def make_size(size: int, work: Path) -> None:
    """Draw what is missing of the floor of a size, map it and teach it."""
    asset = asset_of(SIZE, size, work)
    rooms = [room_scene(number, work / 'rooms', DRIVES) for number in range(size // A_ROOM)]
    if not (asset.scene / HEADER_FILE).is_file():
        floor_scene(rooms, asset.scene, JUDGED)
    complete(asset, [_piece_of(room, work) for room in rooms])


def make_spacing(metres: float, work: Path) -> None:
    """Draw what is missing of the room with pictures so far apart, map it and teach it."""
    asset, densest = asset_of(SPACING, metres, work), SPACINGS_M[0]
    count, step = round(ROAD_M / densest), round(metres / densest)
    road = road_scene(ROAD_ROOM, densest, count, JUDGED, work / 'road')
    thinned_scene(road, step, asset.scene)
    complete(asset, [thinned(kept_piece(road, work / 'road-map'), step)])


def _piece_of(room: Scene, work: Path) -> Piece:
    split = replace(room, pictures=tuple(with_splits(room, JUDGED)))
    return kept_piece(split, work / 'room-maps' / room.name)
