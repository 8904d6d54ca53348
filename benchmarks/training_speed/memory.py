# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a training's loaders hold while they work through a scene of very many pictures."""

import os
from collections.abc import Iterator
from pathlib import Path

from posenet_training.data.loading import train_loader
from posenet_training.data.pictures import PictureSource
from posenet_training.distribution import Processes
from posenet_training.recipe import Recipe


def held_mb(source: PictureSource, recipe: Recipe, pictures: int, marks: int) -> list[float]:
    """Memory (MB) of this process and two loaders, each page once, at `marks` even moments.

    pictures: that are loaded in all.
    """
    loader = train_loader(source.training(recipe, 1), recipe.batch, 0, Processes(0, 1, 1), 2)
    every = pictures // marks // recipe.batch
    batches = iter(loader)
    found = []
    for _ in range(marks):
        for _ in range(every):
            next(batches)
        found.append(sum(_own_mb(process) for process in _family()))
    return found


def _family() -> Iterator[int]:
    """This process and its children."""
    yield os.getpid()
    for task in Path('/proc/self/task').iterdir():
        yield from map(int, (task / 'children').read_text().split())


def _own_mb(process: int) -> float:
    """Proportional share of memory, MB; 0 of one that has ended."""
    try:
        text = Path(f'/proc/{process}/smaps_rollup').read_text()
    except OSError:
        return 0.0
    row = next(line for line in text.splitlines() if line.startswith('Pss:'))
    return int(row.split()[1]) * 1024 / 1e6
