# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which recipe a scene is taught by, and the depth that it takes."""

from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import yaml

from posenet_ros.scene import TABLE_FILE, Scene, SceneError, read_scene
from posenet_training.commands.console import progress, say
from posenet_training.data.depth import read_depth
from posenet_training.data.pictures import PictureSource
from posenet_training.errors import TeachError
from posenet_training.importers.extras import need_pycolmap
from posenet_training.recipe_files import read_recipe
from posenet_training.scenes.linked import link_scene
from posenet_training.sequences import evenly
from posenet_training.teaching.fingerprint import fingerprint
from posenet_training.teaching.request import Request
from posenet_training.whole_file import whole_file

# By points of the map, wherever these can be had (docs/accuracy.md).
NEAREST = 'coordinates'
OTHERWISE = 'quick'
# Of the training pictures, one after another, so many may be without depth.
LONGEST_GAP = 0.1
# Of the pixels of depth pictures, on average.
LEAST_FILLED = 0.05
SAMPLE = 40


@dataclass(frozen=True)
class Choice:
    """A recipe's name or file, and why it was taken.

    asked, changes  what the call named itself
    table           fingerprint of the scene's table that was chosen for
    """

    recipe: str
    reason: str
    asked: str
    changes: list[str]
    table: str


def prepare(request: Request) -> None:
    """Choose the recipe unless it was named, and get the depth that it needs.

    Depth that the scene does not have is triangulated from its drive; a source that is a scene
    itself stays as it is, and a linked copy gets it.  What an equal call chose for the same
    scene stays.  Raises SceneError when depth cannot be had for a named recipe, TeachError when
    --set is for points of the map and these cannot be had.
    """
    if _as_begun(request):
        return
    earlier = _earlier(request)
    if earlier is not None and earlier == replace(earlier, **_circumstances(request)):
        say(f'recipe: {earlier.recipe}, {earlier.reason}')
        return
    recipe, reason = _choose(request)
    say(f'recipe: {recipe}, {reason}')
    choice = Choice(recipe, reason, **_circumstances(request))
    with whole_file(request.choice) as partial:
        partial.write_text(yaml.safe_dump(asdict(choice), sort_keys=False))


def chosen_recipe(request: Request) -> str:
    """The recipe to teach by: named, or chosen, or that of a run which was begun without."""
    if request.recipe:
        return request.recipe
    if _as_begun(request):
        return str(request.run)
    earlier = _earlier(request)
    return earlier.recipe if earlier and not earlier.asked else NEAREST


def _as_begun(request: Request) -> bool:
    """Whether there is a run of a time when nothing was chosen."""
    return not request.recipe and not request.choice.is_file() and request.checkpoint.is_file()


def _earlier(request: Request) -> Choice | None:
    if not request.choice.is_file():
        return None
    try:
        return Choice(**yaml.safe_load(request.choice.read_text()))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise TeachError(
            f"'{request.choice}' cannot be read ({type(error).__name__}): delete it to choose anew"
        ) from error


def _circumstances(request: Request) -> dict[str, Any]:
    return {
        'asked': request.recipe or '',
        'changes': list(request.changes),
        'table': fingerprint(request.scene / TABLE_FILE),
    }


def _choose(request: Request) -> tuple[str, str]:
    """A recipe, and why."""
    if request.recipe:
        if read_recipe(request.recipe, request.changes).coordinates:
            _get_depth(request)
        return request.recipe, 'as asked for'
    if PictureSource(read_scene(request.scene)).camera is None:
        return _otherwise(request, 'points of the map take one camera of known intrinsics')
    try:
        _get_depth(request)
    except SceneError as error:
        return _otherwise(request, f'depth is not to be had: {error}')
    lack = _lack(read_scene(request.scene))
    return _otherwise(request, lack) if lack else (NEAREST, 'by points of the map')


def _otherwise(request: Request, reason: str) -> tuple[str, str]:
    idle = [change for change in request.changes if change.startswith(f'{NEAREST}.')]
    if idle:
        raise TeachError(
            f"--set '{idle[0]}' is for recipe {NEAREST}, which is not to be had because {reason}: "
            'leave it out'
        )
    return OTHERWISE, f'because {reason}'


def _lack(scene: Scene) -> str:
    """What is wrong with the depth that a scene has; '' when nothing is."""
    train = scene.split('train')
    stretches = groupby(train, key=lambda picture: bool(picture.depth))
    bare = max((len(list(stretch)) for depth, stretch in stretches if not depth), default=0)
    if bare > LONGEST_GAP * len(train):
        return f'{bare} of {len(train)} training pictures, one after another, are without depth'
    seen = evenly([picture for picture in train if picture.depth], SAMPLE)
    filled = float(np.mean([np.mean(read_depth(scene, picture) > 0.0) for picture in seen]))
    if filled < LEAST_FILLED:
        return f'depth pictures are {100.0 * (1.0 - filled):.0f} % empty'
    return ''


def _get_depth(request: Request) -> None:
    scene = read_scene(request.scene)
    if PictureSource(scene).has_depth:
        return
    need_pycolmap()
    # Imported here: it takes pycolmap, which not everybody has.
    from posenet_training.scenes.motion_depth import add_motion_depth

    if request.scene == request.source:
        scene = link_scene(scene, request.work / 'scene')
    add_motion_depth(scene, progress)
