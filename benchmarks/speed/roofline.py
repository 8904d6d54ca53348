# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Multiply-adds of networks against what a matrix product reaches here.

python -m benchmarks.speed.roofline
"""

import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.experiments.markdown import markdown
from benchmarks.speed.networks import network_of, random_network
from posenet_ros.engine_choice import example_crops
from posenet_ros.model_file import read_spec
from posenet_ros.share import share

SIDE, RUNS = 1536, 20


def main() -> None:
    """Print multiply-adds, and the time that they take at the rate of a matrix product."""
    demo: Path = share('models/demo.pt')
    networks = {
        'GoogLeNet at 224': random_network('googlenet', read_spec(demo)),
        'EfficientNet-Lite0 at 112 (demo.pt)': network_of(demo),
    }
    reached = multiply_adds_a_second()
    rows = [
        (name, f'{count / 1e9:.3f}', f'{1e3 * count / reached:.1f}')
        for name, network in networks.items()
        for count in [multiply_adds(network)]
    ]
    print(f'{reached / 1e9:.0f} thousand million multiply-adds a second in a matrix product\n')
    print(markdown(('network', 'thousand million multiply-adds', 'ms at that rate'), rows))


def multiply_adds(network: nn.Module) -> int:
    """Of one picture."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(example_crops()[:1])
    return int(counter.get_total_flops() // 2)


def multiply_adds_a_second() -> float:
    """The best of some products of large matrices, with torch's number of threads."""
    a, b = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        torch.mm(a, b)
        times.append(time.perf_counter() - began)
    return float(SIDE**3 / min(times))


if __name__ == '__main__':
    main()
