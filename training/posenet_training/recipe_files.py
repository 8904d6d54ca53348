# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Recipes as files: those that come with the package, people's own, and what a run stores."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from posenet_training.errors import RecipeError
from posenet_training.recipe import Recipe
from posenet_training.run_files import RECIPE
from posenet_training.whole_file import whole_file

FOLDER = Path(__file__).parent / 'recipes'
# What a run's own file says beside its recipe.
RUN_KEYS = ('scene', 'seed', 'trunk_weights', 'versions')


@dataclass(frozen=True)
class RunOrigin:
    """What a run was made of besides its recipe; trunk_weights is '' without such a file."""

    scene: Annotated[str, Field(min_length=1)]
    seed: int
    trunk_weights: str
    versions: dict[str, str]

    @property
    def weights_file(self) -> Path | None:
        """The file that the trunk began with, if there was one."""
        return Path(self.trunk_weights) if self.trunk_weights else None


_ORIGIN = TypeAdapter(RunOrigin)


def recipe_names() -> list[str]:
    """Names of the recipes that come with the package."""
    return sorted(file.stem for file in FOLDER.glob('*.yaml'))


def read_recipe(name: str, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe by name, or from a file or the folder of a run, and change values of it.

    changes: 'loss.weights.beta=10' and the like.  Raises RecipeError for what is no recipe.
    """
    file = _file(name)
    values = {key: value for key, value in _mapping(file).items() if key not in RUN_KEYS}
    for change in changes:
        _change(values, change)
    try:
        return Recipe.from_dict(values)
    except ValidationError as error:
        raise RecipeError(f"recipe '{file}': {_first_fault(error)}") from error


def write_run(run: Path, recipe: Recipe, origin: RunOrigin) -> None:
    """Store what a run is made of in its folder, so that it can be repeated."""
    values = {**asdict(origin), **_plain(asdict(recipe))}
    with whole_file(run / RECIPE) as partial:
        partial.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=99))


def read_origin(run: Path) -> RunOrigin:
    """Read what a run was made of; RecipeError when it did not store that."""
    file = run / RECIPE
    if not file.is_file():
        raise RecipeError(f"run '{run}' has no {RECIPE}, which says its scene: train again")
    values = _mapping(file)
    try:
        return _ORIGIN.validate_python({key: values.get(key) for key in RUN_KEYS})
    except ValidationError as error:
        key = str(error.errors()[0]['loc'][0])
        raise RecipeError(
            f"'{file}' does not say its {key!r} (there is {values.get(key)!r}): train again"
        ) from error


def _file(name: str) -> Path:
    path = Path(name)
    candidates = (path / RECIPE, path, FOLDER / f'{name}.yaml')
    found = next((file for file in candidates if file.is_file()), None)
    if found is None:
        raise RecipeError(
            f"there is no recipe '{name}': use one of {', '.join(recipe_names())}, a YAML file or "
            'the folder of a run'
        )
    return found


def _mapping(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        why = ' '.join(str(error).split())
        raise RecipeError(f"recipe '{file}' is no YAML that can be read: {why}") from error
    if not isinstance(values, dict):
        raise RecipeError(f"recipe '{file}' is no mapping of names to values")
    return values


def _change(values: dict[str, Any], change: str) -> None:
    name, equals, text = change.partition('=')
    *groups, last = name.split('.')
    for group in groups:
        values = values.setdefault(group, {})
        if not isinstance(values, dict):
            raise RecipeError(f"'{change}': '{group}' holds no further names")
    if not equals:
        raise RecipeError(f"'{change}' is no change: write NAME=VALUE, as in loss.weights.beta=10")
    values[last] = yaml.safe_load(text)


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = '.'.join(str(part) for part in first['loc'])
    return f'{where}: {first["msg"]} (it says {first["input"]!r})' if where else first['msg']


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part is not None}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
