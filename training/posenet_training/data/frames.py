# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures with camera poses, as all sources give them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from posenet_ros.geometry import position_and_quaternion
from posenet_ros.model_spec import Camera
from posenet_training.network import SceneStatistics

# First number of the seeds of all training streams; judging splits begin with others.
TRAINING_STREAM = 0
# Frames that each loader process keeps for reuse: 150 kB each.
POOL_SIZE = 6000

Frame = tuple[NDArray[np.uint8], NDArray[np.float64]]


@dataclass(frozen=True)
class Frames:
    """Frames in memory: uint8 RGB crops [N, 224, 224, 3] and T_map_camera [N, 4, 4]."""

    images: NDArray[np.uint8]
    T_map_camera: NDArray[np.float64]

    @property
    def positions(self) -> NDArray[np.float64]:
        """Camera positions [N, 3] in the map, metres."""
        return self.T_map_camera[:, :3, 3]

    def labels(self) -> tuple[Tensor, Tensor]:
        """Positions [N, 3] and unit quaternions x, y, z, w [N, 4], float32."""
        pairs = [position_and_quaternion(T_map_camera) for T_map_camera in self.T_map_camera]
        positions, quaternions = (np.stack(part) for part in zip(*pairs, strict=True))
        return torch.from_numpy(positions).float(), torch.from_numpy(quaternions).float()


class Source(Protocol):
    """One scene: an endless stream to train on, and fixed frames to judge by.

    Splits: 'statistics' (frames like those of training, for the scene's mean image and extent),
    'reference' (the same, for the extent in the model file and to look pictures up in),
    'validation' (watched in training), 'calibration' (gives the held-out errors in the model
    file) and 'test' (gives the reported figures).
    """

    name: str
    map_frame: str
    camera: Camera | None

    def training(self, seed: int, start: int, reuse: int) -> 'EndlessFrames':
        """Frames to train on from step `start` of a run; never those of a judging split."""
        ...

    def frames(self, split: str) -> Frames:
        """The fixed frames of a split."""
        ...

    def describe(self, split: str) -> str:
        """Say in a few words which frames a split holds."""
        ...


class EndlessFrames(IterableDataset[tuple[Tensor, Tensor, Tensor]]):
    """(image uint8 [224, 224, 3], position [3], q_xyzw [4]) without end.

    Each loader process draws from its own generator, seeded by (seed, process, start), so that a
    resumed run sees new frames and the same run sees the same ones.  A frame is shown `reuse`
    times on average, at random distances, where drawing one costs more than learning from it.
    """

    def __init__(self, seed: int, start: int, reuse: int = 1) -> None:
        super().__init__()
        self.seed = seed
        self.start = start
        self.reuse = reuse

    def draw(self, rng: np.random.Generator) -> Frame:
        """One crop [224, 224, 3] and its T_map_camera [4, 4]."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        info = get_worker_info()
        rng = np.random.default_rng(
            [TRAINING_STREAM, self.seed, info.id if info else 0, self.start]
        )
        pool: list[Frame] = []
        while True:
            image, T_map_camera = self._next(pool, rng)
            position, q_xyzw = position_and_quaternion(T_map_camera)
            yield (
                torch.from_numpy(image),
                torch.from_numpy(position).float(),
                torch.from_numpy(q_xyzw).float(),
            )

    def _next(self, pool: list[Frame], rng: np.random.Generator) -> Frame:
        if pool and rng.random() >= 1.0 / self.reuse:
            return pool[int(rng.integers(len(pool)))]
        frame = self.draw(rng)
        if len(pool) < POOL_SIZE:
            pool.append(frame)
        else:
            pool[int(rng.integers(POOL_SIZE))] = frame
        return frame


def statistics_of(frames: Frames) -> SceneStatistics:
    """Mean image, spread of the pixels, centre and extent of a scene from its training frames."""
    mean_image = np.mean(frames.images, axis=0, dtype=np.float64)
    variance = np.mean([np.mean((image - mean_image) ** 2) for image in frames.images])
    centre = frames.positions.mean(axis=0)
    scale = np.sqrt(np.mean(np.sum((frames.positions - centre) ** 2, axis=1)))
    return SceneStatistics(
        mean_image=torch.from_numpy(mean_image).float(),
        pixel_scale=float(max(np.sqrt(variance), 1.0)),
        centre=torch.from_numpy(centre).float(),
        scale=float(max(scale, 1e-3)),
    )
