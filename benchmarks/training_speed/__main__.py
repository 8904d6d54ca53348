# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures a second: our training loop, a plain one, and forward and backward passes alone.

    python -m benchmarks.training_speed [--rounds 3] [--out bench_out]

Prints a table and adds to OUT/speed.json; a quarter of an hour of two cores.
"""

import argparse
import os
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

from benchmarks.experiments.markdown import markdown
from benchmarks.speed.figures import add_to_file
from benchmarks.training_speed.figures import (
    GROWTH_MB,
    OF_PURE,
    OVER_PLAIN,
    medians,
    rate,
)
from benchmarks.training_speed.loops import LOOPS, PAPER, SHOWN, WORKERS, loops
from benchmarks.training_speed.memory import held_mb
from benchmarks.training_speed.ours import our_moments, recipe_of
from benchmarks.training_speed.plain import pictures_of, plain_steps
from benchmarks.training_speed.scenes import drive, repeated
from benchmarks.training_speed.shared import rate_of_processes
from posenet_ros.scene import Scene
from posenet_training.data.pictures import PictureSource
from posenet_training.memory import keep_freed_memory
from posenet_training.recipe_files import read_recipe

SMALL, LITE0 = 'mobilenet_v3_small', 'efficientnet_lite0'
MANY = 20_000
LOADED, MARKS = 6000, 4


def main() -> None:
    """Measure in turns, print and write."""
    options = _options()
    work = options.out / 'training_speed'
    scene = drive(options.pictures, work)
    keep_freed_memory()
    # First, while this process holds nothing else.
    figures = memory(scene, work, options.loaded)
    few = drive(SHOWN, work)
    rows = []
    for trunk in LOOPS:
        rates = loops(trunk, few, options.rounds)
        middle = medians(rates)
        ratio = middle['ours'] / middle['pure']
        rows.append(
            (
                trunk,
                *(f'{middle[name]:.1f}' for name in ('pure', 'ours', 'plain')),
                f'{ratio:.2f}',
                f'{middle["ours"] / middle["plain"]:.2f}',
            )
        )
        figures[f'train_rates_{trunk}'] = rates
        figures[f'train_throughput_ratio_{trunk}'] = ratio
    figures['train_throughput_ratio'] = figures[f'train_throughput_ratio_{PAPER}']
    print(markdown(('pictures a second', 'pure', 'ours', 'plain', 'of pure', 'of plain'), rows))
    figures |= quick_beside_plain(scene, options.quick_steps)
    figures |= by_two(scene)
    print(
        f'quick shows {figures["quick_rate"]:.0f} pictures a second, the plain loop with its '
        f'trunk {figures["quick_plain_rate"]:.1f}\n'
        f'two processes of one thread: {figures["ddp_efficiency"]:.2f} of one of two threads\n'
        f'{MANY} pictures: {figures["train_memory_mb"]} MB along {options.loaded} of them'
    )
    add_to_file(options.out, figures)
    for name, value, bar in (
        *(
            (f'{trunk}: ours of pure', figures[f'train_throughput_ratio_{trunk}'], OF_PURE)
            for trunk in LOOPS
        ),
        ('quick over the plain loop', figures['quick_over_plain'], OVER_PLAIN),
        ('memory that does not grow', -figures['train_memory_growth_mb'], -GROWTH_MB),
    ):
        print(f'{"held" if value >= bar else "NOT held"}: {name}, {value:.2f} for {bar}')


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks.training_speed',
        description=__doc__.splitlines()[0] if __doc__ else '',
    )
    parser.add_argument('--rounds', type=int, default=3, help='of all loops in turns')
    parser.add_argument('--pictures', type=int, default=250, help='of the scene')
    parser.add_argument('--quick-steps', type=int, default=600, help='of the recipe quick')
    parser.add_argument('--loaded', type=int, default=LOADED, help=f'of {MANY} pictures')
    parser.add_argument('--out', type=Path, default=Path('bench_out'), help='scenes and figures')
    return parser.parse_args()


def quick_beside_plain(scene: Scene, steps: int) -> dict[str, float]:
    """Pictures that `quick` shows in all its time, its trunk's looks included; a plain loop."""
    recipe = read_recipe('quick', (f'steps={steps}', f'validate_every={steps}'))
    begun = perf_counter()
    our_moments(PictureSource(scene), recipe, WORKERS)
    ours = recipe.batch * steps / (perf_counter() - begun)
    steps_of_plain = plain_steps(LITE0, pictures_of(scene), recipe.batch, WORKERS)
    plain = rate(list(islice(steps_of_plain, 1, 4)), recipe.batch)
    return {'quick_rate': ours, 'quick_plain_rate': plain, 'quick_over_plain': ours / plain}


def by_two(scene: Scene) -> dict[str, float]:
    """Two processes of a thread each beside one of two: the same cores, the same batch."""
    batch, _ = LOOPS[SMALL]
    one, two = (rate_of_processes(count, scene.root, SMALL, batch, 2 // count) for count in (1, 2))
    return {'ddp_one_rate': one, 'ddp_two_rate': two, 'ddp_efficiency': two / one}


def memory(scene: Scene, work: Path, loaded: int) -> dict[str, Any]:
    """What is held along a scene of very many pictures."""
    source = PictureSource(repeated(scene, MANY, work / f'{MANY}-pictures'))
    held = held_mb(source, recipe_of(SMALL, 32, 1), loaded, MARKS)
    return {
        'train_memory_mb': [round(value) for value in held],
        'train_memory_growth_mb': held[-1] - held[MARKS // 2 - 1],
    }


if __name__ == '__main__':
    main()
