# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The networks on a GPU, in full and in half precision, copies to and fro included.

    python -m benchmarks.speed.gpu [OUT]

Prints milliseconds a picture and adds `gpu_ms` to OUT/speed.json (bench_out).
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.speed.figures import add_to_file
from benchmarks.speed.networks import network_of, random_network
from benchmarks.speed.turns import in_turns
from posenet_ros.engine_choice import example_crops
from posenet_ros.model_file import read_spec
from posenet_ros.share import share

DEVICE = 'cuda'
TURNS = 50


def main() -> None:
    """Measure where a GPU is; else say that there is none."""
    if not torch.cuda.is_available():
        print('bench-gpu: there is no CUDA device that this PyTorch can use: nothing was measured')
        return
    demo = share('models/demo.pt')
    networks = {
        'googlenet': random_network('googlenet', read_spec(demo)),
        'demo': network_of(demo),
    }
    found = {name: milliseconds(network, DEVICE) for name, network in networks.items()}
    print(torch.cuda.get_device_name(), found)
    add_to_file(Path(sys.argv[1] if len(sys.argv) > 1 else 'bench_out'), {'gpu_ms': found})


def milliseconds(network: nn.Module, device: str, turns: int = TURNS) -> dict[str, float]:
    """Medians of a picture in full precision and in half, on a device."""
    crop = example_crops()[:1]
    moved = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def answer(half: bool) -> None:
        with torch.autocast(device, enabled=half):
            outputs = moved(crop.to(device))
        for output in outputs:
            output.cpu()

    with torch.inference_mode():
        times = in_turns({'full': lambda: answer(False), 'half': lambda: answer(True)}, turns)
    return {name: float(np.median(each)) for name, each in times.items()}


if __name__ == '__main__':
    main()
