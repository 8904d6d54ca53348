# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Scenes for the tests of the check: drawn drives and pieces of the real ones."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.model_spec import Camera
from posenet_ros.scene import MapReference, Picture, Scene, read_scene
from posenet_training.check.camera_check import nearest_depth
from posenet_training.check.changing_pairs import changing_pairs
from posenet_training.check.convention_evidence import witnesses
from posenet_training.check.matched_pairs import MatchedPair, match_pairs
from posenet_training.check.matching import Matcher
from posenet_training.check.motion import look_at_motion, unbroken
from posenet_training.check.pairs import Pair, turning_pairs
from posenet_training.check.timing import LONGEST_STEP_S, OffsetResult, find_offset
from posenet_training.check.trajectory import trajectories
from posenet_training.check.view import Numbers, View
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame, Encoded
from posenet_training.scenes.splitting import BlockSplit, with_validation
from posenet_training.scenes.writing import Keeping, write_scene
from simulation.journey import Journey
from simulation.light import Light
from simulation.renderer import Renderer
from simulation.room import Room

Matrix = NDArray[np.float64]
SHARED = Path(__file__).resolve().parents[3] / 'shared' / 'scenes'
CAMERA = Camera(320, 240, fx=210.0, fy=210.0, cx=160.0, cy=120.0)
FINE = 10  # poses a picture of a drawn drive


def scene_of(
    root: Path,
    pictures: Sequence[Path | NDArray[np.uint8]],
    poses: Matrix,
    camera: Camera | None = CAMERA,
    rate: float = 15.0,
    source: dict[str, str] | None = None,
    reference: MapReference | None = None,
    rule: BlockSplit = BlockSplit(blocks=1, guard_s=0.6),  # noqa: B008  (frozen)
) -> Scene:
    """Write a scene of one sequence."""
    frames = (
        DriveFrame(f'{i:05d}', _content(p), 'drive', round((i + 1) * 1e9 / rate), T)
        for i, (p, T) in enumerate(zip(pictures, poses, strict=True))
    )
    cameras = {'camera': camera} if camera else {}
    drive = Drive('sample', frames, len(poses), cameras, source or {})
    return write_scene(
        drive,
        root,
        lambda taken: with_validation(taken, rule),
        Keeping.links(),
        Complaints(),
        reference,
    )


def _content(picture: Path | NDArray[np.uint8]) -> Path | Encoded:
    return picture if isinstance(picture, Path) else encoded(picture)


def encoded(picture: NDArray[np.uint8]) -> Encoded:
    """A picture as PNG."""
    png = BytesIO()
    Image.fromarray(picture).save(png, format='png', compress_level=1)
    return Encoded(png.getvalue(), '.png')


def with_poses(scene: Scene, poses: Matrix) -> Scene:
    """The same pictures with other poses [N, 4, 4]."""
    pictures = tuple(posed(p, T) for p, T in zip(scene.pictures, poses, strict=True))
    return replace(scene, pictures=pictures)


def posed(picture: Picture, T: Matrix) -> Picture:
    """The same picture with another pose [4, 4]."""
    (x, y, z), (qx, qy, qz, qw) = (map(float, part) for part in position_and_quaternion(T))
    return replace(picture, position=(x, y, z), q_xyzw=(qx, qy, qz, qw))


@cache
def drawn_drive(count: int, seed: int = 3) -> tuple[list[NDArray[np.uint8]], Matrix]:
    """Pictures at 15 Hz of the simulated robot, and poses FINE times as often."""
    room = Room.from_seed(11)
    journey = Journey(room, seed)
    pictures, poses = [], []
    with Renderer(room, CAMERA) as renderer:
        for step in range(count * FINE):
            world = journey.at(round(step * 1e9 / (15.0 * FINE)))
            poses.append(world.T_map_camera)
            if step % FINE == 0:
                pictures.append(renderer.render(world.T_map_camera, world.light(1.0, step)))
    return pictures, np.stack(poses)


@cache
def turn_on_the_spot(count: int, degrees: float) -> tuple[list[NDArray[np.uint8]], Matrix]:
    """Pictures of a camera that turns about its own centre and nothing else."""
    room = Room.from_seed(11)
    start = Journey(room, 3).at(0).T_map_camera
    poses = np.tile(start, (count, 1, 1))
    turns = Rotation.from_rotvec(
        np.outer(np.arange(count), (0.0, np.radians(degrees), 0.0))
    ).as_matrix()
    poses[:, :3, :3] = start[:3, :3] @ turns
    with Renderer(room, CAMERA) as renderer:
        pictures = [renderer.render(T, Light(noise_seed=i)) for i, T in enumerate(poses)]
    return pictures, poses


def real_piece(root: Path, name: str, wanted: slice) -> Scene:
    """Some pictures of a real scene, with their true poses; skips where it is not there."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f'{folder} is not there')
    if name == 'office':
        pictures = sorted((folder / 'images').iterdir())[wanted]
        poses = np.loadtxt(folder / 'poses.txt').reshape(-1, 4, 4)[wanted]
        K = np.loadtxt(folder / 'K.txt')
        camera = Camera(540, 360, *(float(K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2))))
    else:
        pictures = sorted((folder / 'seq-01').glob('*.color.jpg'))[wanted]
        files = [p.with_name(p.name.replace('.color.jpg', '.pose.txt')) for p in pictures]
        poses = np.stack([np.loadtxt(file) for file in files])
        camera = Camera(640, 480, 525.0, 525.0, 320.0, 240.0)
    scene_of(root, pictures, poses, camera, rate=10.0, source={'stamps': 'counted'})
    return read_scene(root)


def matched(view: View, pairs: Sequence[Pair]) -> list[MatchedPair]:
    """Match pairs of pictures of a scene."""
    return match_pairs(view, Matcher(view.grey), pairs, lambda items: items)


def evidence(view: View, most: int = 60) -> tuple[list[MatchedPair], int]:
    """Matched pairs for the convention, and how many were tried."""
    pairs = turning_pairs(view, most)
    return matched(view, pairs), len(pairs)


def pieces(view: View) -> list[Numbers]:
    """Where the poses can be interpolated."""
    return unbroken(view, look_at_motion(view), LONGEST_STEP_S)


def clock_pairs(view: View, most: int) -> list[MatchedPair]:
    """Matched pairs for the clock."""
    return matched(view, changing_pairs(view, pieces(view), most))


def clock(view: View, pairs: list[MatchedPair], others: list[MatchedPair]) -> OffsetResult:
    """The offset by pairs for the clock, and by others that say how near things are."""
    nearest = nearest_depth(view, witnesses(others))
    return find_offset(view, trajectories(view, pieces(view)), pairs, nearest)
