# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene's poses as a TUM trajectory, which evo and most SLAM tools read."""

from pathlib import Path

from posenet_ros.scene import Picture, Scene, stamp_text


def write_tum(scene: Scene, file: Path) -> int:
    """Write 'stamp x y z qx qy qz qw' of T_map_camera, a line a picture, sorted by stamp.

    Returns the number of lines.  The file appears whole or not at all.
    """
    pictures = sorted(scene.pictures, key=lambda picture: picture.stamp_ns)
    partial = file.with_name(f'.{file.name}.partial')
    partial.write_text(''.join(_line(picture) for picture in pictures))
    partial.rename(file)
    return len(pictures)


def _line(picture: Picture) -> str:
    numbers = ' '.join(repr(value) for value in (*picture.position, *picture.q_xyzw))
    return f'{stamp_text(picture.stamp_ns)} {numbers}\n'
