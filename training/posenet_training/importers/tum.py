# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TUM RGB-D (Sturm et al. 2012): rgb.txt and groundtruth.txt, or stamped pictures in a folder.

rgb.txt and depth.txt hold `stamp file`, groundtruth.txt the pose of the colour camera's optical
frame, `stamp x y z qx qy qz qw`; # begins a comment.  Depth pictures count 5000 to the metre.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from posenet_ros.scene import NS, SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.files import first_size, is_file, pictures_of, read_lines
from posenet_training.importers.pinhole import single_camera
from posenet_training.importers.trajectory import parse_stamp, read_trajectory

DEPTH_UNIT_M = 1.0 / 5000.0
# Between a picture and its depth picture, as the benchmark's own association has it.
DEPTH_TOLERANCE_NS = NS // 50


@dataclass(frozen=True)
class Stamped:
    """A file and when it was taken."""

    stamp_ns: int
    file: Path


def read_tum(
    root: Path,
    trajectory: Path | None,
    max_gap_s: float,
    focal_length: float | None,
    complaints: Complaints,
) -> Drive:
    """Open a sequence: pictures of rgb.txt, or else those in the folder, named by their stamps.

    trajectory     file of poses; None takes groundtruth.txt
    max_gap_s      a pose is interpolated between two that are at most so far apart
    focal_length   in pixels; None when nobody knows, and there is no K.txt

    Pictures without a pose are complaints.  Raises SceneError for a folder without pictures or
    poses.
    """
    pictures = _growing(_pictures(root, complaints), complaints)
    poses = read_trajectory(trajectory or root / 'groundtruth.txt', complaints)
    depths = _depths(root, complaints)
    max_gap_ns = round(max_gap_s * NS)
    name = root.resolve().name

    def frames() -> Iterator[DriveFrame]:
        for picture in pictures:
            if not is_file(picture.file):
                complaints.add('picture of rgb.txt is not there', str(picture.file))
                continue
            T_map_camera = poses.at(picture.stamp_ns, max_gap_ns)
            if T_map_camera is None:
                complaints.add(
                    f'picture has no poses around it at most {max_gap_s} s apart',
                    picture.file.name,
                )
                continue
            yield DriveFrame(
                name=picture.file.stem,
                picture=picture.file,
                sequence=name,
                stamp_ns=picture.stamp_ns,
                T_map_camera=T_map_camera,
                depth=_nearest(depths, picture.stamp_ns),
            )

    source = {
        'format': 'tum',
        'path': str(root.resolve()),
        'trajectory': str((trajectory or root / 'groundtruth.txt').resolve()),
        'max_gap_s': max_gap_s,
    }
    size = first_size(picture.file for picture in pictures)
    cameras = single_camera(root, size, focal_length)
    return Drive(name, frames(), len(pictures), cameras, source, depth_unit_m=DEPTH_UNIT_M)


def _pictures(root: Path, complaints: Complaints) -> list[Stamped]:
    if (root / 'rgb.txt').is_file():
        return _listed(root / 'rgb.txt', complaints)
    pictures = []
    for file in pictures_of(root):
        try:
            pictures.append(Stamped(parse_stamp(file.stem), file))
        except ValueError:
            complaints.add('name of a picture is no stamp', file.name)
    return sorted(pictures, key=lambda picture: picture.stamp_ns)


def _listed(file: Path, complaints: Complaints) -> list[Stamped]:
    """Entries `stamp file` of a list; the files are relative to it."""
    listed = []
    for number, line in enumerate(read_lines(file), 1):
        words = line.partition('#')[0].split(maxsplit=1)
        if not words:
            continue
        try:
            stamp, name = words
            listed.append(Stamped(parse_stamp(stamp), file.parent / name.strip()))
        except ValueError:
            complaints.add("line is not 'stamp file'", f"'{file}' line {number}")
    return listed


def _growing(pictures: Sequence[Stamped], complaints: Complaints) -> list[Stamped]:
    """Pictures without those whose stamp does not come after the one before."""
    kept: list[Stamped] = []
    for picture in pictures:
        if kept and picture.stamp_ns <= kept[-1].stamp_ns:
            complaints.add(
                'stamp of a picture does not come after the one before', picture.file.name
            )
        else:
            kept.append(picture)
    if not kept:
        raise SceneError(
            ' '.join(['the source gave no picture with a stamp.', *complaints.sentences()])
        )
    return kept


def _depths(root: Path, complaints: Complaints) -> list[Stamped]:
    """Depth pictures by stamp; none without depth.txt."""
    if not (root / 'depth.txt').is_file():
        return []
    there = []
    for depth in _listed(root / 'depth.txt', complaints):
        if is_file(depth.file):
            there.append(depth)
        else:
            complaints.add('depth picture of depth.txt is not there', str(depth.file))
    return sorted(there, key=lambda depth: depth.stamp_ns)


def _nearest(depths: Sequence[Stamped], stamp_ns: int) -> Path | None:
    """File of the depth picture nearest in time, None beyond the tolerance."""
    after = bisect_left(depths, stamp_ns, key=lambda depth: depth.stamp_ns)
    around = depths[max(after - 1, 0) : after + 1]
    nearest = min(around, key=lambda depth: abs(depth.stamp_ns - stamp_ns), default=None)
    if nearest is None or abs(nearest.stamp_ns - stamp_ns) > DEPTH_TOLERANCE_NS:
        return None
    return nearest.file
