# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Scenes to train on: a drive through a room, and one of very many pictures that are links."""

from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from benchmarks.scale.roads import road_scene
from posenet_ros.scene import HEADER_FILE, Scene, read_scene, write_header_and_table
from posenet_training.scenes.linked import link_file
from posenet_training.scenes.writing import appearing

EVERY_M, JUDGED = 0.2, 30


def drive(pictures: int, work: Path) -> Scene:
    """So many training pictures of a room, and a few that judge."""
    return road_scene('room:100', EVERY_M, pictures, JUDGED, work / f'drive-{pictures}')


def repeated(scene: Scene, pictures: int, folder: Path) -> Scene:
    """A scene of so many training pictures, each a file of its own: links to a smaller one's.

    What judges there judges here.
    """
    if not (folder / HEADER_FILE).is_file():
        rows = []
        with appearing(folder, 'scene') as partial:
            training = islice(cycle(scene.split('train')), pictures)
            for number, row in enumerate((*training, *scene.split('validation'))):
                file = f'pictures/{number:06d}{Path(row.file).suffix}'
                link_file(scene.path(row), partial / file)
                rows.append(replace(row, file=file, depth='', stamp_ns=number))
            write_header_and_table(replace(scene, pictures=tuple(rows)), partial)
    return read_scene(folder)
