# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How alike two pictures look to a classifier that learned ImageNet and nothing of the scene."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms.functional import center_crop, resize

from posenet_ros.preprocess import INPUT_SIZE
from posenet_training.pretraining import pretrained_trunk
from posenet_training.trunks import Trunk, trunk_kind

TRUNK = 'efficientnet_lite0'
# Its pictures: the shorter side resampled to this, then the centre of the network's size.
SHORTER_SIDE = 256
BATCH = 8

Features = NDArray[np.float32]


@dataclass(frozen=True)
class Standard:
    """Mean [F] and deviation [F] of the features of a set of pictures."""

    mean: Features
    deviation: Features

    @staticmethod
    def of(features: Features) -> 'Standard':
        """Of features [N, F]."""
        return Standard(features.mean(axis=0), features.std(axis=0))

    @staticmethod
    def centred(features: Features) -> 'Standard':
        """Of features [N, F] whose own scales mean something, as those of a pose network do.

        Its rarely active units would otherwise drown the others: on kitchen the nearest picture
        was 0.18 m away with standardised and 0.12 m with centred features.
        """
        return Standard(features.mean(axis=0), np.ones(features.shape[1], np.float32))

    def unit(self, features: Features) -> Features:
        """Features [N, F], standardised and of unit length: their products are cosines."""
        centred = (features - self.mean) / np.maximum(self.deviation, 1e-6)
        length = np.linalg.norm(centred, axis=-1, keepdims=True)
        return np.asarray(centred / np.maximum(length, 1e-12), np.float32)


def classifier_view(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a classifier is shown of a picture [H, W, 3]: shrunk, then cut, [224, 224, 3]."""
    pixels = torch.from_numpy(np.array(rgb)).permute(2, 0, 1)
    view = center_crop(resize(pixels, [SHORTER_SIDE], antialias=True), [INPUT_SIZE])
    return np.ascontiguousarray(view.permute(1, 2, 0).numpy())


def classifier_features(views: Iterable[NDArray[np.uint8]]) -> Features:
    """Pooled features [N, 1280] of views [224, 224, 3].

    Raises TrunkError when the classifier's package is not installed.
    """
    trunk, views = frozen_trunk(), iter(views)
    features = []
    with torch.inference_mode():
        while batch := list(islice(views, BATCH)):
            features.append(trunk(classifier_pixels(np.stack(batch)))[0].mean((2, 3)))
    return torch.cat(features).numpy()


@cache
def frozen_trunk() -> Trunk:
    """The classifier without its last layer, read once."""
    return pretrained_trunk(TRUNK).eval()


def classifier_pixels(views: NDArray[np.uint8]) -> torch.Tensor:
    """Views [N, 224, 224, 3] as the classifier takes them, [N, 3, 224, 224]."""
    pixels = trunk_kind(TRUNK).pixels
    mean = torch.tensor(pixels.mean).view(3, 1, 1)
    return (torch.from_numpy(views).permute(0, 3, 1, 2).float() - mean) / pixels.scale
