# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One network in every form and engine, one picture at a time, in turns."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from benchmarks.speed.networks import as_often_written
from benchmarks.speed.turns import in_turns
from posenet_ros.engine_choice import EngineWish, example_crops
from posenet_ros.engines import INPUT_NAME, OUTPUT_NAMES, openvino_core, twin_of
from posenet_ros.geometry import Array
from posenet_ros.model_file import load_model, quiet_torchscript
from posenet_training.exporting.network import ExportedPoseNet
from posenet_training.exporting.torchscript import trace

# Runs whose medians are divided by each other; the median of these ratios is the figure.
RUNS = 5
OURS = ('torchscript', 'onnxruntime', 'openvino', 'auto')
BARE = ('onnxruntime_bare', 'openvino_bare')


@dataclass(frozen=True)
class EngineTimes:
    """Milliseconds a picture by engine, [RUNS, calls]; `chosen` is what auto took."""

    milliseconds: dict[str, Array]
    chosen: str

    def median(self, name: str) -> float:
        """Over all runs."""
        return float(np.median(self.milliseconds[name]))

    def ratios(self, name: str, other: str) -> Array:
        """Of the medians of each run, [RUNS]."""
        a, b = (np.median(self.milliseconds[each], axis=1) for each in (name, other))
        return np.asarray(a / b)

    def auto_over_best(self) -> Array:
        """Of auto to the quickest of the bare engines, [RUNS]."""
        best = min(BARE, key=self.median)
        return self.ratios('auto', best)


def time_engines(
    network: ExportedPoseNet, model_file: Path, turns: int, threads: int
) -> EngineTimes:
    """Time all forms of a network whose model file and twin are written."""
    crop = example_crops()[:1]
    calls = {**_forms(network, crop), **_bare(twin_of(model_file), crop, threads)}
    chosen = ''
    for name in OURS:
        regressor = load_model(model_file, wish=EngineWish(name, threads))
        calls[name] = lambda regressor=regressor: regressor.answers(crop)  # type: ignore[misc]
        chosen = regressor.engine
    with torch.inference_mode():
        in_turns(calls, 2)
        milliseconds = in_turns(calls, RUNS * turns)
    return EngineTimes(
        {name: each.reshape(RUNS, -1) for name, each in milliseconds.items()}, chosen
    )


def _forms(network: ExportedPoseNet, crop: Tensor) -> dict[str, Callable[[], Any]]:
    plain, ours = as_often_written(network), deepcopy(network)
    with quiet_torchscript(), torch.no_grad():
        traced, traced_last = trace(plain, crop), trace(ours, crop)
        modules = {
            'eager': plain,
            'traced': traced,
            'frozen': torch.jit.freeze(traced.eval()),
            'eager_channels_last': ours.to(memory_format=torch.channels_last),
            'frozen_channels_last': torch.jit.freeze(traced_last.eval()),
        }
    return {name: (lambda module=module: module(crop)) for name, module in modules.items()}  # type: ignore[misc]


def _bare(twin: Path, crop: Tensor, threads: int) -> dict[str, Callable[[], Any]]:
    """The engines with nothing of ours around them but the same number of threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(twin, options, providers=['CPUExecutionProvider'])
    settings = {'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_PRECISION_HINT': 'f32'}
    compiled = openvino_core().compile_model(
        str(twin), 'CPU', {**settings, 'INFERENCE_NUM_THREADS': threads}
    )
    images = crop.numpy()
    return {
        'onnxruntime_bare': lambda: session.run(OUTPUT_NAMES, {INPUT_NAME: images}),
        'openvino_bare': lambda: compiled({INPUT_NAME: images}),
    }
