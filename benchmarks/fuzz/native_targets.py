# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the trainer reads through much native code: COLMAP's models and videos."""

import math
import shutil
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from benchmarks.fuzz.beside import Beside
from benchmarks.fuzz.inputs import Input, Target
from benchmarks.parts import part
from posenet_ros.scene import SceneError
from posenet_training.importers.colmap import read_colmap
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.structure_from_motion.choice import choose_from_video
from posenet_training.importers.structure_from_motion.options import PlacingOptions

FORMATS = {'avi': 'MJPG', 'mp4': 'mp4v'}


def colmap(folder: Path) -> Target:
    """The files of COLMAP's models, text and binary; their pictures stay whole."""
    files = {}
    for binary, kind in ((False, 'txt'), (True, 'bin')):
        project = folder / kind
        part('test_import_colmap').two_camera_project(project, binary)
        for file in sorted((project / 'sparse' / '0').glob(f'*.{kind}')):
            files[f'{file.stem}-{kind}'] = file
    seeds = {kind: file.read_bytes() for kind, file in files.items()}
    read = Beside(_read_colmap)

    def try_it(given: Input) -> None:
        file = files[given.kind]
        file.write_bytes(given.content)
        try:
            read(folder / given.kind.rpartition('-')[2])
        finally:
            file.write_bytes(seeds[given.kind])

    return Target(seeds, try_it)


def _read_colmap(project: Path) -> None:
    with suppress(SceneError):
        placing = PlacingOptions(level=False)
        drive = read_colmap(project, None, True, False, placing, 10.0, Complaints())
        for camera in drive.cameras.values():
            assert math.isfinite(camera.fx), camera
            assert camera.fx > 0.0, camera
            assert min(camera.width, camera.height) > 0, camera
        for frame in drive.frames:
            assert np.all(np.isfinite(frame.T_map_camera)), frame
            assert '..' not in Path(frame.name).parts, frame.name


def videos(folder: Path) -> Target:
    """Videos as bytes."""
    seeds = {kind: _video(folder / f'seed.{kind}', code) for kind, code in FORMATS.items()}
    read = Beside(_read_video)

    def try_it(given: Input) -> None:
        file = folder / f'given.{given.kind}'
        file.write_bytes(given.content)
        read(file)

    return Target(seeds, try_it)


def _video(file: Path, code: str) -> bytes:
    size = (64, 48)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*code), 10.0, size)
    noise = np.random.default_rng(1).integers(0, 256, (48, 96, 3), np.uint8)
    for shift in range(12):
        writer.write(np.ascontiguousarray(noise[:, 2 * shift : 2 * shift + size[0]]))
    writer.release()
    return file.read_bytes()


def _read_video(file: Path) -> None:
    pictures = file.parent / 'pictures'
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir()
    with suppress(SceneError):
        choice = choose_from_video(file, 0.02, pictures)
        stamps = [picture.stamp_ns for picture in choice.pictures]
        assert stamps == sorted(set(stamps)), stamps
        for picture in choice.pictures:
            assert cv2.imread(str(pictures / picture.file)) is not None, picture
