# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node's engine on a GPU, in full and in half precision, copies to and fro included.

    python -m benchmarks.speed.gpu [OUT]

Prints milliseconds a picture and adds `gpu_ms` to OUT/speed.json (bench_out).
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.speed.figures import add_to_file
from benchmarks.speed.networks import network_of, random_network, write_torchscript
from benchmarks.speed.turns import in_turns
from posenet_ros.engine_choice import PRECISIONS, EngineWish, example_crops
from posenet_ros.model_file import load_model, read_spec
from posenet_ros.share import share
from posenet_ros.trusted_models import VARIABLE
from posenet_training.exporting.network import ExportedPoseNet

DEVICE = 'cuda'
DEMO = share('models/demo.pt')
TURNS = 50


def main() -> None:
    """Measure where a GPU is; else say that there is none."""
    if not torch.cuda.is_available():
        print('bench-gpu: there is no CUDA device that this PyTorch can use: nothing was measured')
        return
    networks = {
        'googlenet': random_network('googlenet', read_spec(DEMO)),
        'demo': network_of(DEMO),
    }
    found = {name: milliseconds(network, DEVICE) for name, network in networks.items()}
    print(torch.cuda.get_device_name(), found)
    add_to_file(Path(sys.argv[1] if len(sys.argv) > 1 else 'bench_out'), {'gpu_ms': found})


def milliseconds(network: ExportedPoseNet, device: str, turns: int = TURNS) -> dict[str, float]:
    """Medians of a picture by precision, on a device, as the node asks."""
    crop = example_crops()[:1]
    with tempfile.TemporaryDirectory() as folder:
        # The user's own list is not for networks that know no place.
        os.environ[VARIABLE] = f'{folder}/trusted_models'
        file = Path(folder) / 'model.pt'
        write_torchscript(network, DEMO, file)
        models = {
            name: load_model(file, device, EngineWish(precision=name)) for name in PRECISIONS
        }
    for model in models.values():
        print(model.engine_note)
    calls = {name: (lambda model=model: model.answers(crop)) for name, model in models.items()}
    times = in_turns(calls, turns)
    return {name: float(np.median(each)) for name, each in times.items()}


if __name__ == '__main__':
    main()
