# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One long drive through a room, a picture every so many metres."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from posenet_ros.scene import HEADER_FILE, Scene, read_scene
from posenet_training.commands.console import note
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.room import FIRST_DRIVE_SEED, drawn_frame
from posenet_training.scenes.linked import link_scene
from posenet_training.scenes.writing import Keeping, write_scene
from simulation.journey import Journey
from simulation.ray_casting import RayCaster
from simulation.renderer import Renderer
from simulation.rig import OPTICAL_FRAME
from simulation.rooms import RoomName
from simulation.world import World

# How often it is looked whether the robot has come far enough.
TICK_NS = 50_000_000
# The drive that judges goes the same distance between its pictures for all.
JUDGED_EVERY_M = 1.0


def road_scene(room: str, every_m: float, count: int, judged: int, folder: Path) -> Scene:
    """Pictures of one drive train, those of another judge; drawn unless they are there already.

    room     as room:12
    every_m  metres driven from one of the `count` training pictures to the next
    """
    if not (folder / HEADER_FILE).is_file():
        note(f'drawing a drive of {every_m * count:g} m')
        road = _read_road(RoomName.parse(room), every_m, count, judged)
        write_scene(road, folder, lambda pictures: pictures, Keeping.copies(), Complaints())
    return read_scene(folder)


def thinned_scene(road: Scene, step: int, folder: Path) -> Scene:
    """Every step-th training picture and all that judge, links to the road's."""
    if not (folder / HEADER_FILE).is_file():
        kept = (*road.split('train')[::step], *road.split('validation'))
        link_scene(replace(road, name=f'{road.name}-every-{step}', pictures=kept), folder)
    return read_scene(folder)


def _read_road(name: RoomName, every_m: float, count: int, judged: int) -> Drive:
    room = name.room()
    renderer, caster = Renderer(room), RayCaster(room.quads)

    def frames() -> Iterator[DriveFrame]:
        with renderer:
            parts = (('train', every_m, count), ('validation', JUDGED_EVERY_M, judged))
            for seed, (split, metres, pictures) in enumerate(parts):
                journey = Journey(room, FIRST_DRIVE_SEED + seed)
                for number, (stamp_ns, world) in enumerate(_moments(journey, metres, pictures)):
                    frame = drawn_frame(renderer, caster, world, split, number, stamp_ns)
                    yield replace(frame, split=split)

    return Drive(
        name=f'road-{name.seed}',
        frames=frames(),
        count=count + judged,
        cameras={'camera': renderer.camera},
        source={'format': 'road', 'room': f'{name.kind}:{name.seed}', 'every_m': every_m},
        camera_frame=OPTICAL_FRAME,
    )


def _moments(journey: Journey, every_m: float, count: int) -> Iterator[tuple[int, World]]:
    """The first `count` moments at which the robot has driven another `every_m`."""
    stamp_ns, driven, given = 0, 0.0, 0
    world = journey.at(stamp_ns)
    while given < count:
        if driven >= given * every_m:
            yield stamp_ns, world
            given += 1
        stamp_ns += TICK_NS
        before, world = world.robot, journey.at(stamp_ns)
        driven += float(np.hypot(world.robot.x - before.x, world.robot.y - before.y))
