# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Drives as they come, imported."""

from pathlib import Path

from posenet_ros.scene import HEADER_FILE
from posenet_training.commands import formats  # noqa: F401  (registers its commands)
from posenet_training.commands.importing import import_by_defaults
from posenet_training.teaching.kinds import recognise


def scene_of(folder: Path, kept: Path) -> Path:
    """The folder itself when it is a scene, else its import, which is kept in another folder.

    Raises what an import raises, TeachError where the folder is not there or not recognised.
    """
    if (folder / HEADER_FILE).is_file():
        return folder
    scene = kept / folder.name
    if not (scene / HEADER_FILE).is_file():
        import_by_defaults(recognise(folder).value, folder, scene, None)
    return scene
