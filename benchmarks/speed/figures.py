# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""speed.json: its keys, its bars, and writing some of them without touching the others."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.engines import EngineTimes
from benchmarks.speed.node import Watched, growth_mb, p99_over_median
from posenet_ros.geometry import Array
from posenet_training.whole_file import whole_file

JSON_FILE = 'speed.json'
# What the node may add to the engine: a share of its time, and milliseconds.
SHARE_ALLOWED, MS_ALLOWED = 1.05, 2.0
ENGINE_MS_ALLOWED = 40.0


@dataclass(frozen=True)
class Bar:
    """A figure and what it must not exceed, or must reach where `least`."""

    name: str
    value: float
    limit: float
    least: bool = False

    @property
    def kept(self) -> bool:
        """Whether it is on the right side."""
        return self.value >= self.limit if self.least else self.value <= self.limit


def engine_figures(times: EngineTimes) -> dict[str, Any]:
    """Of GoogLeNet in all forms."""
    quartiles = {
        name: [round(float(q), 2) for q in np.percentile(each, (25, 75))]
        for name, each in times.milliseconds.items()
    }
    auto, speedup = times.auto_over_best(), times.ratios('traced', 'torchscript')
    return {
        'engine_ms': {name: round(times.median(name), 2) for name in times.milliseconds},
        'engine_ms_quartiles': quartiles,
        'auto_chose': times.chosen,
        'auto_over_best_cpu': float(np.median(auto)),
        'auto_over_best_cpu_runs': auto.tolist(),
        'torchscript_speedup_over_traced': float(np.median(speedup)),
        'torchscript_speedup_over_traced_runs': speedup.tolist(),
    }


def node_figures(turns: Watched, free: Watched, overload: Watched) -> dict[str, Any]:
    """Of a node beside its bare engine, left alone, and with more than it can bear."""
    path, bare = turns.times['path'], turns.times['bare']
    age, inference = overload.age, overload.times['inference']
    return {
        'node_over_engine_ratio': float(np.median(path) / np.median(bare)),
        'node_ms': _ms(path),
        'bare_ms': _ms(bare),
        'node_over_allowed': float(1e3 * np.median(path) / allowed_ms(bare)),
        'node_p99_over_median': p99_over_median(path),
        'bare_p99_over_median': p99_over_median(bare),
        'slot_ms': _ms(free.times['slot']),
        'slot_over_inference': float(
            np.median(free.times['slot']) / np.median(free.times['inference'])
        ),
        'transport_ms': _ms(free.times['transport']),
        'node_cpu': free.node_cpu,
        'overload_age_over_inference': float(np.median(age) / np.median(inference)),
        'overload_age_ms': _ms(age),
        'overload_inference_ms': _ms(inference),
        'overload_transport_ms': _ms(overload.times['transport']),
        'overload_node_cpu': overload.node_cpu,
        'overload_camera_cpu': overload.camera_cpu,
        'memory_growth_mb': growth_mb(overload.resident_mb),
        'memory_minutes': round(len(overload.resident_mb) / 120.0, 1),
    }


def allowed_ms(bare: Array) -> float:
    """What the bar lets the node take, by the bare engine's seconds."""
    return float(SHARE_ALLOWED * 1e3 * np.median(bare) + MS_ALLOWED)


def bars(figures: Mapping[str, Any]) -> list[Bar]:
    """What the figures are held against, of those that are there."""
    engine_ms = _at(figures, 'engine_ms', 'torchscript')
    speedup = _at(figures, 'torchscript_speedup_over_traced')
    found = [
        Bar('TorchScript, ms a picture', engine_ms, ENGINE_MS_ALLOWED),
        Bar('auto over the best bare engine', _at(figures, 'auto_over_best_cpu'), 1.1),
        Bar('plain trace over TorchScript', speedup, 1.8, least=True),
        Bar('node over 1.05 x engine + 2 ms', _at(figures, 'node_over_allowed'), 1.0),
        Bar('wait in the slot over inference', _at(figures, 'slot_over_inference'), 1.0),
        Bar(
            'p99 over median, node to engine',
            _at(figures, 'node_p99_over_median') / _at(figures, 'bare_p99_over_median'),
            1.5,
        ),
        Bar('overload: age over inference', _at(figures, 'overload_age_over_inference'), 2.0),
        Bar('memory growth, MB', _at(figures, 'memory_growth_mb'), 5.0),
        Bar('start to first pose, s', _at(figures, 'start_s'), 5.0),
    ]  # fmt: skip
    return [bar for bar in found if not np.isnan(bar.value)]


def add_to_file(folder: Path, figures: Mapping[str, Any]) -> None:
    """Write figures into speed.json; keys of other commands stay."""
    path = folder / JSON_FILE
    known = json.loads(path.read_text()) if path.is_file() else {}
    with whole_file(path) as partial:
        values = _without_nan({**known, **figures})
        partial.write_text(f'{json.dumps(values, indent=1, allow_nan=False)}\n')


def _without_nan(values: Any) -> Any:
    """The same for JSON: null where nothing was to measure, as of pictures that are lost."""
    if isinstance(values, Mapping):
        return {key: _without_nan(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_without_nan(value) for value in values]
    return None if isinstance(values, float) and np.isnan(values) else values


def _at(figures: Mapping[str, Any], *keys: str) -> float:
    value: Any = figures
    for key in keys:
        value = value.get(key, {}) if isinstance(value, Mapping) else {}
    return float('nan') if value == {} else float(value)


def _ms(seconds: Array) -> list[float]:
    """Median, 90 % and 99 %."""
    return [round(1e3 * float(value), 2) for value in np.percentile(seconds, (50, 90, 99))]
