# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene beside another, with the same pictures, that may be changed."""

from pathlib import Path

from posenet_ros.scene import Scene, read_scene, write_header_and_table
from posenet_training.scenes.writing import appearing


def link_scene(scene: Scene, target: Path) -> Scene:
    """Write a scene that is the same, its pictures links to the other's files.

    Raises SceneError when the target exists or cannot be written.
    """
    with appearing(target, 'scene') as folder:
        for picture in scene.pictures:
            for file in filter(None, (picture.file, picture.depth)):
                link_file(scene.root / file, folder / file)
        write_header_and_table(scene, folder)
    return read_scene(target)


def link_file(file: Path, place: Path) -> None:
    """Link a file to a place whose folder need not be there yet."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(file.resolve())
