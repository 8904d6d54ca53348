# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Scenes on disk for the tests, written as their definition says."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.model_spec import Camera
from posenet_ros.scene import Picture, Scene, read_scene, write_header_and_table


@dataclass(frozen=True)
class SceneFrame:
    """A picture [H, W, 3], the pose [4, 4] of its camera, and its split."""

    rgb: NDArray[np.uint8]
    T_map_camera: NDArray[np.float64]
    split: str


def write_sample_scene(
    root: Path, frames: list[SceneFrame], suffix: str = '.png', camera: Camera | None = None
) -> Scene:
    """Write frames, a tenth of a second apart, as a scene."""
    (root / 'pictures').mkdir(parents=True)
    pictures = []
    for index, frame in enumerate(frames):
        file = f'pictures/{index:06d}{suffix}'
        Image.fromarray(frame.rgb).save(root / file)
        position, q_xyzw = position_and_quaternion(frame.T_map_camera)
        pictures.append(
            Picture(
                file,
                'drive',
                index * 100_000_000,
                tuple(map(float, position)),
                tuple(map(float, q_xyzw)),
                split=frame.split,
            )
        )
    cameras = {'camera': camera} if camera else {}
    source = {'format': 'test'}
    write_header_and_table(Scene(root, root.name, tuple(pictures), cameras, source), root)
    return read_scene(root)
