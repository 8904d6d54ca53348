# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pictures are matched with which."""

from collections.abc import Sequence
from itertools import pairwise

from posenet_training.importers.structure_from_motion.choice import Chosen

Pair = tuple[str, str]
# A picture between mapped ones is matched with so many of them on either side.
NEIGHBOURS = 2


def sequential_pairs(files: Sequence[str], overlap: int) -> list[Pair]:
    """Each picture with the `overlap` that follow it."""
    return [(a, b) for i, a in enumerate(files) for b in files[i + 1 : i + 1 + overlap]]


def pairs_to_map(pictures: Sequence[Chosen]) -> list[Pair]:
    """Each picture outside the map with the mapped ones next to it, before and after."""
    mapped = [row for row, picture in enumerate(pictures) if picture.mapped]
    pairs = []
    bounds = [-1, *mapped, len(pictures)]
    for place, (before, after) in enumerate(pairwise(bounds)):
        near = mapped[max(place - NEIGHBOURS, 0) : place + NEIGHBOURS]
        for row in range(before + 1, after):
            pairs += [(pictures[row].file, pictures[other].file) for other in near]
    return pairs
