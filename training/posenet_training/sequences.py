# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Working through long sequences: fewer of the items, and a sight of how far it is."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Item = TypeVar('Item')

# As `most`: no item is left out.
ALL = sys.maxsize

# (items, title) -> the same items, while it shows how many are done.
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """Exactly `most` >= 1 of the items in order, or all: the middles of as many equal parts."""
    count = min(most, len(items))
    return [items[(2 * part + 1) * len(items) // (2 * count)] for part in range(count)]
