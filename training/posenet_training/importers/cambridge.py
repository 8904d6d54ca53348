# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cambridge Landmarks (Kendall et al. 2015): dataset_train.txt and dataset_test.txt.

After three header lines, a line a picture: `file X Y Z W P Q R`.  As in the VisualSfM models that
they were taken from, X Y Z is the camera's centre in the world, while the quaternion, w first,
turns the world's axes into the camera's (OpenCV axes).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from posenet_ros.geometry import Array
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.counting import counted
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.files import first_size, is_file, natural_key, read_lines, rows_of
from posenet_training.importers.pinhole import single_camera
from posenet_training.importers.quaternion_pose import checked_pose

LISTS = {'train': 'dataset_train.txt', 'test': 'dataset_test.txt'}
TITLE = 'Visual Landmark Dataset'
HEADER_LINES = 3


@dataclass(frozen=True)
class Listed:
    """A line of a list: path in the source, split, pose [4, 4]."""

    path: str
    split: str
    T_map_camera: Array

    @property
    def sequence(self) -> str:
        """Folder of the picture; '.' for one beside the lists."""
        return str(PurePosixPath(self.path).parent)


def read_cambridge(
    root: Path, focal_length: float | None, rate: float, complaints: Complaints
) -> Drive:
    """Open a scene of Cambridge Landmarks: each folder of pictures is a sequence.

    focal_length   in pixels of these pictures; None when nobody knows, and there is no K.txt
    rate           pictures a second: the published ones were taken from videos at 2 Hz

    Raises SceneError without lists, for other headers, and for a picture that is listed twice.
    """
    listed = sorted(
        _listed(root, complaints),
        key=lambda line: (natural_key(line.sequence), natural_key(line.path)),
    )
    name = root.resolve().name

    def frames() -> Iterator[DriveFrame]:
        for stamp_ns, line in counted(listed, rate, lambda line: line.sequence):
            if not is_file(root / line.path):
                complaints.add('picture of a list is not there', line.path)
                continue
            yield DriveFrame(
                name=str(PurePosixPath(line.path).with_suffix('')),
                picture=root / line.path,
                sequence=name if line.sequence == '.' else line.sequence,
                stamp_ns=stamp_ns,
                T_map_camera=line.T_map_camera,
                split=line.split,
            )

    source = {
        'format': 'cambridge',
        'path': str(root.resolve()),
        'stamps': f'counted in the order of the names, {rate} pictures a second',
    }
    size = first_size(root / line.path for line in listed)
    return Drive(name, frames(), len(listed), single_camera(root, size, focal_length), source)


def _listed(root: Path, complaints: Complaints) -> list[Listed]:
    files = {split: root / name for split, name in LISTS.items() if (root / name).is_file()}
    if not files:
        raise SceneError(f"'{root}' has neither {LISTS['train']} nor {LISTS['test']}")
    found: dict[str, Listed] = {}
    for split, file in files.items():
        lines = read_lines(file)
        if not (lines and lines[0].startswith(TITLE)):
            raise SceneError(
                f"'{file}' does not begin with the line '{TITLE} V1' and two header lines more"
            )
        for where, words in rows_of(file, lines, HEADER_LINES):
            one = _line(words, split, where, complaints)
            if one is None:
                continue
            if one.path in found:
                raise SceneError(
                    f"'{one.path}' of split {found[one.path].split} is listed again in {where}"
                )
            found[one.path] = one
    return list(found.values())


def _line(words: list[str], split: str, where: str, complaints: Complaints) -> Listed | None:
    try:
        x, y, z, qw, qx, qy, qz = (float(word) for word in words[1:])
    except ValueError:
        complaints.add("line is not 'file X Y Z W P Q R'", where)
        return None
    # The inverse rotation turns the camera's axes into the world's; the position is the centre.
    T_map_camera = checked_pose((x, y, z), (-qx, -qy, -qz, qw), where, complaints)
    return None if T_map_camera is None else Listed(words[0], split, T_map_camera)
