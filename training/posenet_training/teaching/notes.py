# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""teach.yaml in the working folder: of what its results were made, and which are whole."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import yaml

from posenet_training.errors import TeachError
from posenet_training.recipe_files import read_origin, read_recipe
from posenet_training.run_files import RECIPE
from posenet_training.scenes.occupancy_map import read_map
from posenet_training.teaching.choosing import chosen_recipe
from posenet_training.teaching.fingerprint import fingerprint
from posenet_training.teaching.request import Request
from posenet_training.whole_file import whole_file

NOTES = 'teach.yaml'


@dataclass(frozen=True)
class Notes:
    """What the working folder was begun with.

    contents   fingerprint of the source's and the map's files
    done       fingerprint of what each finished step wrote, in the order of the steps
    """

    source: str
    format: str
    map: str
    contents: str
    done: dict[str, str] = field(default_factory=dict)

    def with_step(self, name: str, result: str) -> 'Notes':
        """Note a step; those that come after it have to be done again."""
        names = list(self.done)
        kept = names[: names.index(name)] if name in names else names
        return replace(self, done={**{n: self.done[n] for n in kept}, name: result})


def begin(request: Request) -> Notes:
    """Open the working folder; TeachError when what is there was made of something else."""
    fresh = _notes_of(request)
    file = request.work / NOTES
    if file.is_file():
        earlier = _read(file)
        if _has_results(request):
            _check_same(request, earlier, fresh)
            _check_run(request)
            return earlier
    elif request.work.exists() and any(request.work.iterdir()):
        raise TeachError(
            f"'{request.work}' holds something else than work of `posenet teach` (it has no "
            f'{NOTES}): name another folder with --work'
        )
    write(request, fresh)
    return fresh


def write(request: Request, notes: Notes) -> None:
    """Write the notes into the working folder, whole or not at all."""
    with whole_file(request.work / NOTES) as partial:
        partial.write_text(yaml.safe_dump(asdict(notes), sort_keys=False, allow_unicode=True))


def _notes_of(request: Request) -> Notes:
    map_yaml = request.map_yaml
    map_files = [map_yaml, Path(read_map(map_yaml).image)] if map_yaml else []
    return Notes(
        source=str(request.source.resolve()),
        format=request.kind.value,
        map=str(map_yaml.resolve()) if map_yaml else '',
        contents=fingerprint(request.source, *map_files),
    )


def _has_results(request: Request) -> bool:
    return (request.work / 'scene').exists() or request.run.exists()


def _check_same(request: Request, earlier: Notes, now: Notes) -> None:
    for name, word in (('source', 'source'), ('format', '--format'), ('map', '--map')):
        before, after = getattr(earlier, name), getattr(now, name)
        if before != after:
            raise TeachError(
                f"'{request.work}' was begun with {word} '{before}', now it is '{after}': "
                f'{_way_out(request, request.work)}'
            )
    if earlier.contents != now.contents:
        raise TeachError(
            f"files of '{request.source}' (or of its map) have changed since '{request.work}' "
            f'was begun: {_way_out(request, request.work)}'
        )


def _check_run(request: Request) -> None:
    """The run says itself of what it was taught."""
    if not (request.run / RECIPE).is_file():
        return
    origin = read_origin(request.run)
    if origin.seed != request.seed:
        raise TeachError(
            f"'{request.run}' was taught with seed {origin.seed}, now it is {request.seed}: "
            f'{_way_out(request, request.run)}'
        )
    if origin.trunk_weights != str(request.trunk_weights or ''):
        raise TeachError(
            f"'{request.run}' was taught with --trunk-weights '{origin.trunk_weights}', now it is "
            f"'{request.trunk_weights or ''}': {_way_out(request, request.run)}"
        )
    recipe = chosen_recipe(request)
    if read_recipe(str(request.run)) != read_recipe(recipe, request.changes):
        raise TeachError(
            f"'{request.run}' was taught by another recipe than '{recipe}' with these "
            f'--set: name its own with --recipe, or {_way_out(request, request.run)}'
        )


def _way_out(request: Request, folder: Path) -> str:
    what = 'to begin anew' if folder == request.work else 'to teach anew on the same scene'
    return f"name another folder with --work, or delete '{folder}' {what}"


def _read(file: Path) -> Notes:
    try:
        return Notes(**yaml.safe_load(file.read_text()))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise TeachError(
            f"'{file}' cannot be read ({type(error).__name__}): delete the folder to begin anew"
        ) from error
