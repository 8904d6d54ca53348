# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a COLMAP model lies; known without pycolmap."""

from pathlib import Path

# Where programs put the model within a project, the model folder itself first.
MODEL_PLACES = ('', 'sparse/0', 'sparse', 'model', 'colmap/sparse/0')


def model_place(source: Path) -> Path | None:
    """Folder of the model that a folder is or holds; None where there is none."""
    for place in MODEL_PLACES:
        for suffix in ('.bin', '.txt'):
            if (source / place / f'cameras{suffix}').is_file():
                return source / place
    return None
