# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet export` and `describe`: from a run to a model file, and what such a file says."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posenet_ros.scene import SceneError
from posenet_training.commands.console import say
from posenet_training.commands.training import RunArgument, open_source
from posenet_training.errors import ExportError, RecipeError
from posenet_training.exporting.choices import Choices, Format, Precision, Uncertainty
from posenet_training.recipe_files import read_origin
from posenet_training.run_files import LAST

if TYPE_CHECKING:
    from posenet_training.data.frames import Source
    from posenet_training.exporting.export import Exported

# Kinds of uncertainty in words.
DESCRIBED = {
    'learned': 'learned',
    'dropout': 'the spread under dropout',
    'constant': 'the same for all pictures',
    'points': 'what points of the map leave open',
    'ensemble': "the members' and their spread",
}

ModelArgument = Annotated[Path, typer.Argument(help='Model file: .pt, or .onnx for ONNX.')]


def export(
    run: RunArgument,
    model: ModelArgument,
    scene: Annotated[
        str | None,
        typer.Option(
            help="Where the run's scene is now, if it was moved: its folder, or 'room:SEED'."
        ),
    ] = None,
    file_format: Annotated[
        Format,
        typer.Option('--format', help='TorchScript for the node, or ONNX for other runtimes.'),
    ] = Choices.format,
    precision: Annotated[
        Precision, typer.Option(help='How large weights are stored; they compute in fp32.')
    ] = Choices.precision,
    uncertainty: Annotated[
        Uncertainty | None,
        typer.Option(
            help='Where the covariance comes from: learned with the run, the spread of answers '
            'under dropout, the same for all pictures, from held-out errors, or what points of '
            'the map leave open. All are scaled to held-out errors. Unless given, points where '
            'they answer, else learned where the run has learned it, else constant.'
        ),
    ] = Choices.uncertainty,
    others: Annotated[
        list[Path] | None,
        typer.Option('--with', help='Another run of the scene: one file answers for all of them.'),
    ] = None,
) -> None:
    """Write a run's averaged network as a model file, with its held-out errors on the scene."""
    from posenet_training.evaluation.terminal import print_report
    from posenet_training.exporting.export import export as export_run

    began = time.monotonic()
    created = datetime.now(timezone.utc).isoformat(timespec='seconds')
    choices = Choices(file_format, precision, uncertainty)
    _check_scenes(run, others or [])
    checkpoints = [other / LAST for other in others or []]
    exported = export_run(run / LAST, _source(run, scene), model, created, choices, checkpoints)
    print_report(exported.spec.metrics, Console())
    say(f'{summary(model, exported)}; done in {time.monotonic() - began:.0f} s')


def _source(run: Path, scene: str | None) -> Source:
    if scene is not None:
        return open_source(scene)
    if not run.is_dir():
        raise ExportError(f"there is no run '{run}': train one with `posenet train`")
    try:
        return open_source(read_origin(run).scene)
    except RecipeError as error:
        raise ExportError(f'{error}; or name its scene with --scene') from error
    except SceneError as error:
        raise ExportError(f'{error}; if it was moved, name its place with --scene') from error


def _check_scenes(run: Path, others: Sequence[Path]) -> None:
    for other in others:
        scene, theirs = read_origin(run).scene, read_origin(other).scene
        if theirs != scene:
            raise ExportError(
                f"'{run}' learned the scene '{scene}' and '{other}' learned '{theirs}': only runs "
                'of one scene make an ensemble'
            )


def summary(model: Path, exported: Exported) -> str:
    """What was written, and how far it answers from the network, in words."""
    stored = exported.spec.metrics['stored']
    shift = stored['shift']
    return (
        f'exported: {model}, {model.stat().st_size / 1e6:.1f} MB; storing weights as '
        f'{stored["precision"]} moves poses by {shift["median_position_m"] * 1e3:.2f} mm and '
        f'{shift["median_angle_deg"]:.4f} deg (medians on validation), and the file answers as '
        f'the network does within {exported.parity:.1g}; its covariance is '
        f'{DESCRIBED[exported.uncertainty]}'
    )


def describe(
    model: ModelArgument,
    as_json: Annotated[
        bool, typer.Option('--json', help='Print all that the file says, as JSON.')
    ] = False,
) -> None:
    """Check a model file as those who run it do, and say what it is."""
    from posenet_ros.describe_model import describe as lines_of
    from posenet_training.exporting.describe import checked_spec

    spec = checked_spec(model)
    say(spec.to_json() if as_json else lines_of(spec))
