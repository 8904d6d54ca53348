# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training by several processes, on one machine or more, as torchrun starts them."""

import os
from dataclasses import dataclass
from typing import TypeVar

from torch import distributed

from posenet_training.errors import TrainingError

Item = TypeVar('Item')


@dataclass(frozen=True)
class Processes:
    """Which of how many processes this is, over all machines and on this one."""

    rank: int
    count: int
    count_here: int

    @property
    def machines(self) -> int:
        """Machines that take part."""
        return self.count // self.count_here

    def share(self, batch: int) -> int:
        """Pictures of a batch that this process sees; TrainingError where they do not divide."""
        if batch % (2 * self.count) and self.count > 1:
            raise TrainingError(
                f'a batch of {batch} pictures cannot be shared by {self.count} processes in equal '
                f'pairs: set a batch that {2 * self.count} divides, --set batch=NUMBER'
            )
        return batch // self.count


def processes() -> Processes:
    """Read torchrun's variables; one process without them."""
    here = int(os.environ.get('LOCAL_WORLD_SIZE', '1'))
    count = int(os.environ.get('WORLD_SIZE', '1'))
    return Processes(int(os.environ.get('RANK', '0')), count, here)


def of_all_processes(items: list[Item]) -> list[Item]:
    """Put the lists of all processes behind each other; every process gets the whole."""
    if not distributed.is_initialized():
        return items
    parts: list[list[Item]] = [[] for _ in range(distributed.get_world_size())]
    distributed.all_gather_object(parts, items)
    return [item for part in parts for item in part]
