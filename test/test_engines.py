# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Other engines run an ONNX twin, and only one that answers as the model file does."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from model_files import ColourNet, SlowNet, listed, write_model, write_twin
from twin_files import model_beside_a_strangers_twin, model_with_twin

from posenet_ros import engine_choice
from posenet_ros.engine_choice import ENGINES, PRECISIONS, EngineWish, Own, choose, example_crops
from posenet_ros.engines import ON_TWINS, EngineRefusal, TorchScript, open_twin, twin_of
from posenet_ros.model_file import load_model
from posenet_ros.model_spec import ModelFileError
from posenet_ros.parameter_table import TABLE
from posenet_ros.trusted_models import TrustedModels

for package in ('onnxscript', *ON_TWINS):
    pytest.importorskip(package)

ROOT = Path(__file__).parent.parent
BLUE = np.full((224, 224, 3), (30, 60, 200), np.uint8)


@pytest.fixture(scope='module')
def model(tmp_path_factory) -> Path:
    return model_with_twin(tmp_path_factory.mktemp('models'))


@pytest.fixture(scope='module')
def strangers(tmp_path_factory) -> Path:
    return model_beside_a_strangers_twin(tmp_path_factory.mktemp('strangers'))


def test_the_parameter_offers_all_engines():
    (entry,) = (entry for entry in TABLE if entry.name == 'engine')
    assert set(entry.choices) == set(ENGINES)
    assert entry.default == 'torchscript'


def test_the_parameter_offers_all_precisions():
    (entry,) = (entry for entry in TABLE if entry.name == 'precision')
    assert set(entry.choices) == set(PRECISIONS)
    assert entry.default == 'full'


@pytest.mark.parametrize('name', ENGINES)
def test_every_engine_answers_as_the_model_file(model, name):
    expected = load_model(model).predict(BLUE)
    regressor = load_model(model, wish=EngineWish(name, threads=1))
    found = regressor.predict(BLUE)
    assert name in ('auto', regressor.engine)
    np.testing.assert_allclose(found.position, expected.position, rtol=1e-5)
    np.testing.assert_allclose(found.q_xyzw, expected.q_xyzw, rtol=1e-5)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-5)
    np.testing.assert_allclose(found.feature, expected.feature, rtol=1e-5)


@pytest.mark.parametrize('name', ON_TWINS)
def test_answers_stay_when_the_next_picture_comes(model, name):
    engine = open_twin(name, model, 1, TrustedModels())
    crops = example_crops()
    first = engine.answers(crops[:1])
    kept = [output.clone() for output in first]
    engine.answers(crops[1:])
    assert all(torch.equal(a, b) for a, b in zip(first, kept, strict=True))


@pytest.mark.parametrize('name', ON_TWINS)
def test_a_twin_of_another_network_is_refused(strangers, name):
    with pytest.raises(ModelFileError) as refusal:
        load_model(strangers, wish=EngineWish(name))
    assert f'{name} answers otherwise than the model file, by ' in str(refusal.value)
    assert 'export it again' in str(refusal.value)


def test_auto_goes_on_without_a_twin_that_may_be_used(strangers):
    regressor = load_model(strangers, wish=EngineWish('auto'))
    assert regressor.engine == 'torchscript'
    assert 'not openvino: openvino answers otherwise' in regressor.engine_note
    np.testing.assert_allclose(regressor.predict(BLUE).q_xyzw, [0.5, -0.5, 0.5, -0.5])


@pytest.mark.parametrize('name', ON_TWINS)
def test_what_is_missing_or_broken_is_named(tmp_path, monkeypatch, name):
    file = write_model(tmp_path / 'room.pt', ColourNet())
    with pytest.raises(EngineRefusal, match=r"there is no '.*room.onnx': make it with `posenet"):
        open_twin(name, file, 1, TrustedModels())
    twin_of(file).write_bytes(b'no network for ' + name.encode())
    with pytest.raises(EngineRefusal, match=r"room.onnx' cannot be used: its sha256"):
        open_twin(name, file, 1, TrustedModels())
    listed(twin_of(file))
    with pytest.raises(EngineRefusal, match=f"{name} does not take '.*room.onnx'"):
        open_twin(name, file, 1, TrustedModels())
    monkeypatch.setattr('posenet_ros.engines.find_spec', lambda name: None)
    with pytest.raises(EngineRefusal, match=f'{name} is not installed: pip install {name}'):
        open_twin(name, file, 1, TrustedModels())


@pytest.mark.parametrize('quickest', ['torchscript', *ON_TWINS])
def test_auto_takes_the_quickest(model, monkeypatch, quickest):
    """By a clock that counts what the engines do, not by this machine's mood."""
    work = {name: 1.0 if name == quickest else 2.0 for name in ENGINES}
    now = 0.0

    def counted(engine, answers):
        def answer(crops):
            nonlocal now
            now += work[engine.name]
            return answers(crops)

        return answer

    real = engine_choice.open_twin

    def opened(name, file, threads, trusted):
        engine = real(name, file, threads, trusted)
        engine.answers = counted(engine, engine.answers)
        return engine

    own = TorchScript(torch.jit.load(str(model)), 'cpu')
    own.answers = counted(own, own.answers)
    monkeypatch.setattr(engine_choice, 'open_twin', opened)
    chosen = choose(EngineWish('auto', 1), Own(own, own, ''), model, TrustedModels(), lambda: now)
    assert chosen.engine.name == quickest
    assert f'{quickest} 1000.0 ms' in chosen.reason


def test_engines_are_timed_in_turns():
    asked = []

    class Noted:
        def __init__(self, name: str) -> None:
            self.name = name

        def answers(self, crops):
            asked.append(self.name)
            return ()

    ticks = count()
    engine_choice.interleaved_seconds([Noted('a'), Noted('b')], lambda: float(next(ticks)))
    assert asked == ['a', 'b'] * (len(asked) // 2)


def test_a_slow_network_has_a_twin_too(tmp_path):
    network = SlowNet(2)
    file = write_model(tmp_path / 'slow.pt', network)
    write_twin(file, network)
    regressor = load_model(file, wish=EngineWish('onnxruntime', 1))
    np.testing.assert_allclose(regressor.predict(BLUE).position, BLUE[0, 0] / 25.5, rtol=1e-3)


def test_signals_are_survived_after_models_came_and_went(model):
    # As a node that changes models and is then interrupted; the crash would end this process.
    code = (
        'import os, signal, sys\n'
        'from posenet_ros.engines import OpenVino\n'
        'twin = open(sys.argv[1], "rb").read()\n'
        'signal.signal(signal.SIGUSR1, lambda *_: None)\n'
        'first, second = OpenVino(twin, 1), OpenVino(twin, 1)\n'
        'del first\n'
        'del second\n'
        'os.kill(os.getpid(), signal.SIGUSR1)\n'
        'print("alive")\n'
    )
    command = [sys.executable, '-W', 'ignore', '-c', code, twin_of(model)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (ended.returncode, ended.stdout) == (0, 'alive\n'), ended.stderr
