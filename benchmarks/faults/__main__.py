# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Kill -9 at random moments, and machines that lack something: is anything half-written?

    python -m benchmarks.faults [--times 10] [--only node camera import training export]
        [--seed 1] [--out bench_out]

Kills each victim in turn, so often in all, with real processes and real DDS; then lets commands
run short of disk, rights and memory.  Prints what came of it and writes OUT/faults.json; the exit
code is 1 when anything did not hold.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.progress import track

from benchmarks.faults.lacks import Ending, endings
from benchmarks.faults.material import Material, make_material
from benchmarks.faults.robots import Node, Player
from benchmarks.faults.victims import BrokenError, Command, Training, Victim
from benchmarks.parts import own_place, part
from posenet_training.whole_file import whole_file

VICTIMS = ('node', 'camera', 'import', 'training', 'export')


@dataclass
class Killed:
    """What came of the kills of one victim; seconds until its work was whole again."""

    kills: int = 0
    whole_again_s: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def main() -> None:
    """Kill, judge, tell."""
    options = _options()
    results = Results(options.out / 'faults.json', options.seed)
    with own_place() as folder:
        material = make_material(folder)
        with _victims(options.only, material) as victims:
            kill(victims, options.times, np.random.default_rng(options.seed), results)
        if options.lacks:
            results.lacks = endings(material)
    results.write()
    _tell(results)
    broken = any(outcome.broken for outcome in results.killed.values())
    sys.exit(int(broken or not all(ending.holds for ending in results.lacks)))


@dataclass
class Results:
    """All that was found so far; written after each kill, so that a stop costs nothing."""

    file: Path
    seed: int
    killed: dict[str, Killed] = field(default_factory=dict)
    lacks: list[Ending] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def write(self) -> None:
        """Write them, whole or not at all."""
        values = {
            'seed': self.seed,
            'minutes': (time.monotonic() - self.began) / 60.0,
            'killed': {name: asdict(outcome) for name, outcome in self.killed.items()},
            'lacks': [asdict(ending) for ending in self.lacks],
        }
        with whole_file(self.file) as partial:
            partial.write_text(f'{json.dumps(values, indent=1)}\n')


def kill(victims: list[Victim], times: int, rng: np.random.Generator, results: Results) -> None:
    """Kill the victims in turn, each at a random share of its time."""
    results.killed = {victim.name: Killed() for victim in victims}
    turns = list(islice(cycle(victims), times))
    for victim in track(turns, 'kills', console=Console(stderr=True)):
        outcome = results.killed[victim.name]
        outcome.kills += 1
        share = float(rng.uniform(0.0, 1.0))
        try:
            outcome.whole_again_s.append(victim.kill(share))
        except BrokenError as error:
            outcome.broken.append(f'at {share:.3f}: {error}')
        results.write()


@contextmanager
def _victims(names: list[str], material: Material) -> Iterator[list[Victim]]:
    with ExitStack() as stack:
        domains = part('domains')
        made: dict[str, Victim] = {}
        if 'node' in names:
            node = Node(material.model, stack.enter_context(domains.own_domain()))
            stack.callback(node.close)
            made['node'] = node
        if 'camera' in names:
            domain = stack.enter_context(domains.own_domain())
            player = Player(material.model, material.scene, domain)
            stack.callback(player.close)
            made['camera'] = player
        made['import'] = Command(
            *('import', 'posenet_training.cli'),
            material.importing,
            material.check_scene,
            material.room_for('import'),
        )
        made['training'] = Training(material.scene, material.room_for('training'))
        made['export'] = Command(
            *('export', 'posenet_training.cli'),
            material.exporting,
            material.check_model,
            material.room_for('export'),
            '.pt',
        )
        yield [made[name] for name in names]


def _tell(results: Results) -> None:
    console = Console()
    for name, outcome in results.killed.items():
        taken = outcome.whole_again_s or [0.0]
        console.print(
            f'{name}: {outcome.kills} kills, {len(outcome.broken)} broken, whole again after '
            f'{median(taken):.1f} s (median), {max(taken):.1f} s (longest)'
        )
        for sentence in outcome.broken:
            console.print(f'  {sentence}', style='red', markup=False)
    for ending in results.lacks:
        mark = 'one sentence' if ending.holds else 'NOT one sentence'
        console.print(f'{ending.command}, {ending.lack}: {mark}: {ending.words}', markup=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--times', type=int, default=10, help='kills in all (default: 10)')
    parser.add_argument('--only', nargs='+', choices=VICTIMS, default=list(VICTIMS))
    parser.add_argument('--no-lacks', dest='lacks', action='store_false', help='only kill')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='folder')
    return parser.parse_args()


if __name__ == '__main__':
    main()
