# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The steps from a source to a judged model file; each is what a command of `posenet` does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import typer

from posenet_ros.scene import SceneError
from posenet_training.commands.console import progress, say
from posenet_training.commands.export import summary
from posenet_training.commands.importing import import_by_defaults
from posenet_training.commands.scene import check
from posenet_training.commands.training import open_source, train
from posenet_training.errors import PrecisionError, StoppedError, TeachError
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.evaluation.model_file import evaluate_file
from posenet_training.evaluation.output import write_reports
from posenet_training.exporting.choices import Choices, Precision
from posenet_training.exporting.export import export
from posenet_training.teaching.choosing import chosen_recipe, prepare
from posenet_training.teaching.kinds import Kind
from posenet_training.teaching.request import Request

# A covariance of six numbers has no inverse with fewer errors.
LEAST_CALIBRATION = 6


@dataclass(frozen=True)
class Step:
    """A step by its name, what it writes, and how."""

    name: str
    results: tuple[Path, ...]
    take: Callable[[Request], None]


def steps(request: Request) -> tuple[Step, ...]:
    """All steps after the import, in their order."""
    return (
        Step('check', (request.check_page,), check_scene),
        Step('train', (request.checkpoint,), train_on_scene),
        Step('export', (request.model,), export_model),
        Step('evaluate', (request.report, request.page), evaluate_model),
    )


def import_source(request: Request) -> None:
    """Import and split the source by the defaults of its format."""
    try:
        import_by_defaults(request.kind.value, request.source, request.scene, request.map_yaml)
    except SceneError as error:
        raise TeachError(
            f'{error} (options of the format are for `{_import_command(request)}`: import with '
            'them, then teach on that scene)'
        ) from error


def check_scene(request: Request) -> None:
    """Check the scene; TeachError after its advice when it must not be trained on."""
    try:
        check(request.scene, html=request.check_page)
    except typer.Exit as refusal:
        mended = 'make the scene anew'
        if request.kind is not Kind.scene:
            mended = f'import with `{_import_command(request)}` and the options that mend it'
        raise TeachError(
            f"'{request.scene}' is not fit for training, as said above and in "
            f"'{request.check_page}': {mended}, then teach on that scene"
        ) from refusal


def train_on_scene(request: Request) -> None:
    """Choose the recipe, find its depth, and train, on from the last checkpoint if there is one.

    Raises TeachError where too little is held out, or when the training is told to stop.
    """
    _check_calibration(request)
    prepare(request)
    resume = request.checkpoint.is_file()
    if resume:
        say(f'train: on from {request.checkpoint}')
    try:
        train(
            str(request.scene),
            request.run,
            chosen_recipe(request),
            list(request.changes),
            request.seed,
            resume,
            trunk_weights=request.trunk_weights,
        )
    except StoppedError as stop:
        raise TeachError('stopped while training: the same command goes on from there') from stop


def export_model(request: Request) -> None:
    """Write the model file, in fp32 where halves would move its poses too far."""
    created = datetime.now(timezone.utc).isoformat(timespec='seconds')
    source = open_source(str(request.scene))
    write_as = partial(export, request.checkpoint, source, request.model, created)
    try:
        exported = write_as()
    except PrecisionError as refusal:
        say(f'{refusal}; trying fp32')
        exported = write_as(Choices(precision=Precision.fp32))
    say(summary(request.model, exported))


def evaluate_model(request: Request) -> None:
    """Judge the model file as the robot runs it and write both reports."""
    source = open_source(str(request.scene))
    judged, report = evaluate_file(request.model, source, 'test', 0, progress)
    write_reports(judged, report, request.report, request.page)


def _check_calibration(request: Request) -> None:
    calibrating = len(judged_pictures(open_source(str(request.scene)), 'calibration'))
    if calibrating < LEAST_CALIBRATION:
        raise TeachError(
            f"'{request.scene}' holds out {calibrating} pictures to calibrate the model's "
            f'covariance, which needs {LEAST_CALIBRATION} at the least: drive longer, or hold out '
            f'more with `{_import_command(request)} --validation-share 0.4`, then teach on that '
            'scene'
        )


def _import_command(request: Request) -> str:
    name = 'FORMAT' if request.kind is Kind.scene else request.kind.value
    source = 'SOURCE' if request.kind is Kind.scene else str(request.source)
    return f'posenet scene import {name} {source} SCENE'
