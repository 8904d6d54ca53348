# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is measured, made beforehand: a scene with its SIFT map and its model, and what they cost.

Every step leaves a file; one that was stopped begins again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.maps import Piece, joined
from benchmarks.scale.models import taught, write_model
from posenet_ros.scene import HEADER_FILE, read_scene
from posenet_training.commands.console import note
from posenet_training.data.pictures import PictureSource
from posenet_training.whole_file import whole_file


@dataclass(frozen=True)
class Asset:
    """A folder with a scene, its SIFT map, its model as two files and their costs."""

    folder: Path

    @property
    def scene(self) -> Path:
        return self.folder / 'scene'

    @property
    def sift_map(self) -> Path:
        return self.folder / 'sift.npz'

    @property
    def model(self) -> Path:
        return self.folder / 'place.pt'

    @property
    def twin(self) -> Path:
        return self.model.with_suffix('.onnx')

    @property
    def finished(self) -> bool:
        """Whether nothing is missing."""
        files = (self.scene / HEADER_FILE, self.sift_map, self.twin, self.folder / 'costs.json')
        return all(file.is_file() for file in files)

    def costs(self) -> dict[str, float]:
        """Minutes of one core by what took them, as far as they are known."""
        file = self.folder / 'costs.json'
        known: dict[str, float] = json.loads(file.read_text()) if file.is_file() else {}
        return known

    def note_costs(self, **minutes: float) -> None:
        """Keep what something took."""
        with whole_file(self.folder / 'costs.json') as partial:
            partial.write_text(json.dumps({**self.costs(), **minutes}, indent=1))


def complete(asset: Asset, pieces: Sequence[Piece], changes: tuple[str, ...] = ()) -> None:
    """Put together the map and teach the model of an asset whose scene is there already.

    pieces: maps of the scene's training pictures.  changes: of the recipe.
    """
    scene = read_scene(asset.scene)
    if not asset.sift_map.is_file():
        joined(pieces, scene).save(asset.sift_map)
        asset.note_costs(sift_map_minutes=sum(piece.cpu_s for piece in pieces) / 60.0)
    source, run = PictureSource(scene), asset.folder / 'quick' / 'run'
    if not run.is_dir():
        note(f'{asset.folder.name}: training')
        asset.note_costs(posenet_train_minutes=taught(source, run.parent, changes))
    if not asset.twin.is_file():
        note(f'{asset.folder.name}: exporting')
        asset.note_costs(posenet_export_minutes=write_model(run, source, asset.model))
