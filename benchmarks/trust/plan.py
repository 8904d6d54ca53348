# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which episodes there are: all of a kind from a seed, and how many of them a scale takes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.episodes import FRAMES_PER_S, Episode, Spoilt
from simulation.room import DEMO_SEED

DEMO = f'room:{DEMO_SEED}'
SYMMETRIC_SEED = 3

KNOWN_S, KIDNAPPED_S = 3, 5  # before and after a kidnap
DRIVE_S = 300
FOREIGN_FRAMES = 20
ATTEMPT_S = 10  # of which the turn takes nine
# Of the foreign rooms: with nothing of the demo's, and with its textures and furniture.
ROOMS_EACH = 5
# Foreign drives go round the rooms; of each ten rounds two are spoilt throughout.
ROUNDS = (Spoilt.dark, Spoilt.covered, *8 * (Spoilt.none,))
LARGEST_ROOM_SEED = 100_000
# First number of every generator's seed; none of a training or of its splits is like it.
STREAM = 100


def kidnap(seed: tuple[int, ...], number: int) -> Episode:
    """Some driving, then another place, where every second robot stands still."""
    known, after = KNOWN_S * FRAMES_PER_S, KIDNAPPED_S * FRAMES_PER_S
    return Episode(DEMO, (*seed, number), known + after, known, number % 2 == 1)


def driving(seed: tuple[int, ...], number: int) -> Episode:
    """A part of a long drive without a kidnap."""
    return Episode(DEMO, (*seed, number), DRIVE_S * FRAMES_PER_S)


def foreign(seed: tuple[int, ...], number: int) -> Episode:
    """A short drive somewhere else."""
    round_, room = divmod(number, 2 * ROOMS_EACH)
    spoilt = ROUNDS[(round_ + room) % len(ROUNDS)]
    return Episode(foreign_rooms(seed)[room], (*seed, number), FOREIGN_FRAMES, spoilt=spoilt)


def foreign_rooms(seed: tuple[int, ...]) -> list[str]:
    """Names of the other rooms; none is the demo's."""
    seeds = np.random.default_rng(seed).choice(LARGEST_ROOM_SEED, 2 * ROOMS_EACH, replace=False)
    seeds = seeds + DEMO_SEED + 1
    kinds = ROOMS_EACH * ['room'] + ROOMS_EACH * ['rearranged']
    return [f'{kind}:{room_seed}' for kind, room_seed in zip(kinds, seeds, strict=True)]


def symmetric(seed: tuple[int, ...], number: int) -> Episode:
    """Switched on in the room that looks the same from two sides."""
    return _attempt(f'symmetric:{SYMMETRIC_SEED}', seed, number)


def symmetric_poster(seed: tuple[int, ...], number: int) -> Episode:
    """Switched on in the same room with a poster, which a turn brings into view."""
    return _attempt(f'symmetric-poster:{SYMMETRIC_SEED}', seed, number)


def _attempt(room: str, seed: tuple[int, ...], number: int) -> Episode:
    return Episode(room, (*seed, number), ATTEMPT_S * FRAMES_PER_S, looks_around=True)


@dataclass(frozen=True)
class Kind:
    """Episodes of one kind: how many at scale 1, and the one of a seed and a number."""

    count: int
    episode: Callable[[tuple[int, ...], int], Episode]


KINDS = {
    'kidnap': Kind(500, kidnap),
    'driving': Kind(2 * 3600 // DRIVE_S, driving),
    'foreign': Kind(100, foreign),
    'symmetric': Kind(300, symmetric),
    'symmetric-poster': Kind(300, symmetric_poster),
}


def episodes(kind: str, seed: int, scale: float) -> list[Episode]:
    """The first of a kind's episodes, the share `scale` of them; the same at every scale."""
    chosen = KINDS[kind]
    stream = (STREAM, seed, list(KINDS).index(kind))
    return [chosen.episode(stream, n) for n in range(math.ceil(scale * chosen.count))]
