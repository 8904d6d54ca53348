# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rooms by their names, KIND:SEED, as room:11."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simulation.rearranged import rearranged
from simulation.room import DEMO_SEED, Room
from simulation.symmetric import symmetric, with_poster


@dataclass(frozen=True)
class RoomKind:
    """Rooms of one kind: for people, and how the room of a seed is made."""

    title: str
    of_seed: Callable[[int], Room]


def _rearranged(seed: int) -> Room:
    return Room.with_floor(seed, partial(rearranged, Room.from_seed(DEMO_SEED)))


KINDS = {
    'room': RoomKind('room {}', Room.from_seed),
    'symmetric': RoomKind('symmetric room {}', lambda seed: Room.with_floor(seed, symmetric)),
    'symmetric-poster': RoomKind(
        'symmetric room {} with a poster', lambda seed: Room.with_floor(seed, with_poster)
    ),
    'rearranged': RoomKind("room {} of the demo room's textures and furniture", _rearranged),
}


@dataclass(frozen=True)
class RoomName:
    """The name of a room."""

    kind: str
    seed: int

    @classmethod
    def is_one(cls, text: str) -> bool:
        """Whether `parse` takes a text."""
        kind, _, seed = text.partition(':')
        return kind in KINDS and seed.isascii() and seed.isdecimal()

    @classmethod
    def parse(cls, text: str) -> RoomName:
        """Read 'KIND:SEED'; ValueError with one sentence when it is none."""
        if not cls.is_one(text):
            others = ', '.join(f'{other}:SEED' for other in KINDS if other != 'room')
            raise ValueError(
                f"'{text}' is no simulated room: write room:SEED with a whole number, as room:12 "
                f'(or {others})'
            )
        kind, _, seed = text.partition(':')
        return cls(kind, int(seed))

    @property
    def title(self) -> str:
        """For people."""
        return KINDS[self.kind].title.format(self.seed)

    def room(self) -> Room:
        """Furnish the room; ValueError when the seed gives none with enough floor."""
        return KINDS[self.kind].of_seed(self.seed)
