# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which recipe a scene is taught by, and the depth that it takes."""

import shutil
from dataclasses import asdict, dataclass

import yaml

from posenet_ros.scene import SceneError, read_scene
from posenet_training.commands.console import progress, say
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import TeachError
from posenet_training.importers.extras import need_pycolmap
from posenet_training.recipe_files import read_recipe
from posenet_training.scenes.linked import link_scene
from posenet_training.teaching.request import Request
from posenet_training.whole_file import whole_file

# By points of the map, wherever these can be had (docs/accuracy.md).
NEAREST = 'coordinates'
OTHERWISE = 'quick'


@dataclass(frozen=True)
class Choice:
    """A recipe's name or file, and why it was taken."""

    recipe: str
    reason: str


def prepare(request: Request) -> None:
    """Choose the recipe unless it was named, and get the depth that it needs.

    Depth that the scene does not have is triangulated from its drive; a source that is a scene
    itself stays as it is, and a linked copy gets it.  Raises SceneError when depth cannot be had
    for a named recipe.
    """
    choice = _choice(request)
    say(f'recipe: {choice.recipe}, {choice.reason}')
    with whole_file(request.choice) as partial:
        partial.write_text(yaml.safe_dump(asdict(choice), sort_keys=False))


def chosen_recipe(request: Request) -> str:
    """The recipe to teach by: the one that was named, or the one that was chosen."""
    if request.recipe:
        return request.recipe
    if not request.choice.is_file():
        return NEAREST
    try:
        return Choice(**yaml.safe_load(request.choice.read_text())).recipe
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise TeachError(
            f"'{request.choice}' cannot be read ({type(error).__name__}): delete it to choose anew"
        ) from error


def _choice(request: Request) -> Choice:
    if request.recipe:
        if read_recipe(request.recipe, request.changes).coordinates:
            _get_depth(request)
        return Choice(request.recipe, 'as asked for')
    if PictureSource(read_scene(request.scene)).camera is None:
        return Choice(OTHERWISE, 'because points of the map take one camera of known intrinsics')
    try:
        _get_depth(request)
    except SceneError as error:
        return Choice(OTHERWISE, f'because depth is not to be had: {error}')
    return Choice(NEAREST, 'by points of the map')


def _get_depth(request: Request) -> None:
    scene = read_scene(request.scene)
    if PictureSource(scene).has_depth:
        return
    need_pycolmap()
    # Imported here: it takes pycolmap, which not everybody has.
    from posenet_training.scenes.motion_depth import FOLDER, add_motion_depth

    if request.scene == request.source:
        scene = link_scene(scene, request.work / 'scene')
    if not any(picture.depth for picture in scene.pictures):
        # Of a stop between the depth pictures and the table that names them.
        shutil.rmtree(scene.root / FOLDER, ignore_errors=True)
    add_motion_depth(scene, progress)
