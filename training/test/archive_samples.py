# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small archives in the formats of the importers, written from the formats' specifications."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from posenet_ros.scene import Scene, SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.scenes.writing import Keeping, write_scene

Array = NDArray[np.float64]
SIZE = (64, 48)
SHARED_SCENES = Path(__file__).parents[2] / '../shared/scenes'


def path_poses(count: int, seed: int = 0) -> Array:
    """Poses [count, 4, 4] of a camera that moves and turns at random."""
    rng = np.random.default_rng(seed)
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = Rotation.random(count, random_state=rng).as_matrix()
    poses[:, :3, 3] = rng.uniform(-5.0, 5.0, (count, 3))
    return poses


def save_picture(file: Path, seed: int = 0, size: tuple[int, int] = SIZE) -> Path:
    """A noisy picture; its folders are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)).save(file)
    return file


def save_depth(file: Path, millimetres: int = 1500, size: tuple[int, int] = (16, 12)) -> Path:
    """A 16-bit depth picture of one distance; its folders are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(size[::-1], millimetres, dtype=np.uint16)).save(file)
    return file


def exact(values: Any) -> str:
    """Numbers with all their digits, separated by spaces."""
    return ' '.join(repr(float(value)) for value in np.ravel(values))


def xyzw(R: Array) -> Array:
    """Quaternion x, y, z, w of a rotation [3, 3]."""
    return Rotation.from_matrix(R).as_quat()


def wxyz(R: Array) -> Array:
    """Quaternion w, x, y, z of a rotation [3, 3]."""
    return np.roll(xyzw(R), 1)


def seven_scenes(
    root: Path, sequences: dict[str, Array], suffix: str = '.png', depth: bool = True
) -> Path:
    """seq-NN/frame-NNNNNN.color.png with .pose.txt, four rows of a camera-to-world matrix."""
    for sequence, poses in sequences.items():
        for index, pose in enumerate(poses):
            stem = root / sequence / f'frame-{index:06d}'
            save_picture(stem.with_name(f'{stem.name}.color{suffix}'), index)
            rows = '\n'.join('\t'.join(repr(float(v)) for v in row) for row in pose)
            stem.with_name(f'{stem.name}.pose.txt').write_text(rows + '\n')
            if depth:
                save_depth(stem.with_name(f'{stem.name}.depth.png'))
    return root


def pseudo_truth(file: Path, frames: dict[str, Array], focal_length: float) -> Path:
    """Lines `file qw qx qy qz tx ty tz f` of world-to-camera poses."""
    lines = []
    for name, T_map_camera in frames.items():
        T_camera_map = np.linalg.inv(T_map_camera)
        pose = f'{exact(wxyz(T_camera_map[:3, :3]))} {exact(T_camera_map[:3, 3])}'
        lines.append(f'{name} {pose} {focal_length}')
    file.write_text('\n'.join(lines) + '\n')
    return file


def cambridge_list(file: Path, frames: dict[str, Array]) -> Path:
    """Three header lines, then `file X Y Z W P Q R`: centre, and world-to-camera rotation."""
    lines = ['Visual Landmark Dataset V1', 'ImageFile, Camera Position [X Y Z W P Q R]', '']
    for name, T in frames.items():
        lines.append(f'{name} {exact(T[:3, 3])} {exact(wxyz(T[:3, :3].T))}')
    file.write_text('\n'.join(lines) + '\n')
    return file


def tum_trajectory(file: Path, stamps: list[str], poses: Array) -> Path:
    """Comments, then `stamp x y z qx qy qz qw`."""
    lines = ['# ground truth trajectory', '# timestamp tx ty tz qx qy qz qw']
    lines += [
        f'{stamp} {exact(T[:3, 3])} {exact(xyzw(T[:3, :3]))}'
        for stamp, T in zip(stamps, poses, strict=True)
    ]
    file.write_text('\n'.join(lines) + '\n')
    return file


def tum_list(file: Path, folder: str, stamps: list[str]) -> Path:
    """Comments, then `stamp folder/stamp.png`."""
    lines = ['# color images', '# timestamp filename']
    lines += [f'{stamp} {folder}/{stamp}.png' for stamp in stamps]
    file.write_text('\n'.join(lines) + '\n')
    return file


def opengl(T_map_camera: Array) -> list[list[float]]:
    """The same pose for a camera that looks along -z with y up."""
    return (T_map_camera @ np.diag([1.0, -1.0, -1.0, 1.0])).tolist()


def transforms(file: Path, frames: list[dict[str, Any]], **values: Any) -> Path:
    """A transforms.json."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**values, 'frames': frames}))
    return file


def matrix_folder(root: Path, poses: Array) -> Path:
    """images/NNNNN.png and poses.txt with a row of 16 numbers each."""
    for index in range(len(poses)):
        save_picture(root / 'images' / f'{index:05d}.png', index)
    (root / 'poses.txt').write_text('\n'.join(exact(pose) for pose in poses) + '\n')
    return root


def imported(
    open_drive: Callable[[Complaints], Drive], target: Path, strict: bool = False
) -> tuple[Scene, dict[str, int]]:
    """The scene of a drive, with the splits of the source alone, and what was skipped."""
    complaints = Complaints(strict)
    drive = open_drive(complaints)
    scene = write_scene(drive, target, lambda pictures: pictures, Keeping.links(), complaints)
    return scene, complaints.counts()


class Importer:
    """Imports sources into new folders beside each other.

    open_drive(complaints, source, ...)   opens a drive of the format
    """

    def __init__(self, open_drive: Callable[..., Drive], folder: Path) -> None:
        self._open_drive = open_drive
        self._folder = folder
        self._count = 0

    def __call__(
        self, *source: Any, strict: bool = False, **options: Any
    ) -> tuple[Scene, dict[str, int]]:
        """The scene of a source, with the source's own splits, and what was skipped."""
        return imported(
            lambda complaints: self._open_drive(complaints, *source, **options),
            self._target(),
            strict,
        )

    def refuses(self, sentence: str, *source: Any, strict: bool = False, **options: Any) -> None:
        """The import ends with a SceneError that matches, and leaves nothing."""
        before = set(self._folder.rglob('*'))
        with pytest.raises(SceneError, match=sentence):
            self(*source, strict=strict, **options)
        assert set(self._folder.rglob('*')) == before

    def _target(self) -> Path:
        self._count += 1
        return self._folder / f'scene-{self._count}'


def files(scene: Scene) -> list[str]:
    """Names of a scene's pictures."""
    return [picture.file.removeprefix('pictures/') for picture in scene.pictures]


def splits(scene: Scene) -> list[str]:
    """Splits of a scene's pictures."""
    return [picture.split for picture in scene.pictures]


def assert_poses(scene: Scene, expected: Array) -> None:
    """A scene's pictures have these poses [N, 4, 4]."""
    np.testing.assert_allclose(poses_of(scene), expected, rtol=0, atol=1e-9)


def poses_of(scene: Scene) -> Array:
    """Poses [N, 4, 4] of a scene's pictures."""
    return np.stack([picture.T_map_camera for picture in scene.pictures])


def shared_scene(name: str) -> Path:
    """A real scene of this machine; skips the test when it is not there."""
    if not (SHARED_SCENES / name).is_dir():
        pytest.skip(f'the real scene {name} is not on this machine')
    return SHARED_SCENES / name
