# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m simulation.demo`: start everything, kidnap the robot, show and score what happens."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.live import Live

from posenet_ros.share import share
from simulation.demo.processes import (
    ChildError,
    Children,
    default_domain_id,
    enter_domain,
)
from simulation.demo.report import write_report, write_summary
from simulation.demo.score import LEAST_KIDNAPS, shortcomings, summarize
from simulation.demo.table import facts, line, render
from simulation.demo.words import in_words
from simulation.room import DEMO_SEED, Room

if TYPE_CHECKING:
    from simulation.demo.monitor import Heard, Monitor

SHORTEST_S = 15.0
KIDNAP_EVERY_S = 14.0
START_UP_S = 90.0
REFRESH_S = 0.2
VIEW_PORT = 8080
LINE_EVERY_S = 5.0
PASSED, FAILED, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Options:
    """The command line."""

    headless: bool
    duration: float
    model: Path
    out: Path
    domain_id: int
    drive_seed: int
    view: int | None
    record: Path | None


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; exits with 2 and one sentence when it is wrong."""
    parser = argparse.ArgumentParser(prog='python -m simulation.demo', description=__doc__)
    parser.add_argument('--headless', action='store_true', help='print lines, no live table')
    parser.add_argument(
        '--duration', type=float, default=60.0, help='seconds from the first pose (default 60)'
    )
    parser.add_argument('--model', type=Path, help='model file (default models/demo.pt)')
    parser.add_argument('--out', type=Path, default=Path('demo_out'), help='folder for the report')
    parser.add_argument(
        '--domain-id',
        type=int,
        default=default_domain_id(),
        help='ROS_DOMAIN_ID (default: that of the environment, else one of its own)',
    )
    parser.add_argument('--drive-seed', type=int, default=0, help='which drive (default 0)')
    parser.add_argument(
        '--view',
        type=int,
        nargs='?',
        const=VIEW_PORT,
        metavar='PORT',
        help=f'show it in the browser too, at http://127.0.0.1:PORT (default {VIEW_PORT})',
    )
    parser.add_argument(
        '--record', type=Path, metavar='FILE.mcap', help='record it, for ros2 bag and Foxglove'
    )
    options = parser.parse_args(arguments)
    if options.duration < SHORTEST_S:
        parser.error(f'--duration is {options.duration:g}; give at least {SHORTEST_S:g} s')
    if not 0 <= options.domain_id <= 232:
        parser.error(f'--domain-id is {options.domain_id}; give 0 to 232')
    if options.record and (options.record.suffix != '.mcap' or options.record.exists()):
        parser.error(f'--record is {options.record}; give a new file that ends in .mcap')
    options.model = options.model or share('models/demo.pt')
    if not options.model.is_file():
        parser.error(f'there is no model file {options.model}; give one by --model')
    return Options(**vars(options))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; returns the exit code: 0 passed, 1 not good enough, 2 could not run."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    enter_domain(options.domain_id)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        heard = run(options)
    except ChildError as error:
        print(f'demo: {error}', file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print('demo: interrupted', file=sys.stderr)
        return INTERRUPTED
    return conclude(options, heard)


def run(options: Options) -> Heard:
    """Start the processes, drive and kidnap for the given time; returns what was heard."""
    from simulation.demo.monitor import Monitor
    from simulation.demo.witness import witnessing

    with witnessing(Monitor) as monitor, Children(options.out) as children:
        children.start_simulator(options.drive_seed)
        # On two cores, of which the world needs one, two threads wait for each other.
        children.start_relocalizer(options.model, 'num_threads:=1')
        if options.record:
            children.start_recorder(options.record)
        if options.view is not None:
            children.start_view(options.view)
            print(f'see it at http://127.0.0.1:{options.view}', flush=True)
        watch(options, monitor, children)
        return monitor.heard()


def watch(options: Options, monitor: Monitor, children: Children) -> None:
    """Show what happens, and kidnap the robot from time to time, until the time is over."""
    count = max(LEAST_KIDNAPS, int(options.duration / KIDNAP_EVERY_S))
    kidnaps = [options.duration * (index + 1) / (count + 1) for index in range(count)]
    began, first_pose, next_line = time.monotonic(), None, 0.0
    title = f'posenet_ros demo  (ROS_DOMAIN_ID={options.domain_id})'
    print(f'{title}: starting, logs are in {options.out}/', flush=True)
    with nullcontext() if options.headless else Live(refresh_per_second=5) as live:
        while True:
            time.sleep(REFRESH_S)
            children.check()
            heard = monitor.heard()
            now = time.monotonic()
            if first_pose is None and heard.estimates:
                first_pose = now
            if first_pose is None and heard.fault:
                raise ChildError(f'relocalizer: {heard.status}')
            if first_pose is None and now - began > START_UP_S:
                raise ChildError(
                    f'no pose within {START_UP_S:g} s ({heard.status}); '
                    f'the logs are in {options.out}/'
                )
            elapsed = now - first_pose if first_pose is not None else 0.0
            if kidnaps and elapsed > kidnaps[0]:
                monitor.kidnap()
                del kidnaps[0]
            if elapsed > options.duration:
                return
            rows = facts(heard.truths, heard.estimates, heard.now_ns, heard.told)
            clock = f'{elapsed:4.0f} of {options.duration:g} s'
            if live is not None:
                live.update(render(rows, f'{title}  {clock}'))
            elif now >= next_line:
                print(line(rows, clock), flush=True)
                next_line = now + LINE_EVERY_S


def conclude(options: Options, heard: Heard) -> int:
    """Write summary and report, print them, and say whether the run passed."""
    try:
        summary = summarize(
            heard.truths,
            heard.estimates,
            int(heard.diagnostics.get('frames seen', 0)),
            int(heard.diagnostics.get('frames dropped', 0)),
        )
    except ValueError as error:
        print(f'demo: {error}', file=sys.stderr)
        return COULD_NOT_RUN
    write_summary(options.out / 'summary.json', summary)
    room = Room.from_seed(DEMO_SEED)
    write_report(options.out / 'report.png', room, heard.truths, heard.estimates, summary)
    print(in_words(summary))
    print(f'see {options.out}/report.png; all figures: {options.out}/summary.json')
    faults = shortcomings(summary)
    for fault in faults:
        print(f'demo failed: {fault}', file=sys.stderr)
    return FAILED if faults else PASSED


if __name__ == '__main__':
    sys.exit(main())
