# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which scene a run learned."""

from pathlib import Path

import yaml

from posenet_training.errors import ExportError
from posenet_training.run_files import RECIPE


def scene_of(run: Path) -> str:
    """What `posenet train` was given as the scene of this run: a folder or 'room:SEED'.

    Raises ExportError when there is no such run or it does not say.
    """
    if not run.is_dir():
        raise ExportError(f"there is no run '{run}': train one with `posenet train`")
    try:
        recipe = yaml.safe_load((run / RECIPE).read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        recipe = None
    scene = recipe.get('scene') if isinstance(recipe, dict) else None
    if not isinstance(scene, str) or not scene:
        raise ExportError(
            f"run '{run}' does not say which scene it learned (no scene in its {RECIPE}): "
            'name it with --scene'
        )
    return scene
