# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""7-Scenes (Shotton et al. 2013): seq-NN/frame-NNNNNN with .color, .depth and .pose files.

The poses are camera to world with OpenCV axes in metres, by KinectFusion, which tracked the depth
camera; all published results take them for the colour camera's.  Brachmann et al. (2021) give
others, by structure from motion on the colour pictures (pseudo_truth.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import SceneError
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive, DriveFrame
from posenet_training.importers.files import first_size, read_lines, read_pose_file
from posenet_training.importers.lists import complain_of_absent, read_split_lists
from posenet_training.importers.pinhole import centred_camera
from posenet_training.importers.pseudo_truth import PosedLine, read_pseudo_truth

RATE_HZ = 30.0
# Of the colour camera at the width of the published pictures.
FOCAL_LENGTH_PX = 525.0
# Of the depth camera, whose pictures are not registered to the colour camera's; how far the two
# stand apart is not published.
DEPTH_FOCAL_LENGTH_PX = 585.0
PUBLISHED_WIDTH = 640
SPLIT_FILES = {'train': 'TrainSplit.txt', 'test': 'TestSplit.txt'}
# The lists of the first PoseNet had the two sequences of Heads the wrong way round.
HEADS = {2: 'train', 1: 'test'}


def read_seven_scenes(
    root: Path,
    focal_length: float | None,
    pseudo_truth: Sequence[Path],
    complaints: Complaints,
) -> Drive:
    """Open a scene of 7-Scenes, unpacked, with all its sequences in their order.

    focal_length   of the colour camera in pixels of these pictures; None takes the pseudo ground
                   truth's, or 525 at a width of 640
    pseudo_truth   files whose poses replace those beside the pictures

    train.txt, validation.txt and test.txt prescribe splits by picture where they are there, else
    TrainSplit.txt and TestSplit.txt by sequence.  Raises SceneError for another layout, and for
    a folder named heads that does not train on sequence 2 and test on sequence 1.
    """
    pictures = _pictures(root)
    name = root.resolve().name
    splits = _splits(root, pictures, complaints)
    if name.lower() == 'heads':
        _check_heads(root, splits)
    truth = read_pseudo_truth(pseudo_truth, complaints)
    for frame in truth.keys() - {frame_name(picture) for picture in pictures}:
        complaints.add('picture of the pseudo ground truth is not there', frame)
    cameras, camera_names = _cameras(pictures, focal_length, truth)

    def frames() -> Iterator[DriveFrame]:
        for picture in pictures:
            frame = frame_name(picture)
            T_map_camera = _pose(picture, truth, complaints)
            if T_map_camera is None:
                continue
            depth = picture.with_name(f'{picture.name.split(".")[0]}.depth.png')
            yield DriveFrame(
                name=frame,
                picture=picture,
                sequence=picture.parent.name,
                stamp_ns=round(int(frame[-6:]) * 1e9 / RATE_HZ),
                T_map_camera=T_map_camera,
                camera=camera_names.get(frame, 'camera'),
                depth=depth if depth.is_file() else None,
                split=splits.get(_path_in(picture), ''),
            )

    source = {
        'format': '7scenes',
        'path': str(root.resolve()),
        'poses': [str(file.resolve()) for file in pseudo_truth] or 'frame-NNNNNN.pose.txt',
        'stamps': f'counted, {RATE_HZ} pictures a second',
        'depth': 'not registered to the colour camera',
    }
    return Drive(
        name,
        frames(),
        len(pictures),
        cameras,
        source,
        depth_camera=_depth_camera(first_size(pictures)),
    )


def frame_name(picture: Path) -> str:
    """Name of a frame by its colour picture: 'seq-01/frame-000000'."""
    return f'{picture.parent.name}/{picture.name.split(".")[0]}'


def _path_in(picture: Path) -> str:
    return f'{picture.parent.name}/{picture.name}'


def _pictures(root: Path) -> list[Path]:
    """Colour pictures of all sequences, sequence after sequence."""
    if not root.is_dir():
        raise SceneError(f"'{root}' is not there: a folder with seq-01, seq-02, ... is expected")
    sequences = {
        int(match[1]): folder
        for folder in root.iterdir()
        if folder.is_dir() and (match := re.fullmatch(r'seq-(\d+)', folder.name))
    }
    pictures = [
        file
        for _, folder in sorted(sequences.items())
        for file in sorted(folder.iterdir())
        if re.fullmatch(r'frame-\d{6}\.color\.(png|jpe?g)', file.name)
    ]
    if not pictures:
        raise SceneError(
            f"'{root}' has no pictures seq-NN/frame-NNNNNN.color.png or .jpg: unpack the zip "
            'files of the sequences there'
        )
    return pictures


def _splits(root: Path, pictures: Sequence[Path], complaints: Complaints) -> dict[str, str]:
    """Split by path of the picture in the source."""
    paths = [_path_in(picture) for picture in pictures]
    splits = read_split_lists(root)
    if splits:
        complain_of_absent(splits, paths, complaints)
        return splits
    by_sequence = _sequence_splits(root)
    for number in by_sequence.keys() - {_number(path) for path in paths}:
        complaints.add(
            'sequence of TrainSplit.txt or TestSplit.txt is not there', f'sequence{number}'
        )
    return {path: by_sequence.get(_number(path), '') for path in paths}


def _sequence_splits(root: Path) -> dict[int, str]:
    splits: dict[int, str] = {}
    for split, name in SPLIT_FILES.items():
        file = root / name
        for line in read_lines(file) if file.is_file() else []:
            if not line.strip():
                continue
            match = re.fullmatch(r'sequence\s*(\d+)', line.strip())
            if not match:
                raise SceneError(f"'{file}' has the line '{line}': 'sequence1' is expected")
            if splits.setdefault(int(match[1]), split) != split:
                raise SceneError(f"sequence {match[1]} trains and tests by the files in '{root}'")
    return splits


def _number(path: str) -> int:
    """Number of a picture's sequence."""
    return int(path.partition('/')[0].removeprefix('seq-'))


def _check_heads(root: Path, splits: Mapping[str, str]) -> None:
    for path, split in splits.items():
        published = HEADS.get(_number(path))
        if published and {published, split} == {'train', 'test'}:
            raise SceneError(
                f"'{root}' has '{path}' in split {split}, but Heads as published trains on "
                'sequence 2 and tests on sequence 1: put its TrainSplit.txt and TestSplit.txt '
                'right, or rename the folder if it is another scene'
            )


def _pose(picture: Path, truth: Mapping[str, PosedLine], complaints: Complaints) -> Array | None:
    if not truth:
        pose_file = picture.with_name(f'{picture.name.split(".")[0]}.pose.txt')
        return read_pose_file(pose_file, complaints)
    line = truth.get(frame_name(picture))
    if line is None:
        complaints.add('picture has no pose in the pseudo ground truth', _path_in(picture))
        return None
    return line.T_map_camera


def _depth_camera(size: tuple[int, int] | None) -> Camera | None:
    if size is None:
        return None
    return centred_camera(*size, DEPTH_FOCAL_LENGTH_PX * size[0] / PUBLISHED_WIDTH)


def _cameras(
    pictures: Sequence[Path], focal_length: float | None, truth: Mapping[str, PosedLine]
) -> tuple[dict[str, Camera], dict[str, str]]:
    """Cameras by name, and names of cameras by frame where they are not 'camera'."""
    size = first_size(pictures)
    if size is None:
        return {}, {}
    scale = size[0] / PUBLISHED_WIDTH
    lengths = sorted({line.focal_length for line in truth.values()}) or [FOCAL_LENGTH_PX]
    if focal_length is not None:
        return {'camera': centred_camera(*size, focal_length)}, {}
    if len(lengths) == 1:
        return {'camera': centred_camera(*size, lengths[0] * scale)}, {}
    names = {length: f'camera-{number}' for number, length in enumerate(lengths, 1)}
    cameras = {name: centred_camera(*size, f * scale) for f, name in names.items()}
    return cameras, {frame: names[line.focal_length] for frame, line in truth.items()}
