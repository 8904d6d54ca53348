# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet train`, `export` and `evaluate`."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posenet_training.options import PRESETS

if TYPE_CHECKING:
    from posenet_training.data.frames import Source

# Where other processes share the cores, OpenMP's spinning threads wait on each other for longer
# than they compute; it reads this once, when torch is imported.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

SceneArgument = Annotated[
    str,
    typer.Argument(
        help="'room:SEED' for a simulated room (the demo's is room:11), or the folder of a scene "
        'that `posenet scene import` made.'
    ),
]
RunArgument = Annotated[Path, typer.Argument(help='Folder of the run: checkpoint and logs.')]
ModelArgument = Annotated[Path, typer.Argument(help='Model file (.pt).')]


def open_source(scene: str) -> Source:
    """Open a scene by what the command line says; raises SceneError when there is none."""
    kind, _, seed = scene.partition(':')
    if kind == 'room' and seed.isdigit():
        from posenet_training.data.rendered import RenderedSource

        return RenderedSource(int(seed))
    from posenet_ros.scene import read_scene
    from posenet_training.data.pictures import PictureSource

    return PictureSource(read_scene(Path(scene)))


def train(
    scene: SceneArgument,
    run: RunArgument,
    preset: Annotated[
        str,
        typer.Option(
            help='; '.join(f'{name}: {preset.meaning}' for name, preset in PRESETS.items())
        ),
    ] = 'mobilenet',
    resume: Annotated[
        bool, typer.Option('--resume', help="Go on from the run's checkpoint.")
    ] = False,
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Fit the whole schedule into this time instead of the preset's steps."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help='Processes that make frames.')] = 1,
) -> None:
    """Train a network on a scene; stop it at any time, go on with --resume."""
    if preset not in PRESETS:
        raise typer.BadParameter(f"preset '{preset}' is unknown: use one of {', '.join(PRESETS)}")
    from posenet_training.fit import fit

    # Lightning's own notes are no news to who trains: only its warnings.
    logging.getLogger('pytorch_lightning').setLevel(logging.WARNING)
    checkpoint = fit(open_source(scene), PRESETS[preset].options, run, resume, minutes, workers)
    typer.echo(f'trained: {checkpoint}')


def export(run: RunArgument, scene: SceneArgument, model: ModelArgument) -> None:
    """Write a run's averaged network as a model file, with its held-out errors on the scene."""
    from posenet_training.evaluate import print_report
    from posenet_training.export import export as export_run
    from posenet_training.fit import CHECKPOINT

    created = datetime.now(timezone.utc).isoformat(timespec='seconds')
    spec = export_run(run / CHECKPOINT, open_source(scene), model, created)
    print_report(spec.metrics, Console())
    shift = spec.metrics['half_precision_shift']
    size = model.stat().st_size / 1e6
    typer.echo(
        f'exported: {model}, {size:.1f} MB; half precision moves poses by '
        f'{shift["median_position_m"] * 1e3:.2f} mm and {shift["median_angle_deg"]:.4f} deg '
        '(medians)'
    )


def evaluate(
    model: ModelArgument,
    scene: SceneArgument,
    json_file: Annotated[
        Path | None, typer.Option('--json', help='Write the report here as JSON.')
    ] = None,
) -> None:
    """Judge a model file on the scene's test frames as the robot would run it."""
    from posenet_ros.model_file import load_model
    from posenet_training.evaluate import evaluate as evaluate_on
    from posenet_training.evaluate import file_predictor, print_report

    report = evaluate_on(file_predictor(load_model(model)), open_source(scene))
    print_report(report, Console())
    if json_file is not None:
        json_file.write_text(json.dumps(report, indent=1))
