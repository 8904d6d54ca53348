# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene on disk: pictures, one table of their camera poses, and what both mean.

    scene.yaml    frames, cameras, splits, source: read by people, compared by diff
    poses.csv     one row a picture, in the order in which they were taken
    pictures/     the pictures, copied or linked
    depth/        depth pictures, where the source has them

Every importer writes this and nothing else reads another format (docs/data.md).
"""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array, transform
from posenet_ros.model_spec import Camera

FORMAT = 'posenet_ros scene'
FORMAT_VERSION = 1
HEADER_FILE = 'scene.yaml'
TABLE_FILE = 'poses.csv'
COLUMNS = [
    *('file', 'sequence', 'stamp'),
    *('x', 'y', 'z', 'qx', 'qy', 'qz', 'qw'),
    *('camera', 'depth'),
]
POSE_MEANING = 'T_map_camera: the optical frame (x right, y down, z forward) in the map'
SCALES = ('metric', 'unknown')
NS = 1_000_000_000


class SceneError(ValueError):
    """A scene, or what should become one, that cannot be used; says what is wrong."""


@dataclass(frozen=True)
class Picture:
    """One row of the table: a picture, when and where it was taken.

    file, depth    paths inside the scene, with forward slashes; no depth is ''
    sequence       name of the uninterrupted drive that it belongs to
    stamp_ns       nanoseconds, growing within a sequence
    position       of the camera's optical frame in the map, metres
    q_xyzw         orientation of the same, a unit quaternion
    camera         name of its camera in the scene
    split          'train', 'validation', 'test', or '' for a picture that serves none
    """

    file: str
    sequence: str
    stamp_ns: int
    position: tuple[float, float, float]
    q_xyzw: tuple[float, float, float, float]
    camera: str = 'camera'
    depth: str = ''
    split: str = ''

    @property
    def T_map_camera(self) -> Array:
        """Pose [4, 4] of the camera's optical frame in the map."""
        return transform(self.position, self.q_xyzw)


@dataclass(frozen=True)
class MapReference:
    """The occupancy map that the poses refer to: digest of its picture, origin, resolution.

    origin is x, y in metres and yaw in radians of the lower left cell, as in nav2's map.yaml.
    """

    image: str
    sha256: str
    resolution: float
    origin: tuple[float, float, float]


@dataclass(frozen=True)
class Scene:
    """A scene; equal scenes have equal tables and headers wherever they lie on disk.

    cameras        by name; a camera whose intrinsics nobody knows is absent
    scale          'metric', or 'unknown' where the positions' unit is arbitrary
    depth_unit_m   what one step of a depth picture means
    depth_camera   took the depth pictures from where the others were taken; None: these cameras
    source         where it came from, for people: plain values only
    """

    root: Path = field(compare=False)
    name: str
    pictures: tuple[Picture, ...]
    cameras: Mapping[str, Camera]
    source: Mapping[str, Any]
    map_frame: str = 'map'
    camera_frame: str = 'camera_optical_frame'
    scale: str = 'metric'
    depth_unit_m: float = 0.001
    map: MapReference | None = None
    depth_camera: Camera | None = None

    def split(self, name: str) -> tuple[Picture, ...]:
        """Pictures of a split; SceneError when it has none."""
        pictures = tuple(picture for picture in self.pictures if picture.split == name)
        if not pictures:
            splits = sorted({picture.split for picture in self.pictures} - {''})
            raise SceneError(
                f"scene '{self.root}' has no pictures in split '{name}'; it has "
                f'{", ".join(splits) or "no splits"}'
            )
        return pictures

    def camera_of_depth(self, picture: Picture) -> Camera:
        """The camera whose pixels a picture's depth picture has, of whatever resolution."""
        return self.depth_camera or self.cameras[picture.camera]

    def path(self, picture: Picture) -> Path:
        """Where a picture lies."""
        return self.root / picture.file


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Decode a picture to RGB [H, W, 3], uint8; SceneError when it is no whole picture."""
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert('RGB'))
    except (OSError, SyntaxError, ValueError) as error:
        raise SceneError(f"picture '{path}' cannot be read: {error}") from error


def stamp_text(stamp_ns: int) -> str:
    """Seconds with nine decimals, exact."""
    return f'{stamp_ns // NS}.{stamp_ns % NS:09d}'


def stamp_from_text(text: str) -> int:
    """Nanoseconds of seconds written with up to nine decimals; ValueError for anything else."""
    seconds, _, decimals = text.strip().partition('.')
    if len(decimals) > 9 or not (seconds + decimals).isdecimal():
        raise ValueError(f"'{text}' is no stamp in seconds")
    return int(seconds) * NS + int(decimals.ljust(9, '0'))


def write_header_and_table(scene: Scene, folder: Path) -> None:
    """Write scene.yaml and poses.csv of a scene into an existing folder.

    Numbers are written with all their digits: what is read back is equal.
    """
    with (folder / TABLE_FILE).open('w', newline='') as file:
        table = csv.writer(file, lineterminator='\n')
        table.writerow(COLUMNS)
        table.writerows(_row(picture) for picture in scene.pictures)
    header = {
        'format': FORMAT,
        'version': FORMAT_VERSION,
        'name': scene.name,
        'pose': POSE_MEANING,
        'frames': {'map': scene.map_frame, 'camera': scene.camera_frame},
        'units': {'position': 'm', 'scale': scene.scale, 'stamp': 's'},
        'depth_unit_m': scene.depth_unit_m,
        'cameras': {name: _plain(camera) for name, camera in scene.cameras.items()},
        'splits': _blocks(scene.pictures),
        'map': _plain(scene.map) if scene.map else None,
        'source': dict(scene.source),
    }
    if scene.depth_camera:
        header['depth_camera'] = _plain(scene.depth_camera)
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=99)
    (folder / HEADER_FILE).write_text(text)


def read_scene(root: Path) -> Scene:
    """Read and check a scene; SceneError says what is missing, newer or inconsistent."""
    header_file = root / HEADER_FILE
    if not header_file.is_file():
        raise SceneError(
            f"'{root}' is no scene: it has no {HEADER_FILE}; make one of your pictures or bag "
            'with `posenet scene import`'
        )
    try:
        header = yaml.safe_load(header_file.read_text())
    # Of numbers of thousands of digits and of thousands of brackets too.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SceneError(f"'{header_file}' is no YAML: {error}") from error
    if not isinstance(header, dict) or header.get('format') != FORMAT:
        raise SceneError(f"'{header_file}' does not begin with 'format: {FORMAT}'")
    version = header.get('version')
    if version != FORMAT_VERSION:
        raise SceneError(
            f"'{header_file}' has format version {version}, this program reads {FORMAT_VERSION}: "
            'use the posenet_training that wrote it, or import the scene again'
        )
    try:
        return _scene(root, header, _with_splits(root, _read_table(root), header['splits']))
    except SceneError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SceneError(f"'{header_file}' is incomplete or changed: {error!r}") from error


def _scene(root: Path, header: dict[str, Any], pictures: tuple[Picture, ...]) -> Scene:
    if not pictures:
        raise SceneError(f"scene '{root}' has no pictures in {TABLE_FILE}")
    if header['units']['scale'] not in SCALES:
        raise SceneError(
            f"scene '{root}' has scale '{header['units']['scale']}': it is {' or '.join(SCALES)}"
        )
    reference, depth_camera = header['map'], header.get('depth_camera')
    if reference:
        reference = MapReference(**{**reference, 'origin': tuple(reference['origin'])})
    return Scene(
        root=root,
        name=header['name'],
        pictures=pictures,
        cameras={name: _camera(values) for name, values in header['cameras'].items()},
        source=header['source'],
        map_frame=header['frames']['map'],
        camera_frame=header['frames']['camera'],
        scale=header['units']['scale'],
        depth_unit_m=float(header['depth_unit_m']),
        map=reference,
        depth_camera=_camera(depth_camera) if depth_camera else None,
    )


def _camera(values: dict[str, Any]) -> Camera:
    return Camera(**{**values, 'distortion': tuple(values['distortion'])})


def _plain(value: Camera | MapReference) -> dict[str, Any]:
    fields = asdict(value)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}


def _row(picture: Picture) -> list[str]:
    pose = (*picture.position, *picture.q_xyzw)
    numbers = [repr(float(value)) for value in pose]
    stamp = stamp_text(picture.stamp_ns)
    return [picture.file, picture.sequence, stamp, *numbers, picture.camera, picture.depth]


def _read_table(root: Path) -> list[Picture]:
    table_file = root / TABLE_FILE
    if not table_file.is_file():
        raise SceneError(f"scene '{root}' has no {TABLE_FILE}: import it again")
    try:
        with table_file.open(newline='') as file:
            rows = list(csv.reader(file))
    except (csv.Error, UnicodeDecodeError) as error:
        raise SceneError(f"'{table_file}' is no table: {error}") from error
    if not rows or rows[0] != COLUMNS:
        raise SceneError(f"'{table_file}' must begin with the columns {','.join(COLUMNS)}")
    return [_picture(row, f"'{table_file}' line {line}") for line, row in enumerate(rows[1:], 2)]


def _picture(row: list[str], where: str) -> Picture:
    if len(row) != len(COLUMNS):
        raise SceneError(f'{where} has {len(row)} values, not {len(COLUMNS)}')
    file, sequence, stamp, *numbers = row[:10]
    for path in map(PurePosixPath, (file, row[-1])):
        # Copies and links of a scene write by these names.
        if path.is_absolute() or '..' in path.parts:
            raise SceneError(f"{where}: '{path}' lies outside of the scene: import it again")
        if '\0' in str(path):
            raise SceneError(f'{where}: {str(path)!r} is no name of a file')
    try:
        stamp_ns = stamp_from_text(stamp)
        x, y, z, *q = (float(number) for number in numbers)
    except ValueError as error:
        raise SceneError(f'{where}: {error}') from error
    if not (all(map(math.isfinite, (x, y, z))) and abs(math.hypot(*q) - 1.0) < 1e-6):
        raise SceneError(f'{where}: {",".join(numbers)} is no position and unit quaternion')
    return Picture(file, sequence, stamp_ns, (x, y, z), (q[0], q[1], q[2], q[3]), *row[10:])


def _blocks(pictures: Iterable[Picture]) -> dict[str, list[dict[str, Any]]]:
    """Splits as runs of the table: {split: [{'first': file, 'last': file, 'pictures': n}]}."""
    blocks: dict[str, list[dict[str, Any]]] = {}
    for (split, _), group in groupby(pictures, lambda p: (p.split, p.sequence)):
        run = list(group)
        if split:
            block = {'first': run[0].file, 'last': run[-1].file, 'pictures': len(run)}
            blocks.setdefault(split, []).append(block)
    return blocks


def _with_splits(
    root: Path, pictures: list[Picture], splits: dict[str, list[dict[str, Any]]]
) -> tuple[Picture, ...]:
    rows = {picture.file: row for row, picture in enumerate(pictures)}
    if len(rows) < len(pictures):
        raise SceneError(f"'{root / TABLE_FILE}' names a picture twice")
    names = [''] * len(pictures)
    for split, blocks in splits.items():
        for block in blocks:
            if not {block['first'], block['last']} <= rows.keys():
                raise SceneError(
                    f"split '{split}' of scene '{root}' names a picture that {TABLE_FILE} lacks"
                )
            chosen = range(rows[block['first']], rows[block['last']] + 1)
            if len(chosen) != block['pictures'] or any(names[row] for row in chosen):
                raise SceneError(
                    f"block {block} of split '{split}' of scene '{root}' holds {len(chosen)} "
                    'pictures or meets another block: the table and the splits no longer belong '
                    'together'
                )
            for row in chosen:
                names[row] = split
    return tuple(_in_split(picture, name) for picture, name in zip(pictures, names, strict=True))


def _in_split(picture: Picture, split: str) -> Picture:
    return Picture(**{**picture.__dict__, 'split': split})
