# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The samples of a run, by number: sample n is the same in every process and after every stop."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from posenet_ros.geometry import position_and_quaternion

# First number of the seeds of all training streams; judging splits begin with others.
TRAINING_STREAM = 0
# Points of the scene that a sample carries, where the recipe asks for them.
POINTS = 64

NO_POINTS = np.zeros((0, 3))


class Sample(NamedTuple):
    """What is learned from; a batch of them has a first dimension B more.

    image uint8 RGB [224, 224, 3]; position [3] m and unit q_xyzw [4] of T_map_camera; points
    [M, 3] m in the camera's optical frame, those with z = 0 being none; M is 0 without points.
    """

    image: Tensor
    position: Tensor
    q_xyzw: Tensor
    points: Tensor


class Samples(Dataset[Sample]):
    """Samples by number, without end.

    epoch: how many make one epoch; None where every one is new.
    at_hand: they lie in memory, and another process could only slow them down.
    """

    epoch: int | None = None
    at_hand = False

    def __getitem__(self, number: int) -> Sample:
        raise NotImplementedError


class SampleNumbers(Sampler[int]):
    """Numbers of the samples that one of several processes learns from, from a step on.

    Every step's batch is the same whatever the number of processes, which share it.
    """

    def __init__(self, start_step: int, batch: int, rank: int, processes: int) -> None:
        self.start_step = start_step
        self.batch = batch
        self.first = rank * batch // processes
        self.last = (rank + 1) * batch // processes

    def __iter__(self) -> Iterator[int]:
        for step in count(self.start_step):
            yield from range(step * self.batch + self.first, step * self.batch + self.last)


def sample_rng(seed: int, number: int) -> np.random.Generator:
    """The generator of everything random in a sample."""
    return np.random.default_rng([TRAINING_STREAM, seed, number])


def make_sample(
    image: NDArray[np.uint8],
    T_map_camera: NDArray[np.float64],
    points: NDArray[np.float64] = NO_POINTS,
) -> Sample:
    """Put a crop [224, 224, 3], its pose [4, 4] and points [M, 3] into tensors."""
    position, q_xyzw = position_and_quaternion(T_map_camera)
    return Sample(
        torch.from_numpy(image),
        torch.from_numpy(position).float(),
        torch.from_numpy(q_xyzw).float(),
        torch.from_numpy(points).float(),
    )
