# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Kidnaps in the demo room over DDS: is the localizer told where the robot is, and in time?

    python -m benchmarks.closed_loop [--kidnaps 20] [--model models/demo.pt] [--drive-seed 0]
        [--out bench_out/closed_loop]

Runs simulator, relocalizer (mode continuous) and the small localizer, each a process.  Prints what
the run came to and writes OUT/loop.json.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from benchmarks.closed_loop.judging import Loop, summarize
from posenet_training.whole_file import whole_file
from simulation.demo.processes import (
    ChildError,
    Children,
    default_domain_id,
    enter_domain,
)

if TYPE_CHECKING:
    from benchmarks.closed_loop.listener import Listener

# More than the cool-down of the node, so that each kidnap is handed over by itself.
KIDNAP_EVERY_S = 8.0
START_UP_S = 90.0
POLL_S = 0.1


def main() -> None:
    """Run the loop, print and write what came of it."""
    options = _options()
    enter_domain(default_domain_id())
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        loop = run(options)
    except ChildError as error:
        sys.exit(f'closed_loop: {error}')
    with whole_file(options.out / 'loop.json') as partial:
        partial.write_text(f'{json.dumps(asdict(loop), indent=1)}\n')
    Console().print_json(data=asdict(loop))


def run(options: argparse.Namespace) -> Loop:
    """Start the processes, kidnap the robot again and again, and judge what was heard."""
    from benchmarks.closed_loop.listener import Listener
    from simulation.demo.witness import witnessing

    with witnessing(Listener) as listener, Children(options.out) as children:
        children.start_simulator(options.drive_seed)
        children.start_relocalizer(options.model, 'mode:=continuous', 'num_threads:=1')
        children.start('localizer', 'simulation.localizer', [])
        _wait_for_belief(listener, children)
        for _ in track(range(options.kidnaps), 'kidnaps', console=Console(stderr=True)):
            listener.kidnap()
            _let_drive(children, KIDNAP_EVERY_S)
        heard = listener.heard()
        return summarize(heard.truths, heard.beliefs, heard.told, heard.told_poses)


def _wait_for_belief(listener: 'Listener', children: Children) -> None:
    deadline = time.monotonic() + START_UP_S
    while not listener.heard().beliefs:
        if time.monotonic() > deadline:
            raise ChildError(f'the localizer was told nothing within {START_UP_S:g} s')
        _let_drive(children, POLL_S)
    _let_drive(children, KIDNAP_EVERY_S)


def _let_drive(children: Children, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(POLL_S)
        children.check()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.closed_loop',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('--kidnaps', type=int, default=20, help='how often (default 20)')
    parser.add_argument('--model', type=Path, default=Path('models/demo.pt'), help='model file')
    parser.add_argument('--drive-seed', type=int, default=0, help='which drive (default 0)')
    parser.add_argument('--out', type=Path, default=Path('bench_out/closed_loop'), help='folder')
    options = parser.parse_args()
    if options.kidnaps < 1:
        parser.error(f'--kidnaps is {options.kidnaps}: give 1 or more')
    if not options.model.is_file():
        parser.error(f'there is no model file {options.model}')
    return options


if __name__ == '__main__':
    main()
