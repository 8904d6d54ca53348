# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pairs of pictures that look alike: where a drive comes back to a place.

A picture's feature is the pooled output of a classifier that learned ImageNet and nothing of
this scene.  The same crop as everywhere is looked at.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from posenet_ros.preprocess import crop, crop_window
from posenet_ros.scene import SceneError, read_rgb
from posenet_training.errors import TrunkError
from posenet_training.pretraining import pretrained_trunk

TRUNK = 'efficientnet_lite0'
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
BATCH = 8

Features = NDArray[np.float32]


def pooled_features(pictures: Iterable[Path], threads: int) -> Features:
    """Features [N, 1280] of picture files, of unit length after standardising over them.

    Raises SceneError when the classifier's package is not installed.
    """
    try:
        trunk = pretrained_trunk(TRUNK).eval()
    except TrunkError as error:
        raise SceneError(f'loops cannot be looked for: {error}, or give --loops 0') from error
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            features = torch.cat([trunk(batch)[0].mean((2, 3)) for batch in _batches(pictures)])
    finally:
        torch.set_num_threads(before)
    return _standardised(features.numpy())


def loop_pairs(features: Features, most_alike: int, window: int) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of rows more than `window` apart: each row with its most alike."""
    count = len(features)
    index = np.arange(count)
    alike = features @ features.T
    alike[np.abs(index[:, None] - index) <= window] = -np.inf
    nearest = np.argsort(-alike, axis=1, kind='stable')[:, :most_alike]
    pairs = {
        (min(i, int(j)), max(i, int(j)))
        for i in range(count)
        for j in nearest[i]
        if np.isfinite(alike[i, j])
    }
    return sorted(pairs)


def _batches(pictures: Iterable[Path]) -> Iterable[torch.Tensor]:
    mean = torch.tensor(IMAGENET_MEAN).view(3, 1, 1)
    deviation = torch.tensor(IMAGENET_DEVIATION).view(3, 1, 1)
    batch: list[torch.Tensor] = []
    for picture in pictures:
        rgb = read_rgb(picture)
        height, width, _ = rgb.shape
        pixels = torch.from_numpy(crop(rgb, crop_window(width, height))).permute(2, 0, 1)
        batch.append((pixels.float() / 255.0 - mean) / deviation)
        if len(batch) == BATCH:
            yield torch.stack(batch)
            batch = []
    if batch:
        yield torch.stack(batch)


def _standardised(features: Features) -> Features:
    spread = features.std(axis=0)
    centred = (features - features.mean(axis=0)) / np.maximum(spread, 1e-6)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-12), np.float32)
