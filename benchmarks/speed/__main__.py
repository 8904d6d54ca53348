# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How quick are the node and its engines, over real DDS?

    python -m benchmarks.speed [--parts engines node start transport training]
        [--minutes 0.25] [--turns 4] [--threads 2] [--out bench_out]

Times GoogLeNet of our own code (random weights) and models/demo.pt, prints tables and writes
OUT/speed.json and OUT/speed.png; what the JSON holds of other commands stays.  `--minutes 10`
watches the node's memory for so long.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.speed import figures as keys
from benchmarks.speed import tables
from benchmarks.speed.drawing import draw
from benchmarks.speed.engines import time_engines
from benchmarks.speed.networks import network_of, random_network, write_files
from benchmarks.speed.node import Load, watch
from benchmarks.speed.processes import SIZES
from benchmarks.speed.start import start_times
from benchmarks.speed.transport import SETTINGS, SHIPPED, deliver
from benchmarks.training_speed.loops import SHOWN, loops
from benchmarks.training_speed.scenes import drive
from posenet_ros.model_file import read_spec
from posenet_ros.share import share
from posenet_ros.trusted_models import VARIABLE
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.whole_file import whole_file
from simulation.demo.processes import default_domain_id, enter_domain

DEMO = share('models/demo.pt')
PARTS = ('engines', 'node', 'start', 'transport', 'training')
PAPER, SMALL = 'googlenet', 'demo'
PICTURE = 'speed.png'
STARTS = 3


def main() -> None:
    """Measure, print and write."""
    options = _options()
    enter_domain(default_domain_id())
    # The user's own list is not for networks that know no place.
    os.environ[VARIABLE] = str((options.out / 'speed' / 'trusted_models').resolve())
    torch.set_num_threads(options.threads)
    networks: Mapping[str, Callable[[], ExportedPoseNet]] = {
        PAPER: lambda: random_network(PAPER, read_spec(DEMO)),
        SMALL: lambda: network_of(DEMO),
    }
    found: dict[str, dict[str, Any]] = {}
    for name in options.networks:
        print(f'{name} ...', flush=True)
        found[name] = _measure(networks[name](), options.out / 'speed' / f'{name}.pt', options)
    first = found[options.networks[0]]
    others = {name: found[name] for name in options.networks[1:]}
    keys.add_to_file(options.out, {**first, **others})
    _show(found, options)
    if 'transport' in options.parts:
        rows = _transport(options)
        keys.add_to_file(options.out, {'transport': rows})
        print(f'\n{tables.delivery_table(rows)}')
    if 'training' in options.parts:
        keys.add_to_file(options.out, _training(options.out))


def _measure(network: ExportedPoseNet, file: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of one network."""
    if {'engines', 'node', 'start'} & {*options.parts}:
        write_files(network, DEMO, file)
    found: dict[str, Any] = {}
    if 'engines' in options.parts:
        found |= keys.engine_figures(time_engines(network, file, options.turns, options.threads))
    if 'node' in options.parts:
        seconds = 60.0 * options.minutes
        loads = (
            Load(SIZES[0], 30.0, seconds, interleaved=True),
            Load(SIZES[0], 30.0, seconds, interleaved=False),
            Load(SIZES[2], 60.0, seconds, interleaved=False),
        )
        seen = [watch(load, file, options.engine, options.threads) for load in loads]
        found |= keys.node_figures(*seen)
    if 'start' in options.parts:
        starts = start_times(file, options.engine, 1 + STARTS)[1:]
        found |= {'start_s': float(np.median(starts)), 'start_s_all': starts}
    return found


def _transport(options: argparse.Namespace) -> list[dict[str, Any]]:
    kinds = [(setting, 'raw') for setting in SETTINGS] + [(SHIPPED, 'compressed')]
    return [
        {
            'picture': str(size),
            'kind': kind,
            'setting': setting,
            **asdict(deliver(size, setting, kind, 20.0 * options.minutes, DEMO)),
        }
        for size in SIZES
        for setting, kind in kinds
    ]


def _training(out: Path) -> dict[str, Any]:
    """One round of what benchmarks.training_speed takes more of."""
    rates = loops(PAPER, drive(SHOWN, out / 'training_speed'), 1, ('pure', 'ours'))
    ratio = rates['ours'][0] / rates['pure'][0]
    print(f'\n{PAPER}: our training loop makes {ratio:.2f} of the pictures a second of its passes')
    return {f'train_rates_{PAPER}': rates, 'train_throughput_ratio': ratio}


def _show(found: Mapping[str, dict[str, Any]], options: argparse.Namespace) -> None:
    if 'engines' in options.parts:
        print(f'\n{tables.engine_table(found)}')
        figure = draw(found)
        with whole_file(options.out / PICTURE) as partial:
            figure.savefig(partial, format='png', dpi=110)
    if 'node' in options.parts:
        print(f'\n{tables.node_table(found)}')
    for name, each in found.items():
        print(f'\n{name}\n\n{tables.bar_table(keys.bars(each))}', flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.speed',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('--parts', nargs='+', choices=PARTS, default=PARTS, help='what to time')
    parser.add_argument(
        '--networks', nargs='+', choices=(PAPER, SMALL), default=(PAPER, SMALL), help='of which'
    )
    parser.add_argument('--engine', default='torchscript', help="the node's (default torchscript)")
    parser.add_argument(
        '--minutes', type=float, default=0.25, help='how long the node is watched under each load'
    )
    parser.add_argument('--turns', type=int, default=4, help='of the engines in each of five runs')
    parser.add_argument('--threads', type=int, default=os.cpu_count(), help='of the network')
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='figures and files')
    options = parser.parse_args()
    if options.turns < 1 or options.threads < 1 or not options.minutes > 0.0:
        parser.error('--turns, --threads and --minutes must be above 0')
    return options


if __name__ == '__main__':
    main()
