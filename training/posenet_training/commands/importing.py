# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet scene import FORMAT SOURCE SCENE`: what all formats share.

A format is a function (source, complaints, its own options) -> Drive; `format_command` makes a
command of it that also takes the options below.  A parameter that is a dataclass is a group of
options (option_groups.py).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.progress import track

from posenet_ros.scene import MapReference, Picture, Scene
from posenet_training.commands.console import note, print_json, say
from posenet_training.commands.option_groups import is_group, parameters_of, taken_from
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.scenes.occupancy_map import read_map
from posenet_training.scenes.splitting import BlockSplit, by_sequence, with_validation
from posenet_training.scenes.writing import Keeping, write_scene

app = typer.Typer(help='Turn a drive of any format into a scene.', no_args_is_help=True)

MapOption = Annotated[
    Path | None,
    typer.Option('--map', help="The occupancy map's map.yaml that the poses refer to."),
]
OpenDrive = Callable[..., Drive]
# A format with a parameter of this name is told where the scene will be.
SCENE_PARAMETER = 'scene'


@dataclass(frozen=True)
class CommonOptions:
    """Options of every format, in the order of their help."""

    name: Annotated[str, typer.Option(help="Name of the scene, instead of the source's.")] = ''
    copy: Annotated[
        bool, typer.Option('--copy', help='Copy the pictures instead of linking to them.')
    ] = False
    strict: Annotated[
        bool, typer.Option('--strict', help='Stop at the first frame that cannot be used.')
    ] = False
    validation_sequence: Annotated[
        list[str] | None,
        typer.Option(help='Validate on this sequence (repeatable) instead of on blocks.'),
    ] = None
    validation_share: Annotated[
        float, typer.Option(min=0.0, max=0.9, help='Share of the pictures that validate.')
    ] = BlockSplit.share
    validation_blocks: Annotated[
        int, typer.Option(min=1, help='Contiguous blocks that they form.')
    ] = BlockSplit.blocks
    guard: Annotated[
        float, typer.Option(min=0.0, help='Seconds beside each block that serve no split.')
    ] = BlockSplit.guard_s
    map_yaml: MapOption = None
    as_json: Annotated[
        bool, typer.Option('--json', help='Print the result as JSON, for machines.')
    ] = False

    def split(self, pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
        """Give every picture a split, as the options say."""
        if self.validation_sequence:
            return by_sequence(pictures, self.validation_sequence)
        rule = BlockSplit(self.validation_share, self.validation_blocks, self.guard)
        return with_validation(pictures, rule, note)

    def map_reference(self) -> MapReference | None:
        """The occupancy map's description."""
        return read_map(self.map_yaml) if self.map_yaml else None


def format_command(format_name: str) -> Callable[[OpenDrive], OpenDrive]:
    """Make `posenet scene import FORMAT_NAME` of a function that opens a drive."""

    def register(open_drive: OpenDrive) -> OpenDrive:
        own = _own_parameters(open_drive)

        def command(source: Path, scene: Path, **values: Any) -> None:
            common = taken_from(values, CommonOptions)
            complaints = Complaints(common.strict)
            reference = common.map_reference()
            for name, hint in own.items():
                if name == SCENE_PARAMETER:
                    values[name] = scene
                elif is_group(hint):
                    values[name] = taken_from(values, hint)
            drive = open_drive(source, complaints, **values)
            report(write(drive, scene, common, complaints, reference), complaints, common)
            drive.settled()

        command.__signature__ = _signature(open_drive)  # type: ignore[attr-defined]
        command.__annotations__ = {}
        app.command(format_name, help=inspect.getdoc(open_drive))(command)
        return open_drive

    return register


def import_by_defaults(format_name: str, source: Path, scene: Path, map_yaml: Path | None) -> None:
    """Do what `posenet scene import FORMAT_NAME SOURCE SCENE [--map MAP_YAML]` does."""
    (command,) = (c.callback for c in app.registered_commands if c.name == format_name)
    assert command is not None
    options = {
        name: parameter.default
        for name, parameter in inspect.signature(command).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    command(source, scene, **{**options, 'map_yaml': map_yaml})


def write(
    drive: Drive,
    scene: Path,
    common: CommonOptions,
    complaints: Complaints,
    reference: MapReference | None,
) -> Scene:
    """Write a drive's scene behind a progress bar."""
    frames = track(
        drive.frames, f'{drive.name}', drive.count, transient=True, disable=common.as_json
    )
    named = replace(drive, name=common.name or drive.name, frames=iter(frames))
    keeping = Keeping.copies() if common.copy else Keeping.links()
    return write_scene(named, scene, common.split, keeping, complaints, reference)


def report(scene: Scene, complaints: Complaints, common: CommonOptions) -> None:
    """Say what the scene holds and what was skipped."""
    splits = {
        name: sum(picture.split == name for picture in scene.pictures)
        for name in ('train', 'validation', 'test', '')
    }
    if common.as_json:
        print_json(
            {
                'scene': str(scene.root),
                'pictures': len(scene.pictures),
                'sequences': len({picture.sequence for picture in scene.pictures}),
                'splits': splits,
                'cameras': sorted(scene.cameras),
                'skipped': complaints.counts(),
            }
        )
        return
    for sentence in complaints.sentences():
        say(sentence)
    say(
        f'{scene.root}: {len(scene.pictures)} pictures; {splits["train"]} train, '
        f'{splits["validation"]} validate, {splits["test"]} test, '
        f'{splits[""]} unused beside those that judge'
    )
    say(f'`posenet scene check {scene.root}` tells whether it is fit for training')


def _own_parameters(open_drive: OpenDrive) -> dict[str, Any]:
    """What a format takes after the source and the complaints: annotations by name."""
    hints = get_type_hints(open_drive, include_extras=True)
    return {name: hints[name] for name in list(inspect.signature(open_drive).parameters)[2:]}


def _signature(open_drive: OpenDrive) -> inspect.Signature:
    parameters = inspect.signature(open_drive).parameters
    own: list[inspect.Parameter] = []
    for name, hint in _own_parameters(open_drive).items():
        if is_group(hint):
            own += parameters_of(hint)
        elif name != SCENE_PARAMETER:
            keyword = inspect.Parameter.KEYWORD_ONLY
            own.append(parameters[name].replace(annotation=hint, kind=keyword))
    source = Annotated[Path, typer.Argument(help='What to import.')]
    scene = Annotated[Path, typer.Argument(help='Folder of the scene; it must not exist yet.')]
    places = [
        inspect.Parameter('source', inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=source),
        inspect.Parameter('scene', inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=scene),
    ]
    return inspect.Signature([*places, *own, *parameters_of(CommonOptions)])
