# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pairs of pictures that look alike: where a drive comes back to a place.

A picture's feature is the pooled output of a classifier that learned ImageNet and nothing of
this scene.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

from posenet_ros.scene import SceneError, read_rgb
from posenet_training.baselines.classifier import (
    Features,
    Standard,
    classifier_features,
    classifier_view,
)
from posenet_training.errors import TrunkError


def pooled_features(pictures: Iterable[Path], threads: int) -> Features:
    """Features [N, 1280] of picture files, of unit length after standardising over them.

    Raises SceneError when the classifier's package is not installed.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        features = classifier_features(classifier_view(read_rgb(file)) for file in pictures)
    except TrunkError as error:
        raise SceneError(f'loops cannot be looked for: {error}, or give --loops 0') from error
    finally:
        torch.set_num_threads(before)
    return Standard.of(features).unit(features)


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
