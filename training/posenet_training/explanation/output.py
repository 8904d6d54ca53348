# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The folder of an explanation: drawn whole before anything in it changes."""

import json
from pathlib import Path

from posenet_training.errors import ExplainError
from posenet_training.explanation import drawings, drawn_pictures
from posenet_training.explanation.explain import Explanation
from posenet_training.explanation.report_html import as_page
from posenet_training.explanation.report_json import as_values
from posenet_training.pages import png_of
from posenet_training.whole_file import whole_file

DRAWINGS = {
    'tsne.png': drawings.t_sne_plane,
    'pca.png': drawings.pca_plane,
    'variance.png': drawings.variance,
    'saliency.png': drawn_pictures.saliency_pictures,
    'neighbours.png': drawn_pictures.neighbour_pictures,
}
FILES = {*DRAWINGS, 'explain.json', 'explain.html'}


def check_folder(folder: Path) -> None:
    """Raise ExplainError when a folder is no place for an explanation; an older one is."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise ExplainError(f"'{existing}' is no folder: name another one")
    others = sorted({path.name for path in folder.glob('[!.]*')} - FILES)
    if others:
        raise ExplainError(
            f"folder '{folder}' holds other things ('{others[0]}'): name a new or an empty one"
        )


def write_explanation(explanation: Explanation, folder: Path) -> None:
    """Draw everything and write the folder; ExplainError when it cannot be written."""
    pictures = {name: png_of(draw(explanation)) for name, draw in DRAWINGS.items()}
    contents = {
        **pictures,
        'explain.json': json.dumps(as_values(explanation), indent=1).encode(),
        'explain.html': as_page(explanation, pictures).encode(),
    }
    try:
        for name, content in contents.items():
            with whole_file(folder / name) as partial:
                partial.write_bytes(content)
    except OSError as error:
        raise ExplainError(f"folder '{folder}' was not written: {error}") from error
