# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file's own graph with packed convolutions and in half precision answers as it did."""

import warnings
from collections.abc import Callable
from itertools import accumulate, chain, cycle

import numpy as np
import pytest
import torch
from model_files import ColourNet, write_model, write_twin
from torch import nn
from torch.nn import functional as F

from posenet_ros import own_engine as own_engine_module
from posenet_ros.engine_choice import WARM_UP_RUNS, EngineWish, Own, example_crops
from posenet_ros.engines import TorchScript, TorchScriptOnGpu, in_one_copy
from posenet_ros.graphs import CONVOLUTION, function_of, graph_of
from posenet_ros.half_trunk import HalfRefusal, half_type, halved
from posenet_ros.model_file import load_model, quiet_torchscript
from posenet_ros.model_spec import ModelFileError
from posenet_ros.own_engine import own_engine
from posenet_ros.packed_convolutions import can_pack, packed

BLUE = np.full((224, 224, 3), (30, 60, 200), np.uint8)
PACKED = 'mkldnn::_convolution_pointwise'


class Knotted(nn.Module):
    """Convolutions in all surroundings that matter."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.deep = nn.Conv2d(8, 8, 5, groups=8, padding=1)
        self.wide = nn.Conv2d(8, 8, 3, dilation=2, padding=(2, 1))
        self.thin = nn.Conv2d(8, 8, 1)
        self.back = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.row = nn.Conv1d(4, 4, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = F.relu6(self.norm(self.stem(F.pad(images, (0, 1, 0, 1)))))
        maps = F.relu(self.deep(F.pad(maps, (1, 1, 2, 2))), inplace=True)
        twice = self.wide(maps)
        maps = F.hardtanh(twice, -0.5, 0.75) + twice
        maps = F.hardswish(self.thin(F.pad(maps, (1, 1, 1, 1), value=0.5)))
        maps = maps + F.hardtanh_(
            self.thin(F.pad(maps, (1, 1, 1, 1), mode='reflect'))[..., 1:-1, 1:-1]
        )
        computed = F.conv2d(maps, self.thin.weight * maps.mean())
        return self.row(self.back(computed + maps).flatten(2))


def frozen(network: nn.Module, images: torch.Tensor) -> torch.jit.ScriptModule:
    with quiet_torchscript(), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return torch.jit.freeze(torch.jit.trace(network.eval(), images))


@pytest.fixture(scope='module')
def knotted() -> Knotted:
    torch.manual_seed(3)
    return Knotted().eval()


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize('count', [1, 3])
def test_packed_convolutions_answer_as_the_others(knotted, layout, count):
    images = torch.rand(3, 3, 33, 46).contiguous(memory_format=layout)
    plain = frozen(knotted, images[:1])
    ours = function_of(packed(graph_of(plain), images[:1]))
    with torch.inference_mode():
        for _ in range(3):
            torch.testing.assert_close(ours(images[:count]), plain(images[:count]))


def test_what_can_be_packed_is(knotted):
    plain = frozen(knotted, torch.rand(1, 3, 33, 46))
    graph = packed(graph_of(plain), torch.rand(1, 3, 33, 46))
    # The stem, deep, wide and twice thin; not of weights that are computed, backwards, of rows.
    assert len(graph.findAllNodes(PACKED)) == 5
    assert len(graph.findAllNodes(CONVOLUTION)) == 3
    # The border that is alike on both sides is the convolution's own; so are its rectifiers.
    assert len(graph.findAllNodes('aten::pad')) == 3
    kinds = {node.kind() for node in graph.nodes()}
    assert not {'aten::relu_', 'aten::relu6', 'aten::hardswish'} & kinds
    assert len(graph.findAllNodes('aten::hardtanh')) == 1


def test_the_frozen_module_stays_as_it_was(knotted):
    images = torch.rand(1, 3, 33, 46)
    plain = frozen(knotted, images)
    before = str(plain.graph)
    graph = graph_of(plain)
    copied = str(graph)
    packed(graph, images)
    assert str(graph) == copied
    assert str(plain.graph) == before


def test_only_convolutions_on_the_cpu_are_packed(knotted):
    plain = frozen(knotted, torch.rand(1, 3, 33, 46))
    assert can_pack(graph_of(plain), torch.device('cpu'))
    assert not can_pack(graph_of(plain), torch.device('cuda'))
    colour = frozen(ColourNet(), example_crops()[:1])
    assert not can_pack(graph_of(colour), torch.device('cpu'))


class Seeing(ColourNet):
    """The mean colour by a convolution, whose pictures take the type of its weights with cast."""

    def __init__(self, spread: float = 0.1, cast: bool = True) -> None:
        super().__init__()
        self.trunk = nn.Conv2d(3, 3, 1, bias=False)
        self.metres = nn.Linear(3, 3, bias=False)
        self.cast = cast
        with torch.no_grad():
            # Undone afterwards: at a third below 0 what is left of grey is less than 16 bits tell.
            self.trunk.weight.copy_((torch.eye(3) + spread)[..., None, None])
            self.metres.weight.copy_(torch.linalg.inv(torch.eye(3) + spread))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        pictures = images.float().permute(0, 3, 1, 2)
        if self.cast:
            pictures = pictures.type_as(self.trunk.weight)
        position = self.metres(self.trunk(pictures).float().mean((2, 3))) / 25.5
        _, q_xyzw, covariance, feature = super().forward(images)
        return position, q_xyzw, covariance, feature


@pytest.fixture
def seeing(tmp_path):
    return write_model(tmp_path / 'room.pt', Seeing())


def test_the_loader_packs(seeing, monkeypatch):
    asked = []

    def noted(graph, images):
        asked.append(packed(graph, images))
        return asked[-1]

    monkeypatch.setattr(own_engine_module, 'packed', noted)
    regressor = load_model(seeing)
    np.testing.assert_allclose(regressor.predict(BLUE).position, BLUE[0, 0] / 25.5, rtol=1e-5)
    assert len(asked[0].findAllNodes(PACKED)) == 1
    assert regressor.engine_note == ''


@pytest.mark.parametrize('error', [RuntimeError, AttributeError, TypeError])
def test_a_pytorch_that_cannot_pack_leaves_the_graph_as_it_is(seeing, monkeypatch, error):
    def refused(graph, images):
        raise error('no such operator')

    monkeypatch.setattr(own_engine_module, 'packed', refused)
    regressor = load_model(seeing)
    assert regressor.engine_note == 'convolutions are not packed: no such operator'
    np.testing.assert_allclose(regressor.predict(BLUE).position, BLUE[0, 0] / 25.5, rtol=1e-5)


def test_packed_convolutions_that_answer_otherwise_are_not_taken(seeing, monkeypatch):
    def wrong(graph):
        return lambda crops: tuple(1.01 * output for output in function_of(graph)(crops))

    monkeypatch.setattr(own_engine_module, 'function_of', wrong)
    regressor = load_model(seeing)
    assert 'convolutions are not packed: torchscript answers otherwise' in regressor.engine_note
    np.testing.assert_allclose(regressor.predict(BLUE).position, BLUE[0, 0] / 25.5, rtol=1e-5)


def bf16_here() -> bool:
    try:
        return half_type(torch.device('cpu')) is torch.bfloat16
    except HalfRefusal:
        return False


needs_bf16 = pytest.mark.skipif(not bf16_here(), reason='this CPU does not compute with bf16')
HALF = EngineWish(precision='half')


def by_clock(full_s: float, half_s: float) -> Callable[[], float]:
    """A clock by which the engines, that are asked in turns, take so long."""
    warming_up = [0.0] * (2 * WARM_UP_RUNS)
    ticks = accumulate(chain(warming_up, cycle((0.0, full_s, 0.0, half_s))))
    return lambda: next(ticks)


def half_of(network: nn.Module, clock: Callable[[], float] | None = None) -> Own:
    return own_engine(
        frozen(network, example_crops()[:1]), 'cpu', 'half', clock or by_clock(2.0, 1.0)
    )


@needs_bf16
def test_half_precision_answers_nearly_alike():
    own = half_of(Seeing())
    assert own.reason == ('the trunk computes in bfloat16: 1000.0 ms, 2000.0 ms in full precision')
    found, expected = (engine.answers(example_crops())[0] for engine in (own.engine, own.full))
    torch.testing.assert_close(found, expected, rtol=0.01, atol=0.0)
    assert not torch.equal(found, expected)


@needs_bf16
def test_half_precision_that_is_slower_is_left_out():
    own = half_of(Seeing(), by_clock(1.0, 1.5))
    assert own.reason == 'full precision: half takes 1500.0 ms, 1000.0 ms in full precision'
    assert own.engine is own.full


@needs_bf16
def test_half_precision_that_loses_the_pose_is_left_out():
    own = half_of(Seeing(spread=-0.3333))
    assert 'full precision: torchscript answers otherwise' in own.reason
    assert own.engine is own.full


@needs_bf16
def test_a_file_without_the_cast_is_told_to_be_exported_again():
    own = half_of(Seeing(cast=False))
    assert 'full precision: the model file was exported before' in own.reason
    assert own.engine is own.full


class Normed(Seeing):
    """A trunk whose variances half precision does not hold; `back`: whether it is cast back."""

    def __init__(self, back: bool = True) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3, eps=0.0).eval()
        self.norm.running_var.fill_(1e-30)
        self.norm.weight.data.fill_(1e-15)
        self.back = back

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        pictures = images.float().permute(0, 3, 1, 2).type_as(self.trunk.weight)
        said = self.norm(self.trunk(pictures)).mean((2, 3))
        position = self.metres(said.float()) / 25.5 if self.back else said
        _, q_xyzw, covariance, feature = super().forward(images)
        return position, q_xyzw, covariance, feature


def test_batch_norms_are_folded_before_anything_is_halved():
    plain = frozen(Normed(), example_crops()[:1])
    halves = function_of(halved(plain, torch.bfloat16))
    found, expected = (answer(example_crops())[0] for answer in (halves, plain))
    torch.testing.assert_close(found, expected, rtol=0.02, atol=0.0)


def test_a_trunk_that_is_not_cast_back_is_not_halved():
    plain = frozen(Normed(back=False), example_crops()[:1])
    with pytest.raises(HalfRefusal, match='its trunk answers in the precision of its weights'):
        halved(plain, torch.bfloat16)


@needs_bf16
def test_twins_are_compared_with_full_precision(tmp_path):
    pytest.importorskip('onnxscript')
    file = write_model(tmp_path / 'room.pt', Seeing())
    other = Seeing()
    with torch.no_grad():
        other.metres.weight *= 1.02
    write_twin(file, other)
    regressor = load_model(file, wish=EngineWish('auto', precision='half'))
    assert regressor.engine == 'torchscript'
    assert 'not onnxruntime: onnxruntime answers otherwise' in regressor.engine_note


def test_a_cpu_without_half_precision_computes_in_full(seeing, monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, 'is_available', lambda: False)
    regressor = load_model(seeing, wish=HALF)
    assert regressor.engine_note == (
        'full precision: this CPU does not compute with half precision'
    )


def test_gpus_take_float16():
    assert half_type(torch.device('cuda:1')) is torch.float16


def test_half_precision_is_torchscripts_alone(seeing):
    with pytest.raises(ModelFileError, match=r"precision 'half' is for TorchScript: use"):
        load_model(seeing, wish=EngineWish('onnxruntime', precision='half'))


def test_the_engine_of_gpus_answers_as_that_of_the_cpu(seeing, monkeypatch):
    with quiet_torchscript():
        module = torch.jit.freeze(torch.jit.load(str(seeing)).eval())
    # Memory is pinned for a GPU alone; all the rest runs here too.
    monkeypatch.setattr(torch.Tensor, 'pin_memory', lambda crops: crops)
    expected = TorchScript(module, 'cpu').answers(example_crops())
    for found, output in zip(
        TorchScriptOnGpu(module, 'cpu').answers(example_crops()), expected, strict=True
    ):
        assert torch.equal(found, output)


def test_outputs_come_in_one_copy_as_they_were():
    outputs = (torch.rand(2, 3), torch.rand(2, 4), torch.rand(2, 6, 6), torch.rand(2, 9))
    for found, output in zip(in_one_copy(outputs), outputs, strict=True):
        assert torch.equal(found, output)
