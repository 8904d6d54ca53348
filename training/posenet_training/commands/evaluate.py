# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet evaluate`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_training.commands.console import progress, say
from posenet_training.commands.training import ModelArgument, SceneArgument, open_source


class Rival(Enum):
    """Who may be asked beside the network."""

    sift = 'sift'


def evaluate(
    model: ModelArgument,
    scene: SceneArgument,
    split: Annotated[
        str, typer.Option(help='Pictures to judge on: train, validation, calibration or test.')
    ] = 'test',
    json_file: Annotated[
        Path | None, typer.Option('--json', help='Write the report here as JSON.')
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option('--html', help='Write a page with all plots here.')
    ] = None,
    dense: Annotated[
        int,
        typer.Option(
            min=0,
            max=4096,
            help='Also average this many crops of each picture; the paper takes 128.',
        ),
    ] = 0,
    corrupt: Annotated[
        Path | None,
        typer.Option(
            metavar='PNG',
            help='Also spoil the pictures by darkness, blur, noise and other cameras, step by '
            'step; what stays right is drawn here and goes into the reports.',
        ),
    ] = None,
    corrupt_pictures: Annotated[
        int, typer.Option(min=1, help='How many pictures are spoilt, evenly taken.')
    ] = 40,
    beside: Annotated[
        Rival | None,
        typer.Option(help='Show the spoilt pictures to SIFT with PnP as well: minutes.'),
    ] = None,
    sift_map: Annotated[
        Path | None,
        typer.Option(metavar='NPZ', help="Keep SIFT's map of the scene here, to build it once."),
    ] = None,
) -> None:
    """Judge a model file on pictures that it never saw, beside looking pictures up.

    The robot's own code runs it: one picture at a time, cropped as the robot does.
    """
    if beside and not corrupt:
        raise typer.BadParameter('--beside says who is asked under --corrupt: give that too')
    # Imported here: torch and matplotlib take seconds.
    from posenet_training.evaluation.model_file import evaluate_file
    from posenet_training.evaluation.output import check_targets, write_reports
    from posenet_training.evaluation.terminal import print_report

    check_targets(json_file, html_file, corrupt)
    source = open_source(scene)
    judged, report = evaluate_file(model, source, split, dense, progress)
    print_report(report, Console())
    if corrupt:
        from posenet_training.robustness.evaluate import Asked, under_corruption, write_figure
        from posenet_training.robustness.report import print_robustness

        asked = Asked(split, corrupt_pictures, beside is Rival.sift, sift_map)
        values = under_corruption(model, source, asked, progress)
        print_robustness(values, Console())
        write_figure(values, corrupt)
        report['robustness'] = values
    write_reports(judged, report, json_file, html_file)
    if html_file:
        say(f'page: {html_file}')
