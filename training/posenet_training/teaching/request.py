# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `posenet teach` is asked for, and where its results lie."""

from dataclasses import dataclass
from pathlib import Path

from posenet_training.errors import TeachError
from posenet_training.run_files import LAST
from posenet_training.scenes.occupancy_map import read_map
from posenet_training.teaching.kinds import Kind


@dataclass(frozen=True)
class Request:
    """A source, its kind, and how a network is to be taught on it.

    recipe         by name or file; None: by what the scene has (choosing.py)
    changes        of the recipe, as --set takes them
    trunk_weights  file of a classifier to begin with
    map_yaml       the occupancy map that the poses refer to
    """

    source: Path
    kind: Kind
    model: Path
    work: Path
    recipe: str | None
    changes: tuple[str, ...]
    seed: int
    trunk_weights: Path | None
    map_yaml: Path | None

    @property
    def scene(self) -> Path:
        """The scene that is taught: the source itself when it is one that nothing is added to."""
        own = self.work / 'scene'
        return self.source if self.kind is Kind.scene and not own.exists() else own

    @property
    def choice(self) -> Path:
        return self.work / 'recipe.yaml'

    @property
    def check_page(self) -> Path:
        return self.work / 'check.html'

    @property
    def run(self) -> Path:
        return self.work / 'run'

    @property
    def checkpoint(self) -> Path:
        return self.run / LAST

    @property
    def report(self) -> Path:
        return self.work / 'evaluation.json'

    @property
    def page(self) -> Path:
        return self.work / 'evaluation.html'


def work_beside(model: Path) -> Path:
    """The working folder when none is named."""
    return model.with_name(f'{model.stem}.teach')


def check_places(request: Request) -> None:
    """Raise TeachError, before any work, for a place where something cannot go.

    Raises SceneError for a map that cannot be read.
    """
    if request.model.is_dir():
        raise TeachError(f"'{request.model}' is a folder: name a file for the model")
    if request.model.suffix != '.pt':
        raise TeachError(f"'{request.model}' is no name for a model file: let it end in .pt")
    if request.kind is Kind.scene and request.map_yaml:
        raise TeachError(
            f"'{request.source}' is a scene already, and a scene gets its map when it is "
            'imported: leave out --map'
        )
    if request.map_yaml:
        read_map(request.map_yaml)
    for place in (request.model, request.work):
        if place.resolve().is_relative_to(request.source.resolve()):
            raise TeachError(
                f"'{place}' would lie in the source '{request.source}', which stays as it is: "
                'name a place outside of it'
            )
