# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Episodes through the network, kept: decisions are replayed on them in seconds.

    python -m benchmarks.trust.predictions [--scale 0.1] [--model models/demo.pt] [--seed 1]
        [--kinds kidnap driving foreign] [--jobs 1] [--out bench_out/trust]

An episode is a file OUT/MODEL/SEED/KIND/NUMBER.npz (watching.py), MODEL being the beginning of the
digest of its weights; what is there already is not done again.
"""

import argparse
import math
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import torch
from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn

from benchmarks.trust.plan import KINDS, episodes
from benchmarks.trust.watching import (
    Measure,
    Watched,
    Watcher,
    described,
    image_measures,
    is_watched,
)
from posenet_ros.model_file import ModelFileError, load_model, read_spec
from simulation.episodes import Episode

DEFAULT_KINDS = ('kidnap', 'driving', 'foreign')


@dataclass(frozen=True)
class Cache:
    """The episodes of a model file and a seed, and the folder that keeps them."""

    model: Path
    weights_sha256: str
    seed: int
    folder: Path

    @classmethod
    def of(cls, model: Path, seed: int, out: Path) -> 'Cache':
        """The cache of a model file in `out`; ModelFileError when the file is none."""
        try:
            weights = read_spec(model).weights_sha256
        except ModelFileError as error:
            raise ModelFileError(f"model file '{model}' cannot be used: {error}") from error
        return cls(model, weights, seed, out / weights[:12] / str(seed))

    def file(self, kind: str, number: int) -> Path:
        """The file of an episode."""
        return self.folder / kind / f'{number:04d}.npz'

    def watched(self, kind: str, scale: float) -> Iterator[tuple[Episode, Watched]]:
        """The episodes of a kind, one by one; FileNotFoundError for one that is not there."""
        for number, episode in enumerate(episodes(kind, self.seed, scale)):
            yield episode, Watched.load(self.file(kind, number))


@dataclass(frozen=True)
class Task:
    """An episode and the file it is kept in."""

    episode: Episode
    file: Path


class Work:
    """One process's watcher; made in the process that uses it."""

    watcher: Watcher

    @classmethod
    def begin(cls, model: Path, measure: Measure) -> None:
        """Load the network, for one thread."""
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        cls.watcher = Watcher(load_model(model), measure)

    @classmethod
    def do(cls, task: Task) -> int:
        """Watch an episode unless that was done before; returns how many frames were computed."""
        if is_watched(task.file, cls.watcher.describe(task.episode)):
            return 0
        cls.watcher.watch(task.episode).save(task.file)
        return task.episode.frames


def tasks(cache: Cache, kinds: Sequence[str], scale: float) -> list[Task]:
    """All episodes; those of a room follow each other, since building one takes seconds."""
    found = [
        Task(episode, cache.file(kind, number))
        for kind in kinds
        for number, episode in enumerate(episodes(kind, cache.seed, scale))
    ]
    return sorted(found, key=lambda task: task.episode.room)


def predict(
    cache: Cache, kinds: Sequence[str], scale: float, jobs: int, measure: Measure
) -> Iterator[tuple[Task, int]]:
    """Watch all episodes; yields each when its file is there, and the frames it took."""
    todo = tasks(cache, kinds, scale)
    if all(is_watched(t.file, described(t.episode, cache.weights_sha256, measure)) for t in todo):
        yield from ((task, 0) for task in todo)
        return
    if jobs == 1:
        Work.begin(cache.model, measure)
        yield from ((task, Work.do(task)) for task in todo)
        return
    # Torch and the engine do not live through a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(jobs, context, Work.begin, (cache.model, measure)) as pool:
        yield from zip(todo, pool.map(Work.do, todo), strict=True)


def shown(work: Iterable[tuple[Task, int]], frames: int) -> int:
    """Show a bar while work goes on; returns the number of frames that were computed."""
    clock = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (*Progress.get_default_columns()[:-1], clock)
    computed = 0
    with Progress(*columns, console=Console(stderr=True)) as bar:
        shown_task = bar.add_task('frames', total=frames)
        for task, count in work:
            computed += count
            bar.advance(shown_task, task.episode.frames)
    return computed


def frames_of(kinds: Sequence[str], seed: int, scale: float) -> int:
    """How many frames all episodes have."""
    return sum(episode.frames for kind in kinds for episode in episodes(kind, seed, scale))


def main() -> None:
    """Make what is missing, and say how long it took and how long all would take."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--scale', type=share, default=1.0, help='share of the episodes')
    parser.add_argument('--model', type=Path, default=Path('models/demo.pt'), help='model file')
    parser.add_argument('--seed', type=int, default=1, help='of all chance')
    parser.add_argument(
        '--kinds', nargs='+', choices=KINDS, default=DEFAULT_KINDS, help=f'of {", ".join(KINDS)}'
    )
    parser.add_argument('--jobs', type=int, default=1, help='processes, of one thread each')
    parser.add_argument('--out', type=Path, default=Path('bench_out/trust'), help='cache')
    options = parser.parse_args()
    if options.seed < 0 or options.jobs < 1:
        parser.error(f'--seed is {options.seed} and --jobs {options.jobs}: give 0 and 1 or more')
    frames = frames_of(options.kinds, options.seed, options.scale)
    began = time.monotonic()
    try:
        cache = Cache.of(options.model, options.seed, options.out)
        work = predict(cache, options.kinds, options.scale, options.jobs, image_measures)
        computed = shown(work, frames)
    except ModelFileError as error:
        parser.error(str(error))
    seconds = time.monotonic() - began
    print(f'{frames} frames are there, {computed} of them computed in {seconds:.0f} s')
    if computed:
        each, whole = seconds / computed, frames_of(options.kinds, options.seed, 1.0)
        hours = whole * each / 3600.0
        print(f'{1e3 * each:.1f} ms a frame: at that pace all {whole} take {hours:.1f} h')


def share(text: str) -> float:
    """Read the share of the episodes that an option asks for."""
    value = float(text)
    if not (math.isfinite(value) and 0.0 < value <= 1.0):
        raise argparse.ArgumentTypeError(f'{text} is no share: give more than 0 and at most 1')
    return value


if __name__ == '__main__':
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    main()
