# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Looks at the place as the cells' teachers."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from posenet_ros.geometry import Array
from posenet_training.recipe import Coordinates


class View(NamedTuple):
    """What one look shows: crop [224, 224, 3] uint8 RGB, points [N, 3] m of the map that its
    cells show, and which of them are known [N].
    """

    image: NDArray[np.uint8]
    points: Array
    known: NDArray[np.bool_]


class CellViews(ABC):
    """`options.looks` looks, by their numbers.

    name          of the place, for people
    T_map_camera  [P, 4, 4] of the first P looks, which are as the robot sees them
    across        cells along a side
    """

    def __init__(
        self, name: str, T_map_camera: Array, options: Coordinates, across: int, seed: int
    ) -> None:
        self.name = name
        self.T_map_camera = T_map_camera
        self.options = options
        self.across = across
        self.seed = seed

    def __len__(self) -> int:
        return self.options.looks

    @property
    @abstractmethod
    def files(self) -> Sequence[Path]:
        """All that the looks are made of."""
        ...

    @abstractmethod
    def __getitem__(self, number: int) -> View: ...
