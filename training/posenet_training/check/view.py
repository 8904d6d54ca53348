# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene as arrays: what the checks compute with."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import Array
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Picture, Scene, read_rgb
from posenet_training.check.lens import assumed_camera

# Cameras of fewer pictures are looked at together: photographs that were calibrated one by one.
FEWEST_PICTURES = 20
THE_REST = 'cameras of few pictures'

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

    @cached_property
    def cameras(self) -> dict[str, Numbers]:
        """Numbers of each camera's pictures; those of cameras of few pictures are one's."""
        names = self._camera_names
        return {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}

    @cached_property
    def runs(self) -> list[Numbers]:
        """Numbers of one camera's pictures in one sequence, by stamp."""
        names = self._camera_names
        return [
            numbers[names[numbers] == name]
            for numbers in self.sequences.values()
            for name in dict.fromkeys(names[numbers].tolist())
        ]

    @cached_property
    def _camera_names(self) -> NDArray[np.str_]:
        counts = Counter(picture.camera for picture in self.pictures)
        if len(counts) == 1:
            return np.array([picture.camera for picture in self.pictures])
        few = {name for name, count in counts.items() if count < FEWEST_PICTURES}
        return np.array([THE_REST if p.camera in few else p.camera for p in self.pictures])

    def of_camera(self, name: str) -> 'View':
        """What one of `cameras` saw, as a scene of its own."""
        if len(self.cameras) == 1:
            return self
        pictures = tuple(self.pictures[number] for number in self.cameras[name])
        return View(replace(self.scene, pictures=pictures))

    @property
    def focal_length(self) -> float | None:
        """Median focal length of the pictures in pixels; None where not all are known."""
        cameras = [self.scene.cameras.get(picture.camera) for picture in self.pictures]
        known = [camera.fx for camera in cameras if camera]
        return float(np.median(known)) if len(known) == len(cameras) else None

    def camera(self, number: int) -> Camera:
        """A picture's camera, or a usual one where nobody knows it."""
        known = self.scene.cameras.get(self.pictures[number].camera)
        return known or assumed_camera(*self.size(number))

    @property
    def stamps_are_counted(self) -> bool:
        """Whether the source had no stamps, so that time says nothing about speed."""
        return str(self.scene.source.get('stamps', '')).startswith('counted')

    @property
    def has_depth(self) -> bool:
        """Whether any picture has a depth picture."""
        return any(picture.depth for picture in self.pictures)

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
