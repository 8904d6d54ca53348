# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Working through long sequences: fewer of the items, and a sight of how far it is."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Item = TypeVar('Item')

# (items, title) -> the same items, while it shows how many are done.
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def evenly(items: Sequence[Item], most: int) -> Sequence[Item]:
    """At most `most` >= 1 of the items, evenly spaced, the first among them."""
    return items[:: max(1, -(-len(items) // most))]
