# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Our loop, a plain one, and forward and backward passes alone, in turns."""

from collections.abc import Callable, Sequence
from itertools import islice

from benchmarks.training_speed.figures import WARM_UP, rate
from benchmarks.training_speed.ours import our_moments, pure_steps, recipe_of
from benchmarks.training_speed.plain import pictures_of, plain_steps
from posenet_ros.scene import Scene
from posenet_training.commands.console import note
from posenet_training.data.pictures import PictureSource

WORKERS = 2
PAPER = 'googlenet'
NAMES = ('pure', 'ours', 'plain')
# Pictures a step, as in the recipes, and steps that count, of each round.
LOOPS = {PAPER: (32, 6), 'mobilenet_v3_small': (32, 16)}
# Pictures of the scene: all are decoded before anything counts, as in a run of some epochs.
SHOWN = 60


def loops(
    trunk: str, scene: Scene, rounds: int, names: Sequence[str] = NAMES
) -> dict[str, list[float]]:
    """Rates of the named loops, in turns."""
    batch, steps = LOOPS[trunk]
    source, recipe = PictureSource(scene), recipe_of(trunk, batch, WARM_UP + 1 + steps)
    data = pictures_of(scene)
    shown = slice(WARM_UP, WARM_UP + 1 + steps)
    moments: dict[str, Callable[[], Sequence[float]]] = {
        'pure': lambda: list(islice(pure_steps(source, recipe), shown.stop)),
        'ours': lambda: our_moments(source, recipe, WORKERS),
        'plain': lambda: list(islice(plain_steps(trunk, data, batch, WORKERS), shown.stop)),
    }
    rates: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        note(f'{trunk}, round {number + 1} of {rounds}')
        for name in names:
            rates[name].append(rate(moments[name]()[shown], batch))
    return rates
