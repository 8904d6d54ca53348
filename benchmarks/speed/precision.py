# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A network in fewer bits on the CPU: how quick, how large, how near; engines take turns.

    python -m benchmarks.speed.precision MODEL SCENE [--pictures 300] [--turns 20]

MODEL is a model file of one run that learned its uncertainty, as models/demo.pt.  Errors are on
the scene's test pictures.  Prints a Markdown table.
"""

import argparse
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch

from benchmarks.experiments.markdown import markdown
from benchmarks.speed.judging import Answer, crops_of, errors_of
from benchmarks.speed.networks import network_of, write_files
from benchmarks.speed.turns import in_turns
from posenet_ros.engine_choice import HALF, EngineWish
from posenet_ros.engines import OnnxRuntime, OpenVino, twin_of
from posenet_ros.geometry import Array
from posenet_ros.model_file import load_model
from posenet_ros.trusted_models import VARIABLE
from posenet_training.commands.training import open_source
from posenet_training.evaluation.judged_pictures import judged_pictures
from posenet_training.exporting.eight_bits import RANGE_PICTURES, in_eight_bits
from posenet_training.metrics import distances_and_angles


class HalfOpenVino(OpenVino):
    """The node's engine with arithmetic in half precision."""

    precision = 'bf16'


def main() -> None:
    """Measure and print."""
    options = _options()
    torch.set_num_threads(options.threads)
    source = open_source(options.scene)
    ranges, _ = crops_of(judged_pictures(source, 'train'), RANGE_PICTURES)
    crops, T_map_camera = crops_of(judged_pictures(source, 'test'), options.pictures)
    with tempfile.TemporaryDirectory() as folder:
        # The user's own list is not for files that go at once.
        os.environ[VARIABLE] = f'{folder}/trusted_models'
        full, eight = Path(folder) / 'full.pt', Path(folder) / 'eight.onnx'
        write_files(network_of(options.model), options.model, full)
        onnx.save(in_eight_bits(onnx.load(str(twin_of(full))), list(ranges)), str(eight))
        answers = _answers(full, eight, options.threads)
        crop = torch.from_numpy(crops[:1])
        calls = {name: (lambda ask=ask: ask(crop)) for name, ask in answers.items()}
        times = in_turns(calls, options.turns)
        sizes = [twin_of(full).stat().st_size, eight.stat().st_size]
    rows = [
        [name, *_near(errors_of(ask, crops, T_map_camera)), *_quick(times[name])]
        for name, ask in answers.items()
    ]
    columns = ('engine and bits', 'median', '95 %', 'median angle', '95 %', 'ms (quartiles)')
    print(markdown(columns, rows))
    print(f'\nONNX files: {sizes[0] / 1e6:.1f} MB, in eight bits {sizes[1] / 1e6:.1f} MB')


def _answers(full: Path, eight: Path, threads: int) -> Mapping[str, Answer]:
    """Crops [1, 224, 224, 3] -> position and quaternion first, by engine and bits."""
    half = load_model(full, wish=EngineWish(precision=HALF))
    return {
        'TorchScript, fp32': load_model(full).answers,
        # Where the CPU does not compute with bf16 this is fp32 too, and its note says so.
        f'TorchScript, half: {half.engine_note}': half.answers,
        'ONNX Runtime, fp32': OnnxRuntime(twin_of(full).read_bytes(), threads).answers,
        'ONNX Runtime, int8': OnnxRuntime(eight.read_bytes(), threads).answers,
        'OpenVINO, fp32': OpenVino(twin_of(full).read_bytes(), threads).answers,
        'OpenVINO, bf16': HalfOpenVino(twin_of(full).read_bytes(), threads).answers,
        'OpenVINO, int8': OpenVino(eight.read_bytes(), threads).answers,
    }


def _near(errors: Array) -> list[str]:
    """Median and 95 % of position and angle errors [N, 6], in words."""
    distances, angles = distances_and_angles(errors)
    return [
        *(f'{value:.3f} m' for value in np.percentile(distances, [50, 95])),
        *(f'{value:.2f} deg' for value in np.percentile(angles, [50, 95])),
    ]


def _quick(milliseconds: Array) -> list[str]:
    low, middle, high = np.percentile(milliseconds, [25, 50, 75])
    return [f'{middle:.1f} ({low:.1f}-{high:.1f})']


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.speed.precision',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('model', type=Path, help='model file')
    parser.add_argument('scene', help="its scene: a folder, or 'room:SEED'")
    parser.add_argument('--pictures', type=int, default=300, help='of the test split')
    parser.add_argument('--turns', type=int, default=20, help='of three pictures each')
    parser.add_argument('--threads', type=int, default=os.cpu_count(), help='of each engine')
    options = parser.parse_args()
    if options.pictures < 1 or options.turns < 1 or options.threads < 1:
        parser.error('--pictures, --turns and --threads must be above 0')
    return options


if __name__ == '__main__':
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    main()
