# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet calibrate`."""

from typing import Annotated

import typer
from rich.console import Console

from posenet_training.calibrating.refusal_rate import FALSE_REFUSAL_RATE
from posenet_training.commands.console import progress, say
from posenet_training.commands.training import ModelArgument, SceneArgument, open_source


def calibrate(
    model: ModelArgument,
    scene: SceneArgument,
    refusal_rate: Annotated[
        float,
        typer.Option(
            '--false-refusal-rate',
            min=0.001,
            max=0.1,
            help='Share of good pictures that the gates may refuse; less of it trusts more.',
        ),
    ] = FALSE_REFUSAL_RATE,
    foreign: Annotated[
        list[str] | None,
        typer.Option(
            help='Another place that looks alike, as a floor of the same house: its folder, or '
            "'room:SEED'.  Its pictures are to be doubted.  May be given several times."
        ),
    ] = None,
) -> None:
    """Take covariance, radii and gates of a model file from pictures that it never saw.

    They are the scene's calibration pictures; how far they hold is told on its test pictures.
    """
    from posenet_training.calibrating.recalibrate import recalibrate
    from posenet_training.calibrating.terminal import print_coverage

    others = [open_source(place) for place in foreign or ()]
    coverage = recalibrate(model, open_source(scene), others, refusal_rate, progress)
    print_coverage(coverage, Console())
    say(f'calibrated: {model}')
