# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene as arrays: what the checks compute with."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.scene import Picture, Scene, read_rgb

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """A scene and its table as arrays of N pictures, in the table's order."""

    scene: Scene

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return self.scene.pictures

    @cached_property
    def stamps(self) -> Array:
        """Seconds [N] since the scene's first stamp."""
        stamps = np.array([picture.stamp_ns for picture in self.pictures])
        return (stamps - stamps.min()) * 1e-9

    @cached_property
    def T_map_camera(self) -> Array:
        """Poses [N, 4, 4]."""
        return np.stack([picture.T_map_camera for picture in self.pictures])

    @property
    def positions(self) -> Array:
        """Positions [N, 3] in the map."""
        return self.T_map_camera[:, :3, 3]

    @cached_property
    def q_xyzw(self) -> Array:
        """Orientations [N, 4]."""
        return np.array([picture.q_xyzw for picture in self.pictures])

    @cached_property
    def sequences(self) -> dict[str, Numbers]:
        """Numbers of each sequence's pictures, by stamp."""
        numbered = enumerate(self.pictures)
        groups = groupby(numbered, lambda pair: pair[1].sequence)
        return {name: np.array([number for number, _ in group]) for name, group in groups}

    @property
    def stamps_are_counted(self) -> bool:
        """Whether the source had no stamps, so that time says nothing about speed."""
        return str(self.scene.source.get('stamps', '')).startswith('counted')

    @property
    def unit(self) -> str:
        """'m', or 'units' where the scale is unknown."""
        return 'm' if self.scene.scale == 'metric' else 'units'

    def file(self, number: int) -> str:
        """A picture's name, for people."""
        return self.pictures[number].file

    def size(self, number: int) -> tuple[int, int]:
        """Width and height of a picture."""
        with Image.open(self.scene.path(self.pictures[number])) as picture:
            return picture.size

    def grey(self, number: int) -> NDArray[np.uint8]:
        """A picture [H, W] in grey levels; SceneError when it cannot be read."""
        rgb = read_rgb(self.scene.path(self.pictures[number]))
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
