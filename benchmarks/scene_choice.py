# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Of ten rooms, is the right one chosen within ten frames?

    python -m benchmarks.scene_choice [--model models/demo.pt] [--seed 1] [--out bench_out/trust]

There is one trained model, not ten: each of nine others is taken to see the robot's room as this
one sees a foreign room, which is drawn anew for each drive.  Works in seconds on the episodes
that `python -m benchmarks.trust.predictions` has watched, as many as there are.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.trust.plan import episodes
from benchmarks.trust.predictions import Cache
from benchmarks.trust.watching import Watched
from posenet_ros.gates import Gates, strain
from posenet_ros.geometry import Array
from posenet_ros.image_checks import Measures
from posenet_ros.model_file import read_reference, read_spec
from posenet_ros.reference import Reference
from posenet_ros.scene_choice import WINDOW, SceneChoice

ROOMS = 10
TRIALS = 2000
RIGHT = 'right'
REARRANGED = 'rearranged'


def novelties(watched: Watched, reference: Reference, gates: Gates) -> Array:
    """Strains [N] of the frames' novelty; nan for pictures that show nothing."""
    limits = asdict(gates)

    def shows(measures: Measures) -> bool:
        return all(strain(k, float(v), limits[k]) <= 1.0 for k, v in asdict(measures).items())

    return np.array(
        [
            strain('novelty', reference.look_up(feature.astype(np.float32)).novelty, gates.novelty)
            if shows(Measures(*measures))
            else np.nan
            for feature, measures in zip(watched.feature, watched.measures, strict=True)
        ]
    )


def windows(strains: Array) -> list[Array]:
    """Parts of WINDOW frames one after another."""
    count = len(strains) // WINDOW
    return np.split(strains[: count * WINDOW], count) if count else []


def watched_rooms(cache: Cache, kind: str) -> Iterator[tuple[str, Watched]]:
    """The room and the frames of each episode that is there."""
    for number, episode in enumerate(episodes(kind, cache.seed, 1.0)):
        if cache.file(kind, number).is_file():
            yield episode.room, Watched.load(cache.file(kind, number))


def chosen(own: Array, others: list[Array]) -> str:
    """What is chosen within a window: RIGHT, the number of another, or empty for nothing."""
    strains = {RIGHT: own, **{str(number): other for number, other in enumerate(others)}}
    choice = SceneChoice(tuple(strains))
    for frame in np.flatnonzero(np.isfinite(own)):
        choice.observe({scene: float(strains[scene][frame]) for scene in choice.wanted})
        if choice.chosen:
            break
    return choice.chosen


def report(title: str, own: list[Array], foreign: list[Array]) -> str:
    """How often the right room is chosen among nine foreign ones."""
    rng = np.random.default_rng(0)
    answers = [
        chosen(
            own[rng.integers(len(own))],
            [foreign[row] for row in rng.integers(len(foreign), size=ROOMS - 1)],
        )
        for _ in range(TRIALS)
    ]
    right, none = answers.count(RIGHT) / TRIALS, answers.count('') / TRIALS
    wrong = sum(answer not in (RIGHT, '') for answer in answers) / TRIALS
    return (
        f'{title}: {right:.1%} chosen right within {WINDOW} frames, {wrong:.1%} '
        f'wrong, {none:.1%} not chosen ({len(own)} windows in the room, {len(foreign)} elsewhere)'
    )


def main() -> None:
    """Print how often the right room was chosen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--model', type=Path, default=Path('models/demo.pt'), help='model file')
    parser.add_argument('--seed', type=int, default=1, help='of the episodes')
    parser.add_argument('--out', type=Path, default=Path('bench_out/trust'), help='the cache')
    options = parser.parse_args()
    cache = Cache.of(options.model, options.seed, options.out)
    reference, gates = read_reference(options.model), read_spec(options.model).gates
    own = [
        window
        for kind in ('kidnap', 'driving')
        for _, watched in watched_rooms(cache, kind)
        for window in windows(novelties(watched, reference, gates))
    ]
    foreign = [
        (room.startswith(REARRANGED), window)
        for room, watched in watched_rooms(cache, 'foreign')
        for window in windows(novelties(watched, reference, gates))
        if np.all(np.isfinite(window))
    ]
    if not own or not foreign:
        parser.error(f"no episodes in '{cache.folder}': run benchmarks.trust.predictions first")
    print(report('other rooms', own, [window for like, window in foreign if not like]))
    print(report('half with its furniture and textures', own, [window for _, window in foreign]))


if __name__ == '__main__':
    main()
