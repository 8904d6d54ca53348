# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which engine runs a network: the one that was asked for, or the quickest that answers alike."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

import torch
from torch import Tensor

from posenet_ros.engines import (
    ON_TWINS,
    Engine,
    EngineRefusal,
    TorchScript,
    in_one_line,
    joined,
    open_twin,
)
from posenet_ros.preprocess import INPUT_SIZE
from posenet_ros.trusted_models import TrustedModels

AUTO = 'auto'
ENGINES = (AUTO, TorchScript.name, *ON_TWINS)
FULL, HALF = PRECISIONS = ('full', 'half')
OneEngine = TypeVar('OneEngine', bound=Engine)
# Largest difference of an output, as a share of its largest number or of 1, by precision.  Asked
# about pictures unlike all that it learned from, a network doubles what half precision does to it:
# that limit is for what has broken.
TOLERANCES = {FULL: 1e-3, HALF: 0.1}
WARM_UP_RUNS, TIMED_RUNS = 3, 7


@dataclass(frozen=True)
class EngineWish:
    """The parameters `engine`, `num_threads` and `precision`; 0 threads: what torch takes."""

    name: str = TorchScript.name
    threads: int = 0
    precision: str = FULL


@dataclass(frozen=True)
class Chosen:
    """An engine, and why it or no other was taken; '' where nothing was to choose."""

    engine: Engine
    reason: str


@dataclass(frozen=True)
class Own:
    """The model file's own graph.

    full    in full precision: what answers are compared with
    engine  what may run, full or in half precision; `reason` says what was left out of it
    """

    full: TorchScript
    engine: TorchScript
    reason: str


def choose(
    wish: EngineWish,
    own: Own,
    model_file: Path,
    trusted: TrustedModels,
    clock: Callable[[], float] = time.perf_counter,
) -> Chosen:
    """Take the model file's own graph or its twin, if listed, in another engine.

    `auto` takes the quickest on the CPU, by the clock, and stays with TorchScript on a GPU.
    Raises EngineRefusal where the named engine cannot be used or answers otherwise.
    """
    if wish.name == own.engine.name:
        return Chosen(own.engine, own.reason)
    if own.engine.device.type != 'cpu':
        why = f'because the others are for the CPU, not {own.engine.device}'
        return Chosen(own.engine, joined(f'engine {own.engine.name}, {why}', own.reason))
    threads = wish.threads or torch.get_num_threads()
    if wish.name != AUTO:
        _check_precision(wish)
        twin = open_twin(wish.name, model_file, threads, trusted)
        return Chosen(_alike_twin(twin, own.full), '')
    engines: list[Engine] = [own.engine]
    said = []
    for name in ON_TWINS:
        try:
            twin = open_twin(name, model_file, threads, trusted)
            engines.append(_alike_twin(twin, own.full))
        except EngineRefusal as refusal:
            said.append(f'not {name}: {refusal}')
    chosen = _quickest(engines, said, clock)
    if chosen.engine is not own.engine:
        return chosen
    return Chosen(own.engine, joined(chosen.reason, own.reason))


def choose_for_onnx(
    wish: EngineWish,
    onnx_file: Path,
    trusted: TrustedModels,
    clock: Callable[[], float] = time.perf_counter,
) -> Chosen:
    """The engine for an ONNX file that stands alone: that of the wish, else the quickest.

    Raises EngineRefusal where none can be used.
    """
    _check_precision(wish)
    threads = wish.threads or torch.get_num_threads()
    engines: list[Engine] = []
    said = []
    for name in [wish.name] if wish.name in ON_TWINS else ON_TWINS:
        try:
            engine = open_twin(name, onnx_file, threads, trusted)
            engines.append(_alike_twin(engine, engines[0]) if engines else engine)
        except EngineRefusal as refusal:
            said.append(f'not {name}: {refusal}')
    if not engines:
        raise EngineRefusal('; '.join(said))
    return _quickest(engines, said, clock)


def _quickest(
    engines: Sequence[Engine], said: Sequence[str], clock: Callable[[], float]
) -> Chosen:
    seconds = interleaved_seconds(engines, clock)
    quickest = engines[seconds.index(min(seconds))]
    times = [
        f'{engine.name} {1e3 * taken:.1f} ms'
        for engine, taken in zip(engines, seconds, strict=True)
    ]
    return Chosen(quickest, f'engine {quickest.name}: ' + '; '.join([', '.join(times), *said]))


def interleaved_seconds(engines: Sequence[Engine], clock: Callable[[], float]) -> list[float]:
    """Median time of an answer of each engine, taken in turns, warm."""
    crop = example_crops()[:1]
    taken: list[list[float]] = [[] for _ in engines]
    for run in range(WARM_UP_RUNS + TIMED_RUNS):
        for engine, times in zip(engines, taken, strict=True):
            begun = clock()
            engine.answers(crop)
            if run >= WARM_UP_RUNS:
                times.append(clock() - begun)
    return [median(times) for times in taken]


def example_crops() -> Tensor:
    """Two pictures of coloured waves [2, 224, 224, 3]: any network says something of each."""
    across = torch.linspace(0.0, 1.0, INPUT_SIZE)
    x, y = torch.meshgrid(across, across, indexing='xy')
    waves = [torch.sin(7.0 * x + 3.0 * y + c) + torch.sin(20.0 * x * y - c) for c in range(6)]
    levels = (127.0 + 60.0 * torch.stack(waves, dim=-1)).to(torch.uint8)
    return torch.stack([levels[..., :3], levels[..., 3:]])


class OtherAnswersError(EngineRefusal):
    """An engine answers otherwise than the model file's own graph."""


def alike(engine: OneEngine, own: Engine, precision: str) -> OneEngine:
    """The engine, when it answers as another one does; raises EngineRefusal else.

    precision: of that of both which computes in fewer bits.
    """
    for crop in example_crops().split(1):
        try:
            outputs = engine.answers(crop)
        # The engines' errors have no other parent in common.
        except Exception as error:
            reason = in_one_line(error)
            raise EngineRefusal(f'{engine.name} fails on a picture ({reason})') from error
        for output, expected in zip(outputs, own.answers(crop), strict=True):
            _check_alike(engine.name, output, expected, TOLERANCES[precision])
    return engine


def _check_alike(name: str, output: Tensor, expected: Tensor, tolerance: float) -> None:
    if output.shape != expected.shape:
        raise OtherAnswersError(
            f'{name} answers shape {tuple(output.shape)} where the model file answers '
            f'{tuple(expected.shape)}'
        )
    apart = float((output - expected).abs().max() / expected.abs().max().clamp_min(1.0))
    if not apart < tolerance:
        raise OtherAnswersError(
            f'{name} answers otherwise than the model file, by {apart:.2g} where {tolerance:g} is '
            'allowed'
        )


def _alike_twin(twin: Engine, full: Engine) -> Engine:
    try:
        return alike(twin, full, FULL)
    except OtherAnswersError as refusal:
        raise EngineRefusal(
            f'{refusal}: the twin is of another network, export it again'
        ) from refusal


def _check_precision(wish: EngineWish) -> None:
    if wish.precision != FULL:
        raise EngineRefusal(
            f"precision '{wish.precision}' is for TorchScript: use a model file that is "
            'TorchScript with engine torchscript or auto, or precision full'
        )
