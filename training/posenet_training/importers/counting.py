# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps for pictures that have none: counted, so many a second."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

Item = TypeVar('Item')


def counted(
    items: Iterable[Item], rate: float, sequence_of: Callable[[Item], str]
) -> Iterator[tuple[int, Item]]:
    """Give every item its stamp in nanoseconds, counted anew from 0 in each sequence.

    An item that is left out afterwards leaves its time out as well.
    """
    for _, sequence in groupby(items, sequence_of):
        for index, item in enumerate(sequence):
            yield round(index * 1e9 / rate), item
