# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trunks begin with a classifier's weights, from a file or a package, or say why not."""

from urllib.error import URLError

import pytest
import torch
from torchvision import models

from posenet_training.errors import TrunkError
from posenet_training.pretraining import pretrained_trunk, starting_trunk
from posenet_training.trunks import make_trunk


@pytest.fixture(scope='module')
def googlenet():
    torch.manual_seed(4)
    return models.GoogLeNet(aux_logits=True, num_classes=365, init_weights=True)


def test_any_classifier_of_the_trunk_serves(googlenet, tmp_path):
    # Places365 files hold their weights under 'state_dict', as saved by DataParallel.
    state = {f'module.{name}': value for name, value in googlenet.state_dict().items()}
    file = tmp_path / 'googlenet_places365.pth'
    torch.save({'epoch': 90, 'state_dict': state}, file)
    trunk = pretrained_trunk('googlenet', file)
    assert trunk.pretrained == 'googlenet_places365'
    assert torch.equal(trunk.to_4a[0].conv.weight, googlenet.conv1.conv.weight)
    assert torch.equal(
        trunk.to_5b[-1].branch4[1].conv.weight, googlenet.inception5b.branch4[1].conv.weight
    )


def test_weights_of_another_network_are_refused(googlenet, tmp_path):
    file = tmp_path / 'weights.pth'
    torch.save(googlenet.state_dict(), file)
    with pytest.raises(TrunkError, match=r"no weights of trunk 'resnet18': \d+ of \d+ are"):
        pretrained_trunk('resnet18', file)


@pytest.mark.parametrize('content', [b'', b'no weights', None])
def test_files_that_hold_no_weights_are_refused(content, tmp_path):
    file = tmp_path / 'weights.pth'
    if content is None:
        torch.save([1, 2, 3], file)
    else:
        file.write_bytes(content)
    with pytest.raises(TrunkError, match=r"weights\.pth' (holds no|is no)") as refusal:
        pretrained_trunk('googlenet', file)
    assert '\n' not in str(refusal.value)
    with pytest.raises(TrunkError, match='there are no trunk weights'):
        pretrained_trunk('googlenet', tmp_path / 'none.pth')


def test_shipped_weights_are_imagenets():
    trunk = pretrained_trunk('efficientnet_lite0')
    assert trunk.pretrained == 'ImageNet'
    random = make_trunk('efficientnet_lite0')
    assert random.pretrained == 'none'
    weights = dict(trunk.named_parameters())
    assert any(not torch.equal(value, weights[name]) for name, value in random.named_parameters())


def test_without_a_network_the_file_to_fetch_is_named(monkeypatch):
    def offline(*_, **__):
        raise URLError('no route to host')

    monkeypatch.setattr(torch.hub, 'load_state_dict_from_url', offline)
    monkeypatch.setattr('torchvision.models._api.load_state_dict_from_url', offline)
    with pytest.raises(TrunkError, match=r'fetch https://download\.pytorch\.org/.*googlenet.*pth'):
        pretrained_trunk('googlenet')


def test_weights_that_would_not_be_used_are_refused(tmp_path):
    assert starting_trunk('resnet18', pretrained=False, weights=None).pretrained == 'none'
    with pytest.raises(TrunkError, match='would not be used'):
        starting_trunk('resnet18', pretrained=False, weights=tmp_path / 'weights.pth')
