# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the trainer takes in: scenes, the text files of other formats, bags."""

import math
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.fuzz.inputs import Input, Target
from benchmarks.parts import part
from posenet_ros.scene import SceneError, read_scene
from posenet_training.importers.bag.importing import BagOptions, read_bag
from posenet_training.importers.cambridge import read_cambridge
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.matrix import Axes, Convention, read_matrix
from posenet_training.importers.nerf import Scale, read_nerf
from posenet_training.importers.tum import read_tum
from posenet_training.scenes.occupancy_map import read_map

Reader = Callable[[Path, Complaints], Drive]
READERS: dict[str, Reader] = {
    'matrix': lambda p, c: read_matrix(p, Convention.c2w, Axes.opencv, 10.0, c),
    'cambridge': lambda p, c: read_cambridge(p, None, 2.0, c),
    'tum': lambda p, c: read_tum(p, None, 0.2, None, c),
    'nerf': lambda p, c: read_nerf(p, Scale.unknown, None, 10.0, c),
}


def scenes(folder: Path) -> Target:
    """The text files of scenes and of other formats; their pictures stay whole."""
    places = _places(folder)
    seeds = {kind: place.read_bytes() for kind, place in places.items()}

    def try_it(given: Input) -> None:
        place = places[given.kind]
        place.write_bytes(given.content)
        try:
            with suppress(SceneError):
                _read(given.kind.partition('-')[0], place)
        finally:
            place.write_bytes(seeds[given.kind])

    return Target(seeds, try_it)


def _places(folder: Path) -> dict[str, Path]:
    """The files that are spoilt, by kind: format-file."""
    samples, poses = part('archive_samples'), part('archive_samples').path_poses(3)
    scene = part('training_samples').small_scene(folder / 'scene', 3, 2).root
    names = [f'{number:02d}.png' for number in range(3)]
    tum, cambridge, nerf = (folder / name for name in ('tum', 'cambridge', 'nerf'))
    stamps = ['1.000000', '1.100000', '1.200000']
    for number, (name, stamp) in enumerate(zip(names, stamps, strict=True)):
        samples.save_picture(tum / 'rgb' / f'{stamp}.png', number)
        samples.save_picture(cambridge / 'seq1' / name, number)
        samples.save_picture(nerf / name, number)
    named = {f'seq1/{name}': T for name, T in zip(names, poses, strict=True)}
    frames = [
        {'file_path': name, 'transform_matrix': samples.opengl(T)}
        for name, T in zip(names, poses, strict=True)
    ]
    matrix = samples.matrix_folder(folder / 'matrix', poses)
    np.savetxt(matrix / 'K.txt', [[50.0, 0.0, 32.0], [0.0, 50.0, 24.0], [0.0, 0.0, 1.0]])
    (folder / 'map.pgm').write_bytes(b'P5 1 1 255 0')
    (folder / 'map.yaml').write_text('image: map.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n')
    return {
        'scene-header': scene / 'scene.yaml',
        'scene-table': scene / 'poses.csv',
        'matrix-poses': matrix / 'poses.txt',
        'matrix-K': matrix / 'K.txt',
        'cambridge-list': samples.cambridge_list(cambridge / 'dataset_train.txt', named),
        'tum-poses': samples.tum_trajectory(tum / 'groundtruth.txt', stamps, poses),
        'tum-list': samples.tum_list(tum / 'rgb.txt', 'rgb', stamps),
        'nerf-transforms': samples.transforms(nerf / 'transforms.json', frames, fl_x=50.0),
        'map-yaml': folder / 'map.yaml',
    }


def _read(kind: str, place: Path) -> None:
    if kind == 'map':
        reference = read_map(place)
        assert math.isfinite(reference.resolution), reference
        assert reference.resolution > 0.0, reference
        assert all(map(math.isfinite, reference.origin)), reference
    elif kind == 'scene':
        scene = read_scene(place.parent)
        for picture in scene.pictures:
            assert np.all(np.isfinite(picture.T_map_camera))
            assert scene.path(picture).resolve().is_relative_to(scene.root.resolve())
        for camera in scene.cameras.values():
            assert math.isfinite(camera.fx), camera
    else:
        _consume(READERS[kind](place.parent, Complaints()))


def bags(folder: Path) -> Target:
    """Bags as bytes, mcap and sqlite3."""
    samples = part('bag_samples')
    messages = samples.drive_messages(samples.SampleDrive(seconds=0.5))
    seeds, recorded = {}, {}
    for storage in ('mcap', 'sqlite3'):
        bag = samples.write_bag(folder / storage, storage, messages)
        recorded[storage] = next(f for f in bag.iterdir() if f.suffix in ('.mcap', '.db3'))
        seeds[storage] = recorded[storage].read_bytes()
        seeds[f'{storage}-metadata'] = (bag / 'metadata.yaml').read_bytes()

    def try_it(given: Input) -> None:
        storage, _, other = given.kind.partition('-')
        place = folder / 'given'
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(recorded[storage].parent, place)
        name = 'metadata.yaml' if other else recorded[storage].name
        (place / name).write_bytes(given.content)
        with suppress(SceneError):
            _consume(read_bag(place, BagOptions(), Complaints()))

    return Target(seeds, try_it)


def _consume(drive: Drive) -> None:
    for frame in drive.frames:
        assert frame.T_map_camera.shape == (4, 4)
        assert '..' not in Path(frame.name).parts
