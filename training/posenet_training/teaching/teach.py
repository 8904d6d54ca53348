# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Takes the steps that are still to take, and says what was kept."""

import json
import shlex
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from posenet_ros.scene import HEADER_FILE
from posenet_training.commands.console import say
from posenet_training.errors import TeachError
from posenet_training.evaluation.terminal import print_verdict
from posenet_training.pretraining import starting_trunk
from posenet_training.recipe import NetworkOptions
from posenet_training.recipe_files import read_recipe
from posenet_training.teaching.choosing import NEAREST
from posenet_training.teaching.fingerprint import fingerprint
from posenet_training.teaching.kinds import Kind
from posenet_training.teaching.notes import Notes, begin, write
from posenet_training.teaching.request import Request, check_places
from posenet_training.teaching.steps import Step, import_source, steps

TOPICS = 'image_topic:=/camera/image_raw camera_info_topic:=/camera/camera_info'


def teach(request: Request) -> None:
    """Make a model file of a source; what an earlier call finished is kept.

    Raises TeachError, and what the commands raise that stand behind the steps.
    """
    check_places(request)
    check_trunk(request, read_recipe(request.recipe or NEAREST, request.changes).network)
    notes = begin(request)
    try:
        bring_scene(request)
        for step in steps(request):
            notes = _settled(step, request, notes)
    except KeyboardInterrupt as stop:
        raise TeachError('stopped: the same command goes on, what is done is kept') from stop
    print_verdict(json.loads(request.report.read_text(encoding='utf-8')), Console())
    say(
        f'all figures: {request.page}; the check: {request.check_page}\n'
        f'on the robot, with the topics of its camera:\n{launch_line(request.model)}'
    )


def check_trunk(request: Request, network: NetworkOptions) -> None:
    """Raise TrunkError now, and not after minutes of import, for a trunk that cannot be had."""
    if request.trunk_weights or not request.checkpoint.is_file():
        starting_trunk(network.trunk, network.pretrained, request.trunk_weights)


def bring_scene(request: Request) -> None:
    """Import the source, unless it is a scene or its scene is there: that is always whole."""
    if request.kind is Kind.scene:
        say(f'import: {request.scene} is a scene')
    elif (request.scene / HEADER_FILE).is_file():
        _say_kept('import', request.scene)
    else:
        say(f'import: {request.source} as {request.kind.value}')
        _timed('import', lambda: import_source(request))


def launch_line(model: Path) -> str:
    """What starts the robot's node with a model file."""
    argument = shlex.quote(f'model_path:={model.resolve()}')
    return f'ros2 launch posenet_ros relocalize.launch.py {argument} {TOPICS}'


def _settled(step: Step, request: Request, notes: Notes) -> Notes:
    """Take a step whose results are not those that its note tells of; give the notes after it."""
    if step.name in notes.done and notes.done[step.name] == fingerprint(*step.results):
        _say_kept(step.name, step.results[0])
        return notes
    _timed(step.name, lambda: step.take(request))
    notes = notes.with_step(step.name, fingerprint(*step.results))
    write(request, notes)
    return notes


def _say_kept(name: str, result: Path) -> None:
    say(f'{name}: kept {result}')


def _timed(name: str, work: Callable[[], None]) -> None:
    start = time.monotonic()
    work()
    say(f'{name}: {time.monotonic() - start:.1f} s')
