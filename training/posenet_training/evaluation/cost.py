# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What an answer costs: time of one picture, memory."""

import resource
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from posenet_ros.model_file import Prediction, Regressor


@dataclass
class TimedRegressor(Regressor):
    """A regressor that notes how long each answer took."""

    regressor: Regressor
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spec = self.regressor.spec
        self.device = self.regressor.device

    def predict(self, crop_rgb: NDArray[np.uint8]) -> Prediction:
        """As the regressor does."""
        begun = time.perf_counter()
        prediction = self.regressor.predict(crop_rgb)
        self.seconds.append(time.perf_counter() - begun)
        return prediction


def cost(regressor: TimedRegressor) -> dict[str, Any]:
    """Percentiles of the time of an answer, threads, and the most memory of this process.

    The time is the network's for one crop; decoding and cropping the picture come on top.
    """
    p50, p95, p99 = np.percentile(1e3 * np.array(regressor.seconds), [50, 95, 99])
    return {
        'device': str(regressor.device),
        'threads': torch.get_num_threads(),
        'answers': len(regressor.seconds),
        'latency_ms': {'p50': float(p50), 'p95': float(p95), 'p99': float(p99)},
        'peak_memory_mb': peak_memory_mb(),
    }


def peak_memory_mb() -> float:
    """Most resident memory of this process so far, the evaluation's own part included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == 'darwin' else 1e3)
