# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`posenet quantize`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from posenet_training.commands.console import progress, say
from posenet_training.commands.training import SceneArgument, open_source


def quantize(
    model: Annotated[Path, typer.Argument(help='ONNX model file of 32 bits.')],
    scene: SceneArgument,
    out: Annotated[Path, typer.Argument(help='File to write, .onnx.')],
    foreign: Annotated[
        list[str] | None,
        typer.Option(help='As of `posenet calibrate`: another place that looks alike.'),
    ] = None,
) -> None:
    """Write an ONNX model file in eight bits: smaller, on most CPUs quicker, a little less exact.

    Covariance, radii and gates are taken anew from what the new file answers.
    """
    from posenet_ros.model_archive import ONNX_SUFFIX
    from posenet_training.calibrating.terminal import print_coverage
    from posenet_training.errors import ExportError
    from posenet_training.exporting.onnx_extra import need_onnx

    if {model.suffix, out.suffix} != {ONNX_SUFFIX} or model.absolute() == out.absolute():
        raise ExportError(
            f"from '{model}' to '{out}': it takes two different names that end in {ONNX_SUFFIX}; "
            'make the first with `posenet export RUN MODEL.onnx --format onnx`'
        )
    need_onnx()
    import torch

    from posenet_training.exporting.eight_bits import write_in_eight_bits

    others = [open_source(place) for place in foreign or ()]
    coverage = write_in_eight_bits(
        model, open_source(scene), others, out, torch.get_num_threads(), progress
    )
    print_coverage(coverage, Console())
    say(
        f'written: {out}, {out.stat().st_size / 1e6:.1f} MB; '
        f'{model} has {model.stat().st_size / 1e6:.1f}'
    )
