# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet explain`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_training.commands.console import progress, say
from posenet_training.commands.training import ModelArgument, SceneArgument, open_source


def explain(
    model: ModelArgument,
    scene: SceneArgument,
    out: Annotated[
        Path, typer.Option(help='Folder for the pictures, explain.json and explain.html.')
    ],
    pictures: Annotated[
        int, typer.Option(min=1, max=60, help='Judged pictures to look into, evenly spread.')
    ] = 6,
    seed: Annotated[
        int, typer.Option(min=0, help='Of t-SNE, and of the noise over pictures.')
    ] = 0,
) -> None:
    """Show what a model looks at: features as a map, saliency, pictures it takes for alike.

    Of a large scene 1500 training and 500 judged pictures are looked at, evenly spread.
    """
    from posenet_training.explanation.explain import explain as explain_on
    from posenet_training.explanation.output import check_folder, write_explanation
    from posenet_training.explanation.report_terminal import print_explanation

    check_folder(out)
    explanation = explain_on(model, open_source(scene), pictures, seed, progress)
    write_explanation(explanation, out)
    print_explanation(explanation, Console())
    say(f'explained: {out / "explain.html"}')
